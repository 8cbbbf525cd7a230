from __future__ import annotations

import pytest

from fake_model import REPLY
from sous.items.read import read_items
from sous.reports.findings import split_report
from sous.reports.merge import PartAnswer, merge_answers
from sous.reports.shape import count_findings


def test_findings_are_sections_that_say_where() -> None:
    assert count_findings(REPLY + "\n" + REPLY) == 2
    assert count_findings("# T\n\n## A thought\n\ntext\n") == 0
    assert count_findings("") == 0


SHAPES = {
    "ours": REPLY,
    "ours, with prose behind": f"{REPLY}\n## Summary\n\nAll is well.\n",
    "ours, a place alone": "## A\n\n- **Location:** `a.py:1`\n\n## B\n\n**Location:** `b.py`\n",
    "ours, with a list in it": f"{REPLY}\n1. **One**: x\n2. **Two**: y\n3. **Three**: z\n",
    "in an open fence": f"```\n{REPLY}\n",
    "numbered": "## High\n\n### 1. A\n\n- **Severity**: high\n- **File**: `a.py`\n\ntext\n\n"
    "### 2. B\n\n- **Severity**: low\n- **File**: `b.py`\n\ntext\n",
    "words": "## Issue 1: A\n\ntext\n\n## Issue 2: B\n\ntext\n\n## Issue 3: C\n\ntext\n",
    "list": "# Issues\n\n- **A**: text\n- **B**: text\n- **C**: text\n",
    "rows": "# Findings\n\n| Title | Severity | Location |\n|--|--|--|\n| A | high | `a.py` |\n| B | low | `b.py` |\n",
    "a heading over a whole": "# Issue 1: A\n\n## Description\n\ntext\n\n# Issue 2: B\n\n## Description\n\ntext\n",
    "prose": "# T\n\n## A thought\n\ntext\n",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_the_number_of_findings_is_one_wherever_it_is_told(text: str) -> None:
    items = read_items(text).items
    findings, rest = split_report(text)
    assert count_findings(text) == len(items) == len(findings)
    assert [one.identity for one in findings] == [one.identity for one in items]
    assert len(rest) + sum(len(one.source) for one in findings) == len(text)
    for one in findings:
        assert text[one.start : one.end] == one.source
        assert text.count("\n", 0, one.start) == one.line - 1


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_a_merge_loses_no_finding_of_any_shape(text: str) -> None:
    other = "## Other\n\n- **Severity:** low\n- **Location:** `z.py:1-1`\n\ntext\n"
    merged = merge_answers([PartAnswer("`a`", text), PartAnswer("`b`", other)])
    assert count_findings(merged) == count_findings(text) + 1
