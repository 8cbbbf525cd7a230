from __future__ import annotations

import pytest

from sous.claims.sentences import code_beside, is_hypothetical, sentence_start


def test_the_sentence_of_a_place() -> None:
    text = "First `a`. Second `b` on line 3 and `c`. Third `d`."
    at = text.index("line 3")
    assert text[sentence_start(text, at) :].startswith(" Second")
    assert code_beside(text, at) == ("c", "b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Add `a` and `name()`", True), ("`name()` does not exist", True), ("It calls `name()` twice", False),
     ("Add it. `name()`", False)],
)  # fmt: skip
def test_what_is_said_around_a_name(text: str, expected: bool) -> None:
    at = text.index("name")
    assert is_hypothetical(text, at, at + len("name")) is expected
