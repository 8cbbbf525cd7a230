"""What the commands of a team share: the team of a folder, and where its plan is carried out."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError

if TYPE_CHECKING:
    from sous.runner.checkpoint import Workplace
    from sous.team.overlap import Overlap
    from sous.team.shared import Shared, Team


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


def overlaps_here(team: Team, shared: Shared) -> list[Overlap]:
    """Return where works meet, that of this checkout as it lies here, published or not."""
    from sous.runner.handing import work_under_way
    from sous.team.overlap import overlaps

    own = {}
    for step in shared.steps:
        if team.is_ours(step.claim) and not step.record:
            with contextlib.suppress(SousError):  # then what is published counts
                work = work_under_way(place_in(team), step.planned)
                own[step.id] = team.repository.commit("here", parents=[work.base], tree=work.tree)
    return overlaps(team, shared, own)
