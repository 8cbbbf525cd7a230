"""What is known of titles that may be those of items."""

from __future__ import annotations

import pytest

from sous.document.gather import read_outline
from sous.document.markdown import parse
from sous.items.read import read_items
from sous.items.traits import siblings_in


@pytest.mark.parametrize(
    ("text", "kind", "traits"),
    [
        ("## Issue 1: A\n", "heading", {"marked"}),
        ("## 1. A\n", "heading", {"numbered"}),
        ("## Sache 1: A\n", "heading", {"worded", "word sache"}),
        ("## A\n\n- **Location:** `a.py`\n", "heading", {"strong", "told", "own"}),
        ("# Bugs\n\n- **A**: b\n", "list", {"single", "about", "all about"}),
        ("# Bugs\n\n- [ ] a\n", "box", {"box", "about"}),
        ("**Title:** A\n", "field", {"title"}),
        ("- A\n  - Location: `a.py`\n", "item", {"strong"}),
        ("| Issue | Severity | File |\n|---|---|---|\n| A | low | b |\n", "row", {"row"}),
    ],
)
def test_the_traits_of_a_title(text: str, kind: str, traits: set[str]) -> None:
    found = siblings_in(read_outline(parse(text)), wrapped=False)[kind]
    members = [member for group in found for member in group]
    assert traits <= members[-1].traits


def _titles(text: str) -> list[str]:
    return [item.title for item in read_items(text).items]


def test_a_bold_list_below_the_fields_of_a_section_is_part_of_its_item() -> None:
    parts = "\n\n".join(
        f"### {number}. Replace the {name}\n**Priority**: Medium | **Status**: open\n**Effort**: 2 days\n\n"
        f"**What to do**:\n1. **Write the new {name}** first\n2. **Copy the rows** by night\n3. **Drop the old {name}**"
        for number, name in enumerate(("cache", "queue", "mailer"), 1)
    )

    assert _titles(f"# Possible improvements\n\n## Quick ones\n\n{parts}\n") == [
        "Replace the cache", "Replace the queue", "Replace the mailer"
    ]  # fmt: skip


def test_boxes_below_the_fields_of_a_section_are_part_of_its_item() -> None:
    parts = "\n\n".join(
        f"### 1.{number} {title}\n\n**Status:** open\n**Severity:** HIGH | **Effort:** 1 hour\n\n"
        "#### Tasks:\n- [ ] read it\n- [x] change it"
        for number, title in enumerate(("Slow start", "Lost letters"), 1)
    )

    assert _titles(f"# Plan of improvements\n\n## Critical\n\n{parts}\n") == ["Slow start", "Lost letters"]
