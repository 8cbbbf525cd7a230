from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.runner.checkpoint import Checkpoint
from sous.runner.committing import commit_state

if TYPE_CHECKING:
    from pathlib import Path

    from sous.runner.workplace import Workplace


def test_no_tree_is_committed_that_was_not_tested(place: Workplace, tmp_path: Path) -> None:
    """But for the list, which is ours."""
    start, head = Checkpoint.take(place, tmp_path / "start"), git(place.top, "rev-parse", "HEAD").strip()
    write_tree(place.top, {"a.py": "A = 2\n", "todo.md": "# Todo\n"})
    after = start.now(tmp_path / "after")
    with pytest.raises(SousError, match=r"nothing is committed: a\.py would differ from what was tested"):
        commit_state(place, replace(after, tree=start.tree), "Add it", "test", head)
    assert git(place.top, "rev-parse", "HEAD").strip() == head
    commit_state(place, after, "Add it", "test", head)
    assert git(place.top, "show", "--name-only", "--format=", "HEAD").split() == ["a.py", "todo.md"]
