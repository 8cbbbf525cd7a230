"""What the commands of a team share: the team of a folder, and where its plan is carried out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sous.runner.checkpoint import Workplace
    from sous.team.shared import Team


def team_at(root: Path | None) -> Team:
    """Return the team of the current project, or of that in `root`. Raises SousError."""
    from sous.root import find_root
    from sous.team.member import required_membership
    from sous.team.shared import Team

    base = find_root(Path.cwd(), named=root)
    return Team(base, required_membership(base))


def place_in(team: Team) -> Workplace:
    """Return the checkout that a team's steps are worked on in. Raises SousError."""
    from sous.git_place import find_checkout
    from sous.runner.branch import find_place

    return find_place(team.root, find_checkout(team.root).top / team.membership.plan)
