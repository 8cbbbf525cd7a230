"""What can be the title of a sibling, and what stands around."""

from __future__ import annotations

import pytest

from sous.document.gather import read_outline
from sous.document.markdown import parse


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("## [x] A\n", [("heading", "A", "[x]")]),
        ("**A**\n", [("bold", "A", "")]),
        ("**Issue 1**: A\n", [("bold", "Issue 1: A", "")]),
        ("- A\n", [("item", "A", "")]),
        ("- [ ] A\n", [("box", "A", "[ ]"), ("item", "A", "[ ]")]),
        ("1. **A**: b\n", [("item", "**A**: b", ""), ("list", "A", "")]),
        ("| a |\n|---|\n| b |\n", [("row", "", "")]),
        ("```\ngh issue create -t 'A'\n```\n", [("command", "A", "")]),
        ("```\ngh issue create -t 'Bug: ...'\ngh issue create -t '<title>'\n```\n", []),
        ("> ## A\n", []),
    ],
)
def test_titles_are_found_with_their_kind(text: str, titles: list[tuple[str, str, str]]) -> None:
    found = read_outline(parse(text)).titles
    assert [(title.kind, title.text, title.box) for title in found] == titles
