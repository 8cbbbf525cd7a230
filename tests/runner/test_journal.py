"""A run that is killed at any moment leaves nothing that the next cannot set right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.runner import journal
from sous.runner.checkpoint import Checkpoint
from sous.runner.guard import Guard
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path

STEP = Planned(Step("1", "Add", "do", done=False, line=1))
WORK = {
    "a new file": {"new.py": "N = 1\n"},
    "a changed file": {"src/app.py": "changed = 1\n"},
    "both, and a lock": {"src/app.py": "changed = 2\n", "more.py": "", ".git/index.lock": ""},
}


@pytest.mark.parametrize("files", WORK.values(), ids=WORK)
def test_a_run_killed_before_the_index_was_as_its_commit(repo: Path, tmp_path: Path, files: dict[str, str]) -> None:
    top = repo.resolve()
    place = Workplace(top, top, top / "prompt_plan.md")
    start = Checkpoint.take(place, tmp_path / "start")
    journal.proved(place, STEP, Guard.watch(place), start)
    write_tree(top, files)
    tree = start.now(tmp_path / "after").tree
    made = git(top, "commit-tree", tree, "-p", "HEAD", "-m", "Step 1").strip()
    git(top, "update-ref", "HEAD", made)
    journal.recover(place)
    assert git(top, "rev-parse", "HEAD").strip() == made
    assert git(top, "status", "--porcelain") == ""
    journal.recover(place)


def test_what_a_person_staged_after_that_stays(repo: Path, tmp_path: Path) -> None:
    top = repo.resolve()
    place = Workplace(top, top, top / "prompt_plan.md")
    journal.proved(place, STEP, Guard.watch(place), Checkpoint.take(place, tmp_path / "start"))
    for name in ("by-sous", "by-a-person"):
        git(top, "commit", "-q", "--allow-empty", "-m", name)
    write_tree(top, {"staged.py": "S = 1\n"})
    git(top, "add", "staged.py")
    journal.recover(place)
    assert git(top, "status", "--porcelain").split() == ["A", "staged.py"]
