from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.runner.checkpoint import Checkpoint, Workplace

if TYPE_CHECKING:
    from pathlib import Path

GONE = {"one": ["a.py"], "a folder": ["docs/x.md", "docs/y.md"], "all": ["a.py", "docs/x.md", "docs/y.md"]}


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_files_may_be_deleted_whatever_objects_are_named_by(tmp_path: Path, kind: str, gone: list[str]) -> None:
    top = (tmp_path / "project").resolve()
    write_tree(top, {"a.py": "A = 1\n", "docs/x.md": "x\n", "docs/y.md": "y\n"})
    git(top, "init", "-q", f"--object-format={kind}")
    git(top, "add", ".")
    git(top, "commit", "-qm", "start")
    start = Checkpoint.take(Workplace(top, top, top / "prompt_plan.md"), tmp_path / "start")
    for path in gone:
        (top / path).unlink()
    after = start.now(tmp_path / "after")
    left = git(top, "ls-tree", "-r", "--name-only", after.tree).split()
    assert sorted([*left, *gone]) == ["a.py", "docs/x.md", "docs/y.md"]
    start.restore()
    assert start.changes() == []
