"""What the commands of a team share: the team of a folder, and where its plan is carried out."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.team.claims import CLAIMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.runner.workplace import Workplace
    from sous.team.board import OpenInterview
    from sous.team.member import Membership
    from sous.team.overlap import Overlap
    from sous.team.shared import Shared, Team, TeamStep


def team_at(root: Path | None) -> Team:
    """Return the team of the current project, or of that in `root`. Raises SousError."""
    from sous.root import find_root
    from sous.team.member import required_membership
    from sous.team.shared import Team

    base = find_root(Path.cwd(), named=root)
    return Team(base, required_membership(base))


def looked(team: Team) -> Shared:
    """Return what the remote holds now; what is held here by hand is renewed."""
    from sous.team.taking import keep_by_hand

    shared = team.look()
    keep_by_hand(team, shared)
    return shared


def open_interviews(root: Path, member: Membership) -> list[OpenInterview]:
    """Return the interviews of a team that have not ended, and who is asked what in them."""
    from sous.asking.contradictions import waits
    from sous.team.board import OpenInterview
    from sous.team.interviews import Interviews

    there = Interviews(root, member)
    return [
        OpenInterview(one.name, len(one.answered), tuple(waits(one, there.asked_by_name)))
        for one in there.look().values()
        if not one.ended
    ]


def tell_landed(team: Team) -> None:
    """Tick what has landed in todo.md of this checkout, and say how the files come here."""
    from sous.team.syncing import tick_landed
    from sous.terminal import inform, say

    try:
        tick_landed(team)
    except SousError as exc:
        say(f"todo.md is not ticked: {exc}. `sous sync` ticks it")
    inform(f"`{way_here(team)}` brings it into this checkout")


def way_here(team: Team) -> str:
    """Return the command that brings what has landed into the branch that is checked out."""
    return f"git pull --rebase {team.membership.remote} {team.membership.branch}"


def agree_over(*, over: bool, yes: bool) -> Callable[[TeamStep], None] | None:
    """Return what asks whether a step is taken over from who holds it; None without `over`.

    A no raises SousError.
    """
    from sous.terminal import ask_yes, is_interactive

    def agree(step: TeamStep) -> None:
        held = f"{step.planned.name} is claimed by {step.holder}"
        if not (yes or (is_interactive() and ask_yes(f"{held}. Take it over?"))):
            raise SousError(f"{held}: not taken over; --yes takes it over without asking")

    return agree if over else None


def looked_at_by(root: Path | None, plan: Path | None, remote: str, branch: str | None) -> Team:
    """Return the team of a project; in none, what somebody sees who only looks at a remote."""
    from sous.commands.planned import plan_path
    from sous.git_place import find_checkout
    from sous.root import find_root
    from sous.runner.branch import default_branch
    from sous.team.member import Membership, membership_of
    from sous.team.shared import Team

    base = find_root(Path.cwd(), named=root)
    found = membership_of(base)
    if found is None or plan or branch:
        path = plan_path(plan, root).resolve()
        top = find_checkout(base).top
        if not path.is_relative_to(top):
            raise SousError(f"{path} lies outside the repository {top}: name one inside")
        inside = path.relative_to(top).as_posix()
        below = found.below if found else CLAIMS
        found = Membership(remote, inside, branch or default_branch(path), below)
    return Team(base, found)


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
