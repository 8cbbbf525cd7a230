from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scene import git, name_author, write_tree
from sous.errors import SousError
from sous.runner.checkpoint import Checkpoint
from sous.runner.committing import commit_state
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


def made(top: Path) -> Workplace:
    write_tree(top, {"a.py": "A = 1\n", "docs/x.md": "x\n", ".gitignore": "out/\n"})
    git(top, "init", "-q", "-b", "main")
    name_author(top)
    git(top, "add", ".")
    git(top, "commit", "-qm", "start")
    return Workplace(top, top, top / "prompt_plan.md")


def test_no_tree_is_committed_that_was_not_tested(tmp_path: Path) -> None:
    """But for the list, which is ours."""
    place = made((tmp_path / "project").resolve())
    start, head = Checkpoint.take(place, tmp_path / "start"), git(place.top, "rev-parse", "HEAD").strip()
    write_tree(place.top, {"a.py": "A = 2\n", "todo.md": "# Todo\n"})
    after = start.now(tmp_path / "after")
    with pytest.raises(SousError, match=r"nothing is committed: a\.py would not be as it was tested"):
        commit_state(place, replace(after, tree=start.tree), "Add it", "test", head)
    assert git(place.top, "rev-parse", "HEAD").strip() == head
    commit_state(place, after, "Add it", "test", head)
    assert git(place.top, "show", "--name-only", "--format=", "HEAD").split() == ["a.py", "todo.md"]
