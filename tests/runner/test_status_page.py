"""The page of a plan: its steps, and what is known of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.plan.progress import read_progress
from sous.runner.status_page import StepStatus, page_of_status, statuses_of
from sous.runner.step_commits import StepCommit
from sous.team.board import FINISHED, RUNNING, Card

if TYPE_CHECKING:
    from pathlib import Path

    from sous.plan.progress import Progress

PLAN = "# Plan\n\n" + "".join(f"## Step {n}: Part {n}\n\n```text\nMake part {n}.\n```\n\n" for n in (1, 2, 3))
MADE = StepCommit("abc1234", "2026-11-29", "claude", "pytest", 0.25)
HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"


def progress(folder: Path) -> Progress:
    (folder / "plan.md").write_text(PLAN)
    (folder / "todo.md").write_text("- [x] Step 1: Part 1\n- [ ] Step 2: Part 2\n- [ ] Step 3: Part 3\n")
    return read_progress(folder / "plan.md")


def test_a_step_that_is_done_has_what_its_commit_says(tmp_path: Path) -> None:
    commits = {"Step 1: Part 1": MADE, "Step 3: Part 3": MADE}  # the last was opened again
    found = statuses_of(progress(tmp_path), commits)
    assert [(one.state, one.commit, one.cost) for one in found] == [
        ("done", "abc1234", 0.25),
        ("next", "", None),
        ("open", "", None),
    ]


def test_of_a_team_its_board_says_it(tmp_path: Path) -> None:
    cards = [
        Card("k1", "1", "Part 1", "Step 1: Part 1", FINISHED, "Ann", tests="12 passed", day="2026-11-28", cost=1.5),
        Card("k2", "2", "Part 2", "Step 2: Part 2", RUNNING, "Bob"),
    ]
    found = statuses_of(progress(tmp_path), {}, cards)
    assert [(one.state, one.by, one.tests) for one in found] == [
        ("done", "Ann", "12 passed"),
        ("running", "Bob", ""),
        ("open", "", ""),
    ]


def test_the_page_sums_up_what_is_known_and_holds_the_prompts() -> None:
    steps = [
        StepStatus("1", "A", "done", "Do A.\n\n  Then rest.", "claude", "pytest", "abc", "2026-11-28", 0.25),
        StepStatus("2", "B", "done", "Do B.", day="2026-11-29", cost=0.5),
        StepStatus("3", "C", "skipped", "Do C."),
        StepStatus("4", HOSTILE, "next", HOSTILE),
    ]
    page = page_of_status("plan.md", steps)
    assert "<b>2 of 3</b> steps are done" in page
    assert re.findall(r"<title>(2026[^<]*)</title>", page) == ["2026-11-28: $0.25", "2026-11-29: $0.50"]
    assert '<pre id="s0">Do A.\n\n  Then rest.</pre>' in page
    assert re.findall(r'<button type="button">(\w+)', page) == [
        *["no", "step", "state", "by", "tests", "commit", "day", "cost"]
    ]
    assert page.count("<script") == 1
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_columns_that_say_nothing_are_left_out() -> None:
    page = page_of_status("plan.md", [StepStatus("", "A", "next", "Do A.")])
    assert re.findall(r'<button type="button">(\w+)', page) == ["no", "step", "state"]
