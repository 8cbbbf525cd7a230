"""todo.md of a member: what landed is ticked there, and a tick by hand becomes a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import RefUpdate
from sous.plan.ids import ids_in
from sous.plan.progress import State, read_progress, tick_step
from sous.team.member import author_of, person_of
from sous.team.records import Record, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sous.plan.progress import Progress
    from sous.plan.shape import Planned
    from sous.team.shared import Shared, Team, TeamStep

_TRIES = 5


@dataclass(frozen=True)
class Synced:
    """What a sync did: steps ticked here as they landed, ticks here that are records now."""

    ticked: tuple[str, ...]
    recorded: tuple[str, ...]


def sync(team: Team, plan: Path) -> Synced:
    """Bring todo.md beside `plan` and the records on the remote together. Nothing is unticked.

    Raises RemoteAway and SousError.
    """
    shared = team.look()
    team.sweep(shared)
    progress = read_progress(plan)
    recorded: tuple[str, ...] = ()
    by_hand = [
        there
        for there, _, state in _pairs(shared, progress)
        if state is State.DONE and there.record is None
    ]
    if by_hand:
        shared = _record(team, shared, {one.id for one in by_hand})
        recorded = tuple(one.planned.name for one in by_hand)
    ticked = []
    for there, here, state in list(_pairs(shared, progress)):
        if there.record and state is State.OPEN:
            tick_step(progress, here, State.DONE)
            progress = read_progress(plan)
            ticked.append(there.planned.name)
    return Synced(tuple(ticked), recorded)


def _pairs(shared: Shared, progress: Progress) -> Iterator[tuple[TeamStep, Planned, State]]:
    """Yield the steps of the remote with the same ones here: by id, else by number and title."""
    steps = progress.plan.steps
    ids = ids_in(progress.plan.text, steps)
    here: Mapping[object, int] = {
        own or (step.step.number, step.step.title): at
        for at, (own, step) in enumerate(zip(ids, steps, strict=True))
    }
    for there in shared.steps:
        named = (there.planned.step.number, there.planned.step.title)
        at = here.get(there.id, here.get(named))
        if at is not None:
            yield there, steps[at], progress.states[at]


def _record(team: Team, shared: Shared, ids: set[str]) -> Shared:
    """Put a record "by hand" on the branch for each id; return what is there then."""
    by, author = person_of(team.root), author_of(team.root)
    branch = f"refs/heads/{team.membership.branch}"
    for _ in range(_TRIES):
        records = [
            Record(one.id, one.planned.step.number, one.planned.step.title, by, "by hand")
            for one in shared.steps
            if one.id in ids and one.record is None
        ]
        if not records:
            return shared
        files: dict[str, bytes | None] = {
            f"{team.membership.folder}{one.path}": written(one).encode() for one in records
        }
        tree = team.repository.tree_with(shared.tip, files)
        names = ", ".join(f"step {one.number or one.title}" for one in records)
        message = f"Done by hand: {names}\n"
        commit = team.repository.commit(message, parents=[shared.tip], tree=tree, author=author)
        team.repository.push([RefUpdate(branch, shared.tip, commit)])
        shared = team.look()
    raise SousError(f"{team.membership.branch} moves all the time: try `sous sync` again")
