"""The shapes in which files list items."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from listed import CASES, OURS
from scene import examples
from sous.items.read import read_items
from sous.items.sure import is_unsure


@pytest.mark.parametrize("name", CASES)
def test_titles_are_found_and_none_invented(name: str) -> None:
    text, titles = CASES[name]

    assert [item.title for item in read_items(text).items] == titles


def test_what_is_said_of_an_item_is_read() -> None:
    first, second = read_items(OURS).items

    assert (first.number, first.state, first.severity, first.labels) == (1, "open", "high", ("bug", "math"))
    assert first.location == "`src/app.py:1-2`"
    assert first.body.startswith("\n- **Labels:**")
    assert first.body.endswith("`add(2, 2)` is 0.")
    assert (second.severity, second.labels) == ("low", ())


def test_states_are_read() -> None:
    states = [item.state for item in read_items(CASES["done"][0]).items]

    assert states == ["done", "done", "skipped", "done", "done", "open"]
    assert [item.state for item in read_items(CASES["check boxes"][0]).items] == ["open", "done", "open"]


def test_severity_comes_from_the_group() -> None:
    items = read_items(CASES["numbers under severities"][0]).items

    assert [item.severity for item in items] == ["high", "high", "low"]
    assert items[1].location == "src/q.py:10-20"


def test_a_title_that_is_only_a_place_is_told_by_its_problem() -> None:
    text = "# Review\n\n## High\n\n1. **Line 4 in src/a.py**\n\n**Issue**: It leaks. Badly.\n\n2. **Line 9 in src/b.py**\n\n**Issue**: It hangs.\n"

    items = read_items(text).items

    assert [item.title for item in items] == ["It leaks", "It hangs"]
    assert [item.location for item in items] == ["Line 4 in src/a.py", "Line 9 in src/b.py"]


_LINES = st.sampled_from(
    ["## Issue 1: One", "## Issue 2: Two", "### 3. Three", "```markdown", "```", "```py", "- [ ] box", "1. **Bold**: text",
     "**Title:** x", "| Test | a |", "|---|---|", "| b | c |", "---", "", "text", "    code", "> quote", "Issue 4: x", "===",
     "<!-- sous {} -->", "~~~", "- **Location:** `a.py:1`", "\u2028", "\x0c"]
)  # fmt: skip


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(_LINES | st.text(max_size=12), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
@example(["## Issue 1: One", "```markdown", "## Issue 2: Two"], "\n")
def test_pieces_joined_are_the_file(lines: list[str], end: str) -> None:
    text = end.join(lines)

    items = read_items(text)

    assert "".join(items.pieces) == text
    assert [item.number for item in items.items] == list(range(1, len(items.items) + 1))
    assert all(item.start <= item.body_start <= item.body_end <= item.end for item in items.items)
    assert all(item.title.strip() for item in items.items)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("`src/utf8.py:10-12`", ("src/utf8.py", 10, 12)),
        ("src/h264.c line 7", ("src/h264.c", 7, 7)),
        ("`./v2/a.py`", ("v2/a.py", None, None)),
        ("a\\b2.py:3\u20134", ("a/b2.py", 3, 4)),
        ("`src/v2/`", ("src/v2/", None, None)),
        ("a/es2015.mjs (line 44)", ("a/es2015.mjs", 44, 44)),
        ("`a/b64.ts` [lines 3-9]", ("a/b64.ts", 3, 9)),
        ("`a/md5.rs#L10-L12`", ("a/md5.rs", 10, 12)),
        ("`a/c99.c:100:7`", ("a/c99.c", 100, 100)),
        ("nowhere", (None, None, None)),
    ],
)
def test_digits_in_a_path_are_no_lines(written: str, place: tuple[str | None, int | None, int | None]) -> None:
    (item,) = read_items(f"## Issue 1: One\n\n**File:** {written}\n").items
    assert (item.finding.path, item.finding.first, item.finding.last) == place


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("```yaml\n- title: It leaks\n  labels: [bug]\n- title: 'It is slow'\n```\n", ["It leaks", "It is slow"]),
        (
            "# Missing tests\n\n## `a/b.py`\n\n- [ ] an empty file\n- [>] a large file\n",
            ["an empty file", "a large file"],
        ),
        (
            "Bugs, worst first:\n\n1. `f(a, b)` (a.py:10) leaks\n2. It is slow (b.py:3)\n",
            ["`f(a, b)` (a.py:10) leaks", "It is slow"],
        ),
        (
            "# Review\n\n1. **It leaks** (`a/b.py`, Zeile 44)\n2. **It is slow** (`c.py`, ligne 3)\n",
            ["It leaks", "It is slow"],
        ),
        (
            "# It leaks\n\n### Describe the bug\n\nx\n\n### To reproduce\n\ny\n\n### Expected behavior\n\nz\n\n### Logs\n\n-\n",
            ["It leaks"],
        ),
        ("### Requirement 1\n\n**User Story:** As a\n\n### Requirement 2\n\n**User Story:** As b\n", []),
        ("**Bug:** a defect in a program.\n\n**Issue:** what is tracked.\n", []),
    ],
)
def test_kinds_of_trackers_forms_and_lists(text: str, titles: list[str]) -> None:
    assert [item.title for item in read_items(text).items] == titles


def _titles(text: str) -> list[str]:
    return [item.title for item in read_items(text).items]


def test_bold_lines_with_a_place_behind_them() -> None:
    text = (
        "# PR review\n\n### \U0001f534 Critical\n**SQL injection in `search()`** (`db.py:88`)\nAn f-string.\n\n"
        "### \U0001f7e1 Warning\n**N+1 queries** (`views.py:51`)\nOne for each row.\n"
    )
    assert _titles(text) == ["SQL injection in `search()`", "N+1 queries"]


def test_claims_and_what_is_so() -> None:
    rows = "| Zero dependencies | four are listed |\n| Works offline | fonts come from a CDN |\n"
    assert _titles(f"# README\n\n| Claim | Reality |\n|---|---|\n{rows}") == []
    said = ["Zero dependencies: four are listed", "Works offline: fonts come from a CDN"]
    for title, heads in (("Is it true?", "Claim | Reality"), ("README vs. code", "README says | In the code")):
        text = f"# {title}\n\n| {heads} |\n|---|---|\n{rows}| MIT | \u2705 it is |\n"
        assert _titles(text) == said


def test_numbered_lines_with_plain_fields_below() -> None:
    fields = "   - Problem: the token does not expire\n   - Fix: expire it\n"
    assert _titles(f"# Code review\n\n1. Reset\n{fields}2. Upload\n{fields}") == ["Reset", "Upload"]


def test_bullets_below_a_file_are_what_the_heading_above_says() -> None:
    text = "# Missing tests\n\n## `a/b.py`\n- `total()` of nothing\n- a discount above 100 %\n"
    assert _titles(text) == ["`total()` of nothing", "a discount above 100 %"]


@pytest.mark.parametrize(
    ("title", "bare", "state"),
    [
        ("~~It leaks~~ FIXED", "It leaks", "done"),
        ("~~It leaks~~ - **done** in 2.1", "It leaks", "done"),
        ("~~It leaks~~", "It leaks", "skipped"),
        ("~~It leaks~~ and hangs", "~~It leaks~~ and hangs", "open"),
        ("\u2705 [RESOLVED] It leaks", "It leaks", "done"),
        ("[closed] It leaks", "It leaks", "done"),
        ("It leaks - **BY DESIGN**", "It leaks", "skipped"),
        ("It leaks \u2014 won't fix (2.1)", "It leaks", "skipped"),
        ("It leaks \u2014 by design or not", "It leaks \u2014 by design or not", "open"),
    ],
)
def test_titles_that_say_what_became_of_them(title: str, bare: str, state: str) -> None:
    item = read_items(f"# Known issues\n\n## 1. {title}\n\nx\n\n## 2. It dies\n\nx\n").items[0]
    assert (item.title, item.state) == (bare, state)


@pytest.mark.parametrize(
    ("field", "location", "state"),
    [
        ("**Files:**\n\n- `a.py:6` - a cast\n- `b.py`", "a.py:6", "open"),
        ("**涉及文件**:\n- `a.py`", "a.py", "open"),
        ("**File:** `a.py`\n**Fix applied:** a guard", "`a.py`", "done"),
        ("**File:** `a.py`\n**Fix applied:** None - noted", "`a.py`", "open"),
        ("**File:** `a.py`\n**Status:** ACCEPTABLE (few users)", "`a.py`", "skipped"),
    ],
)
def test_fields_that_say_where_and_how_it_was_fixed(field: str, location: str, state: str) -> None:
    text = f"# Known issues\n\n## 1. It leaks\n\n**Problem**: it grows\n\n{field}\n\n## 2. It dies\n\nx\n"
    item = read_items(text).items[0]
    assert (item.location, item.state) == (location, state)


def test_paragraphs_of_a_review_that_name_lines() -> None:
    told = (
        "I read all of it.\n\nThe first problem is in `src/up.py:41`, where a file is left. Disks fill up.\n\n"
        "Then this. `src/q.py:17-22` has no bound.\n\n"
    )
    items = read_items(f"# Review\n\n{told}## Strengths\n\nWell done in `a.py:3`.\n\nAnd in `b.py:4`.\n")
    assert [(one.title, one.location) for one in items.items] == [
        ("The first problem is in `src/up.py:41`, where a file is left", "src/up.py:41"),
        ("`src/q.py:17-22` has no bound", "src/q.py:17-22"),
    ]
    assert items.items[0].body.endswith("Disks fill up.")
    assert is_unsure(items)
    assert _titles(f"# How it works\n\n{told}") == []
