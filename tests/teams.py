"""Two clones of one remote, with a plan of four steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import copied, git, write_tree
from sous.team.begin import begin
from sous.team.member import Membership, keep_membership
from sous.team.shared import Team

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAN = """# Plan

## Step 1: Add

- **Builds on:** nothing
- **Files:** `calc.py`

```text
Make add work.
```

## Step 2: Use it

- **Builds on:** step 1
- **Files:** `use.py`

```text
Use add.
```

## Step 3: Subtract

- **Builds on:** nothing
- **Files:** `calc.py`

```text
Write sub.
```

## Step 4: Docs

- **Builds on:** nothing
- **Files:** `docs.md`

```text
Write docs.
```
"""


@pytest.fixture(scope="session")
def first_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a plan, and its remote beside it."""
    folder = tmp_path_factory.mktemp("together")
    write_tree(folder / "a", {"calc.py": "def add(a, b):\n    return 0\n", "prompt_plan.md": PLAN})
    git(folder / "a", "init", "-q")
    git(folder / "a", "add", ".")
    git(folder / "a", "commit", "-qm", "start")
    git(folder, "clone", "-q", "--bare", "a", "remote.git")
    git(folder / "a", "remote", "add", "origin", "../remote.git")
    return folder


@pytest.fixture
def clone(tmp_path: Path, first_clone: Path, home: Path) -> Callable[[str], Path]:
    """What makes a clone of the remote, each time another."""
    (home / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.com\n[init]\ndefaultBranch = main\n")
    copied_remote = tmp_path / "remote.git"
    git(first_clone, "clone", "-q", "--bare", str(first_clone / "remote.git"), str(copied_remote))

    def make(name: str) -> Path:
        folder = copied(first_clone / "a", tmp_path / name)
        git(folder, "remote", "set-url", "origin", str(copied_remote))
        return folder

    return make


@pytest.fixture
def member(clone: Callable[[str], Path]) -> Callable[[str], Team]:
    """What makes a clone that takes part; the first one begins the team."""

    def join(name: str) -> Team:
        root = clone(name)
        membership = Membership("origin", "prompt_plan.md", "sous/prompt_plan")
        begin(root, membership, root / "prompt_plan.md")
        keep_membership(root, membership)
        return Team(root, membership)

    return join
