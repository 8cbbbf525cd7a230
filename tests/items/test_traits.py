"""What is known of titles that may be those of items."""

from __future__ import annotations

import pytest

from sous.document.gather import read_outline
from sous.document.markdown import parse
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
