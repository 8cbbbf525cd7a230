"""What of a plan is in no step, and how sure the reading is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sous.plan.leftover import explained, is_unsure, left_over, left_ranges
from sous.plan.shape import read_plan

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run
    from sous.plan.shape import Plan

STEP = "## Step {0}: A\n\n```text\nBuild the thing {0} now.\n```\n\n"
REST = f"# Plan\n\nSome words.\n\nMore.\n\n{STEP.format(1)}## Step 2: B\n\nTODO\n\n{STEP.format(3)}## Risks\n\nMany.\n"
UNSURE = "# Plan\n\n" + "".join(f"## {number}. Add the queue to it\n\nDo it so.\n\n" for number in (1, 2))


def plan_of(folder: Path, text: str) -> Plan:
    path = folder / "plan.md"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def test_what_is_in_no_step_is_named_with_its_lines(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, REST)
    assert left_ranges(plan) == [[3, 5], [15, 15], [25, 25]]
    assert list(left_over(plan)) == [
        "plan.md:13: step 2: B has no prompt, so it is no step; write one below its title",
        "4 lines of plan.md belong to no step: lines 3-5, 15, 25",
    ]


def test_the_fences_of_prompts_are_no_lines_of_their_own(tmp_path: Path) -> None:
    prompts = [f"```text\nPrompt 0{number} - Part {number}\nMake part {number} work.\n```\n\n" for number in (1, 2)]
    plan = plan_of(tmp_path, f"# Plan\n\n{''.join(prompts)}")
    assert len(plan.steps) == 2
    assert left_ranges(plan) == []


def test_a_line_alone_is_named_as_one(tmp_path: Path) -> None:
    assert list(left_over(plan_of(tmp_path, f"Words.\n\n{STEP.format(1)}"))) == [
        "1 line of plan.md belongs to no step: line 1"
    ]


@pytest.mark.parametrize(("text", "unsure"), [(REST, False), (UNSURE, True), ("nothing\n", False)])
def test_numbers_alone_are_no_sure_titles(tmp_path: Path, text: str, *, unsure: bool) -> None:
    assert is_unsure(plan_of(tmp_path, text)) is unsure


def test_each_title_is_explained(tmp_path: Path) -> None:
    assert list(explained(plan_of(tmp_path, REST))) == [
        "plan.md:7: 1: A (a heading that says step or task; its block is the prompt)",
        "plan.md:17: 3: A (a heading that says step or task; its block is the prompt)",
        "confidence: 0.75",
    ]


def test_status_says_how_sure_it_is(run: Run, tmp_path: Path) -> None:
    plan_of(tmp_path, UNSURE + "\n# Notes\n\nOf mine.\n")
    done = run("sous", "status", "--plan", "plan.md", "--json", cwd=tmp_path)
    data = json.loads(done.out)
    assert (data["confidence"], data["left_out"]) == (0.5, [[14, 14]])
    assert "plan.md was read as 2 steps, but that is unsure" in done.err
    shown = run("sous", "status", "--plan", "plan.md", "--explain", cwd=tmp_path).out
    assert "plan.md:3: 1: Add the queue to it (a heading with a number; its section is the prompt)" in shown


def test_next_says_what_it_left_out(run: Run, tmp_path: Path) -> None:
    plan_of(tmp_path, REST)
    done = run("sous", "next", "--plan", "plan.md", cwd=tmp_path)
    assert "4 lines of plan.md belong to no step: lines 3-5, 15, 25" in done.err
    assert done.out == "Build the thing 1 now.\n"


@pytest.mark.parametrize(("options", "code"), [((), 2), (("--yes",), 1), (("--dry-run",), 0)])
def test_run_acts_on_no_unsure_reading_unless_it_may(
    run: Run, tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    plan_of(tmp_path, UNSURE)
    argv = ["--agent", "no-such-agent", "--no-test", *options]
    done = run("sous", "run", "--plan", "plan.md", *argv, cwd=tmp_path)
    assert ("plan.md may have been misread" in done.err) is (code == 2)
    assert code != 2 or done.code == 2


def test_the_line_that_names_the_test_command_is_not_left_over(tmp_path: Path) -> None:
    step = "## Step 1: A\n\n```text\nWrite it.\n```\n"
    path = tmp_path / "prompt_plan.md"
    path.write_text(f"# Plan: x\n\n- **Test command:** `pytest -q`\n\n{step}", "utf-8")
    assert left_ranges(read_plan(path)) == []
