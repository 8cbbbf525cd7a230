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


def test_a_table_of_untested_files_lists_them() -> None:
    text = (
        "# Tests\n\n## Services (2 untested)\n\n"
        "| File | Risk |\n|---|---|\n| `src/a.ts` | HIGH — cache |\n| `src/b.ts` | LOW — log |\n"
    )

    assert _titles(text) == ["`src/a.ts`", "`src/b.ts`"]


def test_lists_below_the_stages_of_a_plan_are_no_items() -> None:
    text = (
        "# Improvement plan\n\n## Stage 1 — begin\n\n- **Count**: all\n- **Automate**: it\n\n"
        "## Stage 2 — end\n\n- **Stop**: it\n- **Close**: it\n"
    )

    assert _titles(text) == []


def test_a_section_whose_points_all_have_the_sign_of_done_is_praise() -> None:
    text = (
        "# Code review\n\n## Quality\n\n### 1. Names\n\n- ✅ short\n- ✅ true\n\n### 2. Tests\n\n- ✅ fast\n- ✅ many\n"
    )

    assert _titles(text) == []


def test_one_section_below_known_issues_is_an_item_by_its_fields() -> None:
    text = (
        "# Known issues\n\n## The bar moves\n\n**Issue:** It moves.\n\n**Expected behavior:** It stays.\n\n"
        "**Next steps:**\n- look\n- mend\n"
    )

    assert _titles(text) == ["The bar moves"]


def test_a_list_below_bold_words_for_issues_is_one_and_that_below_praise_is_not() -> None:
    text = (
        "## Code review\n\n#### Models ✅\n\n**Strengths:**\n- **Line 3 in `m.go`:** good\n- short\n\n"
        "#### Store ⚠️\n\n**Issues:**\n"
        "1. **Line 7 in `s.go`:** no lock\n2. **No limit of rows** in lists\n"
    )

    assert [item.line for item in read_items(text).items] == [12, 13]


@pytest.mark.parametrize(
    ("bold", "title"),
    [("A1 [verified]", "No source is named"), ("[reported]", "No source is named")],
)
def test_a_title_behind_a_bold_code_and_tag_is_the_sentence_that_follows(bold: str, title: str) -> None:
    other = bold.replace("1", "2")
    text = f"# Audit\n\n## Findings — HIGH\n\n- **{bold}** {title}. More of it\n- **{other}** Two agree. And more\n"

    assert _titles(text) == [title, "Two agree"]


def test_a_word_with_a_number_that_titles_share_is_no_code() -> None:
    text = "# Bugs\n\n### 1. UTF-8 panic in the list\n\nx\n\n### 2. UTF-8 panic in the tree\n\ny\n"

    assert _titles(text) == ["UTF-8 panic in the list", "UTF-8 panic in the tree"]
