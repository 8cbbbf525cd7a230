from __future__ import annotations

import pytest

from sous.asking.answer import accepted, anything, readable
from sous.errors import UnusableAnswer


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("# A\n", "# A\n"),
        ("```markdown\n# A\n```", "# A\n"),
        ("```markdown\n# A\n```\nand more", "```markdown\n# A\n```\nand more"),
    ],
    ids=["plain", "fenced", "fenced in part"],
)
def test_the_text_of_a_file_is_what_is_in_the_fence(reply: str, expected: str) -> None:
    assert accepted(reply, model="m", expectation=anything) == expected


@pytest.mark.parametrize("reply", ["", " \n", "```markdown\n```", "<!-- nothing -->", "\u200b"])
def test_nothing_to_read_is_no_answer(reply: str) -> None:
    with pytest.raises(UnusableAnswer, match="^m sent an answer without any text"):
        accepted(reply, model="m", expectation=readable)


def test_what_is_missing_is_said_of_the_model() -> None:
    with pytest.raises(UnusableAnswer, match="^m sent no plan$"):
        accepted("Sorry.", model="m", expectation=lambda _text: "sent no plan")
