"""Steps and items that are marked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous import api
from sous.errors import SousError
from sous.plan.progress import State
from sous.runner.by_hand import set_items, set_steps

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "# Plan\n\n## Step 1: Add\n\n```text\nWrite add().\n```\n\n## Step 2: Halve\n\n```text\nWrite half().\n```\n"


def test_a_number_that_there_is_not_changes_nothing(repo: Path) -> None:
    plan = repo / "prompt_plan.md"
    plan.write_text(PLAN)
    with pytest.raises(SousError, match="has no step 7"):
        set_steps(plan, ["1", "7"], State.DONE, root=repo)
    assert not (repo / "todo.md").exists()
    assert [step.name for step in set_steps(plan, ["2", "1"], State.DONE, root=repo)] == [
        "Step 2: Halve",
        "Step 1: Add",
    ]
    assert api.plan(plan).open == []


def test_an_item_outside_of_a_project_is_marked_in_its_file(tmp_path: Path) -> None:
    report = tmp_path / "notes.md"
    report.write_text("# Issues\n\n## 1. Adding subtracts\n\ntext\n\n## 2. Halving doubles\n\ntext\n")
    assert [item.title for item in set_items(report, ["2"], "done")] == ["Halving doubles"]
    assert [item.title for item in api.items(report).open] == ["Adding subtracts"]
