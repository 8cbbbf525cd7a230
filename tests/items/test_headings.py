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


def test_headings_over_counted_bold_lines_are_groups() -> None:
    text = (
        "# Review\n\n### 1. Beveiliging\n\n#### 🔴 Ernstig\n\n**1. Sleutel lekt**\n- Gevolg: gelezen\n\n"
        "**2. Deur open**\n- Gevolg: iedereen\n\n### 2. Snelheid\n\n#### 🟡 Kan beter\n\n**1. Traag**\n- Gevolg: wachten\n"
    )

    assert _titles(text) == ["Sleutel lekt", "Deur open", "Traag"]


@pytest.mark.parametrize(
    ("title", "well", "wrong"),
    [
        ("Code-Review", "Stärken", "Verbesserungen"),
        ("코드 리뷰", "강점", "개선 필요 사항"),
        ("代码审查", "亮点", "改进点"),
        ("Revisión de código", "Puntos fuertes", "Mejoras"),
    ],
)
def test_what_is_well_is_no_item_in_any_language(title: str, well: str, wrong: str) -> None:
    good = "".join(f"### {number}. Part {number}\n\n- fine\n\n" for number in (1, 2))
    bad = "".join(f"#### {number}. Fault {number}\n\n- **Ort**: `a{number}.c`\n\n" for number in (1, 2))

    assert _titles(f"# {title}\n\n## {well}\n\n{good}## {wrong}\n\n{bad}") == ["Fault 1", "Fault 2"]


@pytest.mark.parametrize("title", ["Code review guidelines", "代码审查标准与流程", "코드 리뷰 가이드"])
def test_rules_for_reviews_list_no_items(title: str) -> None:
    parts = "".join(f"### 1.{number} Part {number}\n\n- [ ] Look at it\n- [ ] Run it\n\n" for number in (1, 2, 3))

    assert _titles(f"# {title}\n\n## One\n\n{parts}") == []
