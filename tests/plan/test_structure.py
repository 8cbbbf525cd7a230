from __future__ import annotations

import pytest

from sous.plan.page import Page
from sous.plan.steps import read_steps, read_with_rest
from sous.plan.structure import steps_by_structure


def titles(text: str) -> list[str]:
    return [step.title for step in read_steps(text)]


def test_of_nested_families_the_innermost_with_work_is_read() -> None:
    text = "# Plan\n\n## Phase 1\n\n### Task 1.1: A\n\nTests for a.\n\n## Phase 2\n\n### Task 2.1: B\n\nTests for b.\n"
    assert titles(text) == ["A", "B"]


def test_boxes_of_a_step_are_its_prompt() -> None:
    text = "# Plan\n\n## Task 1: A\n\n- [ ] one\n- [ ] two\n\n## Task 2: B\n\n- [ ] the third\n"
    assert [(step.title, step.prompt) for step in read_steps(text)] == [
        ("A", "- [ ] one\n- [ ] two"),
        ("B", "- [ ] the third"),
    ]


def test_boxes_with_codes_are_steps_and_their_ticks_count() -> None:
    text = "# Tasks\n\n## Phase 1\n\n- [x] T001 [P] Add a\n- [ ] T002 Add b\n  with care\n"
    assert [(step.number, step.title, step.prompt, step.done) for step in read_steps(text)] == [
        ("T001", "Add a", "Add a", True),
        ("T002", "Add b", "with care", False),
    ]


def test_numbers_that_begin_again_in_each_group_are_not_numbers_of_steps() -> None:
    text = "# Plan\n\n## Phase 1\n\n**Task 1: A**\n\nTests.\n\n## Phase 2\n\n**Task 1: B**\n\nTests.\n"
    found = steps_by_structure(Page(text))
    assert found is not None
    assert [(step.number, step.title) for step in found.steps] == [("", "A"), ("", "B")]


def test_a_list_of_boxes_elsewhere_says_what_is_done() -> None:
    text = "# Plan\n\n- [x] Step 1: A\n- [ ] Step 2: B\n\n## Step 1: A\n\nTests.\n\n## Step 2: B\n\nTests.\n"
    assert [step.done for step in read_steps(text)] == [True, False]


def test_a_reading_by_structure_says_why_and_what_is_left() -> None:
    reading = read_with_rest("# Add a parser\n\nIt is slow.\n\n## 1. Parse\n\nTests.\n\n## 2. Print\n\nTests.\n")
    assert reading.left_out == [0, 2]
    assert reading.reasons[0].startswith("a heading; ")
    assert reading.confidence < 0.9


def test_phases_that_hold_lists_are_neither_steps_nor_groups() -> None:
    assert titles("# Plan\n\n## Phase 1: A\n\n- [ ] one\n- [ ] two\n\n## Phase 2: B\n\n- [ ] three\n") == []


def test_phases_that_have_parts_of_their_own_are_steps() -> None:
    phase = "## Phase {}: Part {}\n\n### Tasks\n\n- [ ] one\n- [ ] two\n\n### Deliverable\n\nA command.\n\n"
    text = "# Implementation plan\n\n" + "".join(phase.format(at, at) for at in (1, 2, 3))
    assert titles(text) == ["Part 1", "Part 2", "Part 3"]


def test_codes_under_phases_are_steps() -> None:
    text = "# Plan\n\n## Phase 1: A\n\n#### T1.1 Add b\n\nTests.\n\n#### T1.2 Add c\n\nTests.\n"
    assert titles(f"{text}\n## Phase 2: D\n\n#### T2.1 Add e\n\nTests.\n") == ["Add b", "Add c", "Add e"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# Tasks\n\n- [ ] add a\n- [ ] add b\n", ["add a", "add b"]),
        ("# Tasks\n\n- [x] add a 1a2b3c4\n- [ ] add b\n", ["add a", "add b"]),
        ("# Release checklist\n\n- [ ] tag it\n- [ ] push it\n", []),
        ("# Plan\n\n- [ ] add a\n- [ ] add b\n", []),
    ],
)
def test_boxes_without_codes_are_steps_of_a_list_of_tasks_alone(text: str, found: list[str]) -> None:
    assert titles(text) == found


def test_weeks_of_days_are_groups() -> None:
    day = "### Day {}: {}\n\nWrite `a_test.py`.\n\n"
    text = f"# Plan\n\n## Week 1\n\n{day.format('1-2', 'A')}{day.format('3', 'B')}## Week 2\n\n{day.format('6', 'C')}"
    assert titles(text) == ["A", "B", "C"]


def test_phases_that_name_their_files_are_steps_whatever_lists_they_hold() -> None:
    phase = "## Phase {}: {}\n\n**Files:** `a.py`\n\n- [ ] Write it\n\n"
    assert titles(f"# Plan\n\n{phase.format(0, 'A')}{phase.format(1, 'B')}") == ["A", "B"]
