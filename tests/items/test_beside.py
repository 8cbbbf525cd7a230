"""What other sections of a file list, beside those with the surest items."""

from __future__ import annotations

import pytest

from sous.items.read import read_items

CODED = "# Review\n\n## Findings\n\n- **High — Locks leak** (`a.py:3`): x\n- **Low — Logs are loud** (`b.py:9`): y\n\n"
TWICE = "- `run` prints twice\n- the help is stale\n"
BUGS = "# Report\n\n## Bugs\n\n### Bug 1: Tab loses focus\n\nx\n\n### Bug 2: Undo forgets\n\ny\n\n"
GAPS = "# Test gaps\n\n## Units\n\n- **Parser** — the empty file\n\n## Weak ones\n\n- **Writer** — a full disk\n\n"


def _titles(text: str) -> list[str]:
    return [item.title for item in read_items(text).items]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (f"{CODED}## Further observations\n\n{TWICE}", ["`run` prints twice", "the help is stale"]),
        (f"{BUGS}## Problems of design\n\n### A1. One class\n\nx\n\n### A2. No layers\n\ny\n", ["One class", "No layers"]),
        (f"{BUGS}## Problems of design\n\n### State is shared\n\nx\n\n### No layers\n\ny\n", ["State is shared", "No layers"]),
        (f"{GAPS}## Edge cases\n\n- A name with blanks.\n- No name\n", ["A name with blanks.", "No name"]),
    ],
    ids=["plain below bold", "numbered below bugs", "bare headings below bugs", "plain below the first heading"],
)  # fmt: skip
def test_a_section_that_speaks_of_issues_too_is_read_in_its_own_shape(text: str, more: list[str]) -> None:
    assert _titles(text)[2:] == more


@pytest.mark.parametrize(
    "section",
    [
        "## Strengths\n\n- Clear names\n- Fast tests\n",
        "## Recommendations\n\n### High priority\n\n- Rewrite all\n- Hire more\n",
        "## Improvements\n\n### ✅ Start\n\nFast now.\n\n### ✅ Stop\n\nClean now.\n",
        "## Summary of issues\n\n- Tab loses focus\n- Undo forgets\n",
        "## Issues in order\n\n- Fix that the tab loses focus\n- Fix undo, which forgets\n",
        "## How I looked\n\n- I read all files\n- I ran the tests\n",
    ],
)
def test_praise_advice_and_summaries_are_no_items(section: str) -> None:
    assert _titles(BUGS + section) == ["Tab loses focus", "Undo forgets"]


def test_what_is_beside_sure_items_is_sure_enough() -> None:
    items = read_items(f"{CODED}## Further observations\n\n{TWICE}")

    assert items.confidence == 0.6


def test_what_severities_mean_is_no_list_of_issues() -> None:
    legend = "## Severity of issues\n\n- **HIGH** — now\n- **MEDIUM** — soon\n- **LOW** — some day\n\n"
    text = BUGS.replace("## Bugs", f"{legend}## Bugs")

    assert _titles(text) == ["Tab loses focus", "Undo forgets"]


@pytest.mark.parametrize("items", [BUGS, CODED], ids=["counted", "flagged"])
@pytest.mark.parametrize(
    "section",
    [
        "## Observations\n\n- The modules are small and clear\n- Tests are fast\n",
        "## 4. General observations\n\n- The modules are small and clear\n",
        "## Limitations\n\n- Half of the files were not shown to me\n",
        "## Scope and limitations of this review\n\n### Files\n\nHalf.\n\n### Tools\n\nNone.\n",
    ],
)
def test_remarks_that_are_not_said_to_be_issues_are_none(items: str, section: str) -> None:
    assert _titles(items + section) == _titles(items)


@pytest.mark.parametrize(
    "section",
    [
        "## Observations\n\n- **OBS-1** `run` prints twice\n- **OBS-2** The help is stale\n",
        "## Observations\n\n- **Low — `run` prints twice** (`c.py:1`)\n- **Low — The help is stale** (`d.py:2`)\n",
        "## Limitations\n\n### LIM-1: `run` prints twice\n\nx\n\n### LIM-2: The help is stale\n\ny\n",
    ],
)
def test_remarks_with_codes_or_severities_are_issues(section: str) -> None:
    assert len(_titles(BUGS + section)) == 4


def test_a_list_that_names_the_codes_of_the_findings_is_a_summary() -> None:
    text = (
        "# Code review\n\n## HIGH\n\n### H1. A lock is never let go\n\n**File**: `a.py:3`\n\n"
        "### H2. A reader waits\n\n**File**: `b.py:9`\n\n## Improvements\n\n"
        "- **Mend H1** with a guard\n- **Look at H2** once more\n"
    )

    assert [one.line for one in read_items(text).items] == [5, 9]


def test_what_is_said_to_be_no_finding_is_none() -> None:
    text = (
        "# Security review\n\n## Findings\n\n### 1. LOW: Key leaks\n\n- **Location:** `a.py`\n- **Risk:** read\n\n"
        "### 2. LOW: No limit\n\n- **Location:** `b.py`\n- **Risk:** slow\n\n"
        "## Recommendations (not vulnerabilities)\n\n1. **Write a guide** for owners.\n2. **Log events** of users.\n"
    )

    assert [one.title for one in read_items(text).items] == ["Key leaks", "No limit"]
