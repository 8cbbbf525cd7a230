"""A report that says by itself that nothing was found."""

from __future__ import annotations

import pytest

from sous.items.nothing import nothing_found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Code review\n\n> By rules.\n\n## No findings\n\nLooked at 3 files.\n", "no findings"),
        ("## No missing tests\n", "no missing tests"),
        ("Hi.\n\n**No issues found.**\n", "no issues"),
        ("There were no critical bugs found.\n", "no critical bugs"),
        ("I found no problems in this code.\n", "no problems"),
        ("I found no problems in the parser, but one in the lexer.\n", ""),
        ("# Review\n\nNo findings in `a.py`, but one in `b.py`.\n", ""),
        ("> No findings\n", ""),
        ("", ""),
    ],
)
def test_what_a_report_says_of_itself(text: str, words: str) -> None:
    assert nothing_found(text) == words
