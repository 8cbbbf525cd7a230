"""Taking back what was done for a step: its commit is reverted, and its box is open again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.plan.check import built_on
from sous.plan.progress import State, read_progress, tick
from sous.runner import journal
from sous.runner.checkpoint import Checkpoint
from sous.runner.committing import commit_state, dirt
from sous.runner.elsewhere import commit_of
from sous.runner.guard import Guard
from sous.runner.jobplace import merged_onto
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sous.plan.progress import Progress
    from sous.plan.shape import Planned
    from sous.runner.workplace import Workplace


def take_back(place: Workplace, numbers: Sequence[str]) -> list[str]:
    """Revert the commits of steps, in this order, and open the steps; return what was done.

    Raises SousError where one cannot be: steps that others build on, work that is not committed,
    lines that were changed since.
    """
    progress = read_progress(place.plan)
    steps = [progress.find(number) for number in numbers]
    for step in steps:
        if others := builders_on(progress, step, numbers):
            raise SousError(
                f"{', '.join(one.name for one in others)} builds on {step.name} and is done: take "
                f"that back first (`sous step undo {others[0].step.number} {step.step.number} "
                "--revert`)"
            )
        if commit_of(place.root, step) is None:
            raise SousError(f"this branch has no commit of {step.name} to revert")
    if found := dirt(place):
        raise SousError(f"{found[0]} has changes that are not committed: commit or stash them")
    with journal.alone(place):
        journal.recover(place)
        return [f"{step.name}: {_revert(place, step)}" for step in steps]


def builders_on(
    progress: Progress, step: Planned, leaving_out: Collection[str] = ()
) -> list[Planned]:
    """Return the steps that are done and say that they build on one."""
    states = zip(progress.plan.steps, progress.states, strict=True)
    done = [one for one, state in states if state is State.DONE]
    numbers = [one.step.number for one in progress.plan.steps]
    return [
        one
        for one in done
        if one is not step
        and one.step.number not in leaving_out
        and step.step.number in built_on(one, numbers[: progress.plan.steps.index(one)])
    ]


def _revert(place: Workplace, step: Planned) -> str:
    made = commit_of(place.root, step)
    guard = Guard.watch(place)
    merged = merged_onto(place, f"{made}", f"{made}^^{{tree}}", guard.head)
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        start = Checkpoint.take(place, Path(folder, "start"))
        after = Checkpoint.again(
            place, Path(folder, "after"), {**start.note(), "tree": merged.tree}
        )
        _refuse_met(place, step, f"{made}", merged.conflicts)
        changes = after.changes()
        if not changes:
            tick(place.plan, step.step.number, State.OPEN)
            return f"open; its work, {made}, no longer exists here"
        if loose := sorted({one.path for one in changes} & (start.loose.keys() | start.big.keys())):
            raise SousError(f"{loose[0]} is in the way and is not in git: move it away")
        journal.proved(place, step, guard, start)
        after.restore()
        tick(place.plan, step.step.number, State.OPEN)
        name = one_line(step.name)[:60]
        reason = f"sous step undo: {name}"
        message = f"Take back {name}\n\nThis reverts {made}.\n"
        commit_state(place, after, message, reason, guard.head)
        journal.end(place)
    count = len(changes)
    return f"open; {made} is reverted ({count} file{'s' * (count != 1)}); run the tests"


def _refuse_met(place: Workplace, step: Planned, made: str, paths: Sequence[str]) -> None:
    own = {os.fsdecode(os.path.relpath(one, place.top)) for one in place.own}
    met = [path for path in paths if path not in own]
    if met:
        raise SousError(
            f"later changes of {', '.join(met[:5])} overlap with those of {step.name}; "
            f"run `git revert {made}` and resolve the conflict"
        )
