"""What the commit of a step says is read back as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.runner.step_commits import message_of, read_step_commits

if TYPE_CHECKING:
    from pathlib import Path

ONE = Planned(
    Step(
        "1", "Add a thing that needs a rather long title so that it is cut somewhere here", "Do it.", done=False, line=1
    )
)


def committed(repo: Path, message: str) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", message)


@pytest.mark.parametrize(
    ("test", "landed_with", "cost"),
    [("pytest -q. ", "", 0.1234), ("", "", None), ("make test", "Step 2", 0.0000001)],
)
def test_it_is_read_as_it_was_written(repo: Path, test: str, landed_with: str, cost: float | None) -> None:
    committed(repo, message_of(ONE, "plan.md", "claude", test, landed_with=landed_with, cost=cost))
    found = read_step_commits(repo, "plan.md", [ONE])[ONE.name]
    assert found.agent == "claude"
    assert found.tests.startswith(test.strip()) if test else found.tests == ""
    assert found.cost == (None if cost is None else round(cost, 6))
    assert found.day.startswith("20")
    assert git(repo, "rev-parse", "HEAD").startswith(found.commit)


def test_what_others_wrote_under_that_title_is_no_step_of_the_plan(repo: Path) -> None:
    committed(repo, f"{ONE.name[:72]}\n\nby hand\nCost: $5\n")
    committed(repo, message_of(ONE, "other.md", "claude", "", landed_with="", cost=None))
    assert read_step_commits(repo, "plan.md", [ONE]) == {}


def test_without_git_there_are_none(tmp_path: Path) -> None:
    assert read_step_commits(tmp_path, "plan.md", [ONE]) == {}
