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
    with pytest.raises(SousError, match="in no team: `sous team init`"):
        team_at(repo)
