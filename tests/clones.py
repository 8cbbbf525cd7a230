"""Clones of one remote that take part in a team, for tests of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scene import copied, git, write_tree
from teams import PLAN as FOUR_STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = FOUR_STEPS.partition("\n## Step 4")[0]


def cloned(folder: Path, home: Path, files: dict[str, str], name: str = "one") -> Path:
    """Make a clone with some files, and its remote, in a folder; return where it is."""
    (home / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.com\n")
    first = folder / name
    write_tree(first, files)
    git(first, "init", "-q")
    git(first, "add", ".")
    git(first, "commit", "-qm", "start")
    git(folder, "clone", "-q", "--bare", name, "remote.git")
    git(first, "remote", "add", "origin", str(folder / "remote.git"))
    return first


def joined(folder: Path, home: Path, run: Run, *names: str) -> list[Path]:
    """Make clones of one remote in a folder, all in its team; return where they are."""
    files = {"calc.py": "def add(a, b):\n    return 0\n", "prompt_plan.md": PLAN}
    first = cloned(folder, home, files, names[0])
    found = [first, *(copied(first, folder / name) for name in names[1:])]
    for one in found:
        done = run("sous", "team", "init", "--yes", cwd=one)
        assert done.code == 0, done.err
    return found
