"""todo.md of a member: what landed is ticked there, and a tick by hand becomes a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_place import find_checkout
from sous.git_wire import RefUpdate
from sous.locks import locked
from sous.plan.ids import ids_in
from sous.plan.progress import State, read_progress, tick_step
from sous.state import checkout_state
from sous.team.records import StepRecord, written
from sous.team.reopened import note_done, once_done

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from sous.plan.progress import Progress
    from sous.plan.shape import Planned
    from sous.team.shared import Shared, Team, TeamStep

_TRIES = 5


@dataclass(frozen=True)
class Synced:
    """What a sync did: steps ticked here as they landed, ticks here that are records now.

    `refused`: ticks here that the remote takes no record of, as from who may not push; `reopened`:
    steps that are unticked here, as their record is gone; `problems`: what could not be done.
    """

    ticked: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def told(self) -> Iterator[str]:
        """Yield in lines what was done."""
        said = (
            (self.reopened, "opened again on the branch, unticked"),
            (self.ticked, "landed, ticked"),
            (self.recorded, "ticked by hand, reported to the team"),
            (self.refused, "ticked by hand, but the remote refuses the push: check your access"),
        )
        yield from (f"{name}: {words}" for names, words in said for name in names)
        yield from self.problems


def sync(team: Team, plan: Path) -> Synced:
    """Bring todo.md beside `plan` and the records on the remote together.

    Unticked is what had a record that somebody deleted since. Raises RemoteAway and SousError.
    """
    shared = team.look()
    team.sweep(shared)
    reopened = _untick(team, shared, plan, once_done(team))
    pairs = list(_pairs(shared, read_progress(plan)))
    by_hand = {
        there.id: there.planned.name
        for there, _, state in pairs
        if state is State.DONE and there.record is None
    }
    ticked = _tick(team, shared, plan)
    note_done(team, [there for there, _, _ in pairs])
    if not by_hand:
        return Synced(ticked, reopened=reopened)
    after = _record(team, shared, set(by_hand))
    names = tuple(by_hand.values())
    if after is None:
        return Synced(ticked, (), names, reopened)
    note_done(team, [step for step in after.steps if step.id in by_hand])
    return Synced((*ticked, *_tick(team, after, plan)), names, reopened=reopened)


def tick_landed(team: Team) -> tuple[str, ...]:
    """Tick in this checkout's todo.md what has landed; return the names of these steps.

    What is ticked by hand stays here until the next `sync`. Raises RemoteAway and SousError.
    """
    plan = find_checkout(team.root).top / team.membership.plan
    if not plan.is_file():
        return ()
    shared = team.look()
    ticked = _tick(team, shared, plan)
    note_done(team, [one for one in shared.steps if one.planned.name in ticked])
    return ticked


def _untick(team: Team, shared: Shared, plan: Path, before: Collection[str]) -> tuple[str, ...]:
    """Untick in todo.md what was done `before` and is not now; return the names of these steps.

    Not where the plan itself says that it is done: nothing there is changed.
    """
    open_again = {step.id for step in shared.steps if step.record is None} & {*before}
    return _set(team, shared, plan, open_again, (State.DONE, State.OPEN))


def _tick(team: Team, shared: Shared, plan: Path) -> tuple[str, ...]:
    """Tick in todo.md what has landed; return the names of these steps."""
    done = {step.id for step in shared.steps if step.record}
    return _set(team, shared, plan, done, (State.OPEN, State.DONE))


def _set(
    team: Team, shared: Shared, plan: Path, ids: Collection[str], move: tuple[State, State]
) -> tuple[str, ...]:
    """Change steps in todo.md from a state to another; return the names of those it was of.

    One process at a time: several workers of a checkout tick what they landed.
    """
    names = []
    before, after = move
    with locked(checkout_state(team.root) / "todo.lock"):
        progress = read_progress(plan)
        for there, here, state in list(_pairs(shared, progress)):
            if there.id in ids and state is before and not here.step.done:
                tick_step(progress, here, after)
                progress = read_progress(plan)
                names.append(there.planned.name)
    return tuple(names)


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
            StepRecord(one.id, one.planned.step.number, one.planned.step.title, by, "by hand")
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
    raise SousError(f"{team.membership.branch} keeps changing: try `sous sync` again")
