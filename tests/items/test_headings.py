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


def test_headings_over_headings_with_fields_are_groups() -> None:
    part = (
        "### {0}-1. {1}\n\n- **File**: `src/{1}.py`\n- **Seen**: it grows\n\n"
        "### {0}-2. Late {1}\n\n- **File**: `src/late.py`\n- **Seen**: it waits\n\n"
    )
    text = "# Code review\n\n" + "".join(
        f"## {number}. {name}\n\n{part.format(number, name.lower())}"
        for number, name in enumerate(("Memory", "Time"), 1)
    )

    assert _titles(text) == ["memory", "Late memory", "time", "Late time"]


def test_sections_with_a_graded_table_are_no_items_beside_others() -> None:
    text = (
        "# Audit\n\n## High\n\n### S1 - Key leaks\n\n- **File:** `a.py`\n- **Issue:** it is logged\n\n"
        "### S2 - No limit\n\n- **File:** `b.py`\n- **Issue:** none is set\n\n"
        "## Second pass - findings\n\n### Part A\n\nAll of them are real.\n\n"
        "| ID | Severity | File | Description |\n|---|---|---|---|\n"
        "| H1 | High | `c.py` | The stream is never closed |\n| H2 | Low | `d.py` | Two warnings are left |\n"
    )

    assert _titles(text) == ["Key leaks", "No limit", "The stream is never closed", "Two warnings are left"]


@pytest.mark.parametrize("status", ["PASS", "\u2705 PASS", "**N/A** (no database)", "통과", "OK - looked at"])
def test_what_says_that_nothing_is_wrong_is_no_item(status: str) -> None:
    well = f"### 1. No secrets\n\n**Status**: {status}\n**Severity**: LOW\n\n"
    text = f"# Audit\n\n{well}### 2. No limit\n\n**Status**: open\n**Severity**: LOW\n\n### 3. None of it\n\n"

    assert _titles(f"{text}**Status**: None of these is used\n**Severity**: LOW\n") == ["No limit", "None of it"]


def test_where_and_what_make_several_headings_items_of_a_report() -> None:
    part = "### 1.{0} {1} \u2014 **HIGH**\n\n- **Where:** `a.py`\n- **Issue:** it leaks\n\n"
    text = f"# Shop - Security Audit Report\n\n## 1. Keys\n\n{part.format(1, 'Weak key')}{part.format(2, 'Old key')}"
    found = read_items(f"{text}### 1.3 SQL injection - none found\n\n- **Where:** all routes\n").items

    assert [(one.title, one.severity) for one in found] == [("Weak key", "high"), ("Old key", "high")]
    assert min(one.confidence for one in found) > 0.6


def test_headings_over_lines_with_codes_and_severities_are_groups() -> None:
    lines = "#5{0} [ALTO] app.py:3{0} \u2014 It leaks {0}\nIt is so.\nFix: close it\nRisk: none\n\n"
    text = "# AUDIT.md\n\n" + "".join(
        f"## Secao {part}: {name}\n\n{lines.format(part)}{lines.format(part + 2)}"
        for part, name in enumerate(("Bugs", "Safety"), 1)
    )

    found = read_items(text).items
    assert [one.title for one in found] == ["It leaks 1", "It leaks 3", "It leaks 2", "It leaks 4"]
    assert {(one.severity, one.kind) for one in found} == {("high", "line")}


@pytest.mark.parametrize(
    ("title", "bare", "state"),
    [
        ("Bug A: it leaks", "it leaks", "open"),
        ("Bug B (fixed): it leaks", "it leaks", "done"),
        ("\u30d0\u30b0 A\uff08\u4fee\u6b63\u6e08\u307f\uff09: it leaks", "it leaks", "done"),
        ("Issue 3 (High): it leaks", "it leaks", "open"),
    ],
)
def test_letters_and_notes_that_count_an_issue(title: str, bare: str, state: str) -> None:
    item = read_items(f"# Report\n\n## 1. Runs\n\n## 2. Bugs\n\n### {title}\n\n**Where**: `a.py`\n").items[0]
    assert (item.title, item.state) == (bare, state)


def test_a_section_whose_boxes_are_all_ticked_is_done() -> None:
    text = "# Review\n\n## Issue 1: A\n\n- [x] one\n- [x] two\n\n## Issue 2: B\n\n- [x] one\n- [ ] two\n"
    assert [one.state for one in read_items(text).items] == ["done", "open"]


def test_bold_paragraphs_that_begin_with_the_word_for_an_issue() -> None:
    text = (
        "# Code review\n\n## 1. `base.py`\n\n### 1.1 `Atom` (L20-57)\n\n**Quality**: Clean.\n\n"
        "**Issue \u2014 mutable default (L29)**: It is shared.\n\n**Recommendation**: Use none.\n\n"
        "**Minor issue \u2014 trailing blanks**: Two lines.\n\n### 1.2 `Struct`\n\n**Quality**: Good.\n\n"
        "**Issue \u2014 `sort` returns two things**: Pick one.\n"
    )

    titles = ["mutable default (L29)", "trailing blanks", "`sort` returns two things"]
    assert _titles(text) == titles


def test_severities_in_titles_below_what_was_found_and_fixed() -> None:
    text = "# Payment audit & fix guide\n\n## CRITICAL ISSUES IDENTIFIED & FIXED\n\n"
    text += "### 1. No mapping (HIGH SEVERITY)\n\n**Status**: \u2705 PARTIALLY FIXED\n\n"
    text += "### 2. No check (LOW SEVERITY)\n\n**Status**: Fixed. It is tested in the pipeline of every pull request.\n"

    found = read_items(text).items
    assert [(one.title, one.severity, one.state) for one in found] == [
        ("No mapping", "high", "open"),
        ("No check", "low", "done"),
    ]
