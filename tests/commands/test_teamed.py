"""Where the commands of a team work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clones import joined
from sous.commands.teamed import place_in, team_at
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_the_plan_is_that_of_the_team(tmp_path: Path, home: Path, run: Run) -> None:
    (one,) = joined(tmp_path, home, run, "one")
    assert place_in(team_at(one)).plan == one / "prompt_plan.md"


def test_a_project_in_no_team_is_told(repo: Path) -> None:
    with pytest.raises(SousError, match="not in a team: `sous team init`"):
        team_at(repo)


def test_those_who_meet_are_told_before_a_claim_and_at_a_sync(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    run("sous", "claim", "1", cwd=one)
    (one / "calc.py").write_text("def add(a, b):\n    return 1\n")
    run("sous", "handoff", "--keep", cwd=one)
    claimed = run("sous", "claim", "3", cwd=two)
    assert (claimed.code, "your Step 3: Subtract and Step 1: Add of Ann both change calc.py" in claimed.err) == (
        0,
        True,
    )
    (two / "calc.py").write_text("def add(a, b):\n    return 2\n")
    assert "your Step 3: Subtract change the same lines of calc.py" in run("sous", "sync", cwd=two).err
