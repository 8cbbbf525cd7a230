"""What can be the title of a sibling, and what stands around."""

from __future__ import annotations

import pytest

from sous.document.markdown import parse
from sous.document.outline import read_outline


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
        ("> ## A\n", []),
    ],
)
def test_titles_are_found_with_their_kind(text: str, titles: list[tuple[str, str, str]]) -> None:
    found = read_outline(parse(text)).titles
    assert [(title.kind, title.text, title.box) for title in found] == titles


def test_the_headings_above_are_known() -> None:
    outline = read_outline(parse("# A\n\n## B\n\n### C\n\n- d\n"))
    assert outline.above(outline.titles[-1]) == ["C", "B", "A"]
    assert outline.above(outline.headings[1]) == ["A"]


def test_values_between_lines_are_known() -> None:
    outline = read_outline(parse("**A:** 1\n\n---\n\n- B: 2\n"))
    assert [field.name for field in outline.fields_between(1, 9)] == ["b"]
    assert list(outline.rules_between(0, 9)) == [2]
