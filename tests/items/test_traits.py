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


def test_issues_under_a_heading_that_says_fixed_are_items_that_are_done() -> None:
    text = "# Code review\n\n## Critical Issues Fixed\n\n### 1. No checks (HIGH)\n\nx\n\n### 2. No quotes (LOW)\n\ny\n"

    assert [(item.title, item.state) for item in read_items(text).items] == [
        ("No checks", "done"),
        ("No quotes", "done"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Serious defects to be resolved",
        "Bugs not fixed",
        "Bugs never closed",
        "Problems that cannot be resolved",
        "Issues (must be closed)",
        "Issues (not yet done)",
        "Issues (to be resolved before the launch)",
        "Issues (completed by the other team)",
        "Issues that won't be fixed",
        "Issues partly fixed",
        "None of these issues resolved",
        "Issues that block until fixed",
        "Issues (unresolved)",
        "Bugs that should be fixed before the launch",
        "Fehler (noch nicht behoben)",
        "Ошибки (не исправлено)",
    ],
)
def test_what_is_yet_to_be_done_is_open(heading: str) -> None:
    text = f"# Code review\n\n## {heading}\n\n### 1. No checks (HIGH)\n\nx\n\n### 2. No quotes (LOW)\n\ny\n"

    assert [item.state for item in read_items(text).items] == ["open", "open"]


@pytest.mark.parametrize(
    "heading",
    ["Issues (fixed)", "Bugs (**CLOSED** ✅)", "Undo bugs resolved", "Bugs found and fixed", "Fehler (behoben)"],
)
def test_a_bare_word_says_that_what_is_below_is_done(heading: str) -> None:
    text = f"# Code review\n\n## {heading}\n\n### 1. No checks (HIGH)\n\nx\n\n### 2. No quotes (LOW)\n\ny\n"

    assert [item.state for item in read_items(text).items] == ["done", "done"]


def test_where_only_some_are_fixed_each_says_it_for_itself() -> None:
    text = (
        "# Review\n\n## Critical issues (2 found, 1 fixed)\n\n### 1. No checks ✅ FIXED\n\nx\n\n### 2. No quotes\n\ny\n"
    )

    assert [item.state for item in read_items(text).items] == ["done", "open"]


def test_one_heading_with_a_severity_is_an_item() -> None:
    text = "# Review of the chat\n\n## 7. LOW -- The handler is never removed\n\n**File:** `a.cs`\n"

    assert _titles(text) == ["The handler is never removed"]


def test_parts_by_priority_that_only_hold_tables_are_no_items() -> None:
    table = "| Module | Baseline | Notes |\n|---|---:|---|\n| `db/{0}.py` | 28 % | CRUD |\n| `db/{1}.py` | 9 % | x |\n"
    text = f"# Test gaps\n\n## P1 — heavier\n\n{table.format('a', 'b')}\n## P2 — routes\n\n{table.format('c', 'd')}"

    assert len(read_items(text).items) == 4


def test_a_bold_place_that_a_sentence_follows_is_no_field() -> None:
    text = (
        "# Code review\n\n## Areas for improvement\n\n1. **Lines 3-9**: Too long a loop.\n"
        "2. **File: a/b.yml, Lines 18, 20**: The action is old.\n3. **File: c.toml**: No bounds.\n"
    )

    assert [item.line for item in read_items(text).items] == [5, 6, 7]


TWO = "{0} 1. Rows get lost\n\nx\n\n{0} 2. The lock is kept\n\ny\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Verified bugs",
        "Findings, verified",
        "Appendix B: defects",
        "Reporting issues drops rows",
        "Проблемы (verified)",
    ],
)
@pytest.mark.parametrize("level", ["#", "##"])
def test_a_heading_with_a_word_for_issues_holds_them(heading: str, level: str) -> None:
    text = f"{level} {heading}\n\n{TWO.format(level + '#')}"

    assert _titles(text) == ["Rows get lost", "The lock is kept"]


@pytest.mark.parametrize(
    "heading",
    [
        "Verified",
        "Appendix A: severity scale",
        "Reporting a bug",
        "Reporting security issues and bugs",
        "Report bugs here",
    ],
)
def test_a_heading_of_something_else_holds_no_issues(heading: str) -> None:
    assert _titles(f"# Shop\n\n## {heading}\n\n{TWO.format('###')}") == []
