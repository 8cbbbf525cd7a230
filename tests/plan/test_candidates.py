from __future__ import annotations

import pytest

from sous.plan.candidates import candidates, label_of
from sous.plan.page import Page

LABELS = {
    "Step 1: Inventory": ("work", "1", "Inventory"),
    "🎯 Step 2: Send": ("work", "2", "Send"),
    "任务一\uff1a新建模块": ("work", "1", "新建模块"),
    "第二步\uff1a写测试": ("work", "2", "写测试"),
    "3단계: 화면": ("work", "3", "화면"),
    "Phase II: Build": ("group", "2", "Build"),
    "II. Build": ("number", "2", "Build"),
    "T001 [P] [US1] Add a model": ("code", "T001", "Add a model"),
    "1.2 Create a table": ("number", "1.2", "Create a table"),
    "Task: Add a table": ("work", "", "Add a table"),
    "A cache of prices": ("", "", "A cache of prices"),
    "Adding 3 things": ("", "", "Adding 3 things"),
}


@pytest.mark.parametrize("text", LABELS)
def test_how_a_title_is_counted(text: str) -> None:
    label = label_of(text)
    assert (label.kind, label.number, label.text) == LABELS[text]


KINDS = {
    "## Step 1: A": "heading",
    "Step 1: A\n---------": "heading",
    "<summary>1. A</summary>": "fold",
    "**Step 1: A**": "bold",
    "1. **A** - the rest": "item",
    "- [ ] T001 A": "box",
    "- [ ]* 1.2 A": "box",
    "| 1 | A | B |": "row",
    "STEP 1 - A": "line",
}


@pytest.mark.parametrize("text", KINDS)
def test_each_line_is_one_kind(text: str) -> None:
    (found,) = candidates(Page(f"{text}\n\nText of no kind.\n"))
    assert found.kind == KINDS[text]
    assert found.label.text == ("A" if found.kind != "row" else text)


def test_what_is_in_code_and_comments_is_no_candidate() -> None:
    text = "```\n## Step 1: A\n```\n\n<!--\n## Step 2: B\n-->\n"
    assert list(candidates(Page(text))) == []


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("**Step 1:** Add it", "Add it", ""),
        ("**M1 \u2013 Queue** (3 days)", "Queue", ""),
        ("**#201** Add it", "Add it", ""),
        ("1. **Add it.** In `a.py`.", "Add it", "In `a.py`."),
    ],
)
def test_a_bold_title_and_the_rest_of_its_line(text: str, title: str, rest: str) -> None:
    (found,) = candidates(Page(text))
    assert (found.label.text, found.rest) == (title, rest)
