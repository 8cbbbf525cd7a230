from __future__ import annotations

import pytest

from sous.asking.expected import anything, readable, sections


def test_anything_is_enough_where_nothing_is_expected() -> None:
    assert anything("") is None


@pytest.mark.parametrize("text", ["", "\n", "<!-- x -->", "```\n```\n"])
def test_a_text_has_something_to_read(text: str) -> None:
    assert readable("x") is None
    assert (readable(text) or "").startswith("sent an answer without any text")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("# A\n\nText.\n", ""),
        ("", "sent an answer without any text"),
        ("I cannot do that.\n", "did not do the task: 'I cannot do that.'"),
        ("# A\n\n## B\n", "sent headings or code without any text"),
    ],
)
def test_sections_have_headings_with_text(text: str, missing: str) -> None:
    said = sections(text)
    assert (said or "").startswith(missing)
    assert (said is None) == (not missing)
