"""todo.md of a member: what landed is ticked there, and a tick by hand becomes a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import RefUpdate
from sous.plan.ids import ids_in
from sous.plan.progress import State, read_progress, tick_step
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
    """What a sync did: steps ticked here as they landed, ticks here that are records now.

    `refused`: ticks here that the remote takes no record of, as from who may not push.
    """

    ticked: tuple[str, ...]
    recorded: tuple[str, ...]
    refused: tuple[str, ...] = ()


def sync(team: Team, plan: Path) -> Synced:
    """Bring todo.md beside `plan` and the records on the remote together. Nothing is unticked.

    Raises RemoteAway and SousError.
    """
    shared = team.look()
    team.sweep(shared)
    progress = read_progress(plan)
    by_hand = {
        there.id: there.planned.name
        for there, _, state in _pairs(shared, progress)
        if state is State.DONE and there.record is None
    }
    ticked = _tick(shared, plan)
    if not by_hand:
        return Synced(ticked, ())
    after = _record(team, shared, set(by_hand))
    names = tuple(by_hand.values())
    if after is None:
        return Synced(ticked, (), names)
    return Synced((*ticked, *_tick(after, plan)), names)


def _tick(shared: Shared, plan: Path) -> tuple[str, ...]:
    """Tick in todo.md what has landed; return the names of these steps."""
    progress = read_progress(plan)
    ticked = []
    for there, here, state in list(_pairs(shared, progress)):
        if there.record and state is State.OPEN:
            tick_step(progress, here, State.DONE)
            progress = read_progress(plan)
            ticked.append(there.planned.name)
    return tuple(ticked)


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


def _record(team: Team, shared: Shared, ids: set[str]) -> Shared | None:
    """Put a record "by hand" on the branch for each id; return what is there then.

    None where the remote refuses it.
    """
    by, author = team.person, team.author
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
        is_put = team.repository.push([RefUpdate(branch, shared.tip, commit)])
        before, shared = shared.tip, team.look()
        if not is_put and shared.tip == before:
            return None
    raise SousError(f"{team.membership.branch} moves all the time: try `sous sync` again")
