"""What is known of headings that may be those of items."""

from __future__ import annotations

import pytest

from sous.document.family import headings_of
from sous.document.gather import read_outline
from sous.document.markdown import parse
from sous.items.headings import heading_traits
from sous.items.read import read_items


@pytest.mark.parametrize(
    ("text", "traits"),
    [
        ("## Issue 1: A\n\n- **Severity:** low\n- **Location:** `a.py`\n", {"marked", "fielded", "own"}),
        ("## A\n\n1. one\n2. two\n", {"bare"}),
        ("## A\n\nIt is so:\n\n1. one\n2. two\n", {"any"}),
        ("## a.py\n\n- one\n- two\n", {"group", "bare"}),
        ("## A\n\n- \u2705 one\n- \u2705 two\n", {"else"}),
    ],
)
def test_the_traits_of_a_heading(text: str, traits: set[str]) -> None:
    outline = read_outline(parse(text))
    found = heading_traits(outline, headings_of(outline, 2, wrapped=False))[0].traits
    assert traits <= found
    if traits == {"any"}:
        assert not found & {"bare", "group"}


def _titles(text: str) -> list[str]:
    return [item.title for item in read_items(text).items]


def test_headings_that_only_gather_lists_of_told_titles_are_no_items() -> None:
    part = "".join(
        f"{number}. **{title}**\n   - Place: `a.c`\n   - Advice: split it\n"
        for number, title in enumerate(("Too long", "Too deep"), 1)
    )
    text = (
        f"# Code review\n\n## 1. Shape\n\n### 1.1. Files\n\n**Seen:**\n\n{part}\n### 1.2. Functions\n\n"
        f"**Seen:**\n\n{part.replace('Too', 'Very')}"
    )

    assert _titles(text) == ["Too long", "Too deep", "Very long", "Very deep"]


def test_headings_over_bare_lists_are_groups_below_known_issues() -> None:
    text = (
        "# Known issues\n\n## Corrected in 2.1\n\n- Crash at start\n- Crash at end\n\n"
        "## Known limitations\n\n- No sound\n- One window\n"
    )

    assert _titles(text) == ["No sound", "One window"]
