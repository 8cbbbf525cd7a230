"""Clones of one remote that take part in a team, for tests of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scene import copied, git, write_tree
from teams import PLAN as FOUR_STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = FOUR_STEPS.partition("\n## Step 4")[0]


def joined(folder: Path, home: Path, run: Run, *names: str) -> list[Path]:
    """Make clones of one remote in a folder, all in its team; return where they are."""
    (home / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.com\n")
    first = folder / names[0]
    write_tree(first, {"calc.py": "def add(a, b):\n    return 0\n", "prompt_plan.md": PLAN})
    git(first, "init", "-q")
    git(first, "add", ".")
    git(first, "commit", "-qm", "start")
    git(folder, "clone", "-q", "--bare", names[0], "remote.git")
    git(first, "remote", "add", "origin", str(folder / "remote.git"))
    found = [first, *(copied(first, folder / name) for name in names[1:])]
    for one in found:
        done = run("sous", "team", "init", "--yes", cwd=one)
        assert done.code == 0, done.err
    return found
