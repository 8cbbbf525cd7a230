"""`sous step`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.plan.shape import Planned


@click.command("step")
@click.argument("action", type=click.Choice(["done", "skip", "undo"]))
@click.argument("numbers", nargs=-1, required=True, metavar="N…")
@click.option(
    "--revert",
    is_flag=True,
    help="With undo: also revert the commits of the steps, in the given order.",
)
@plan_option
@root_option
def step(
    action: str, numbers: tuple[str, ...], plan: Path | None, root: Path | None, *, revert: bool
) -> None:
    """Mark steps of the plan as done or skipped, or open again, in todo.md.

    What `sous run` did for a step stays where it is opened again, unless you say --revert.
    """
    from sous.commands.planned import plan_path, progress_of
    from sous.plan.progress import State
    from sous.root import find_root
    from sous.runner.by_hand import set_steps
    from sous.terminal import say

    state = {"done": State.DONE, "skip": State.SKIPPED, "undo": State.OPEN}[action]
    path = plan_path(plan, root)
    if revert:
        _take_back(action, path, numbers, root)
        return
    progress_of(plan, root)  # a plan without steps is refused by its name
    for step in set_steps(path, numbers, state, root=find_root(path.parent, named=root)):
        say(f"{step.name}: {state.value}{_work_of(step, path) if action == 'undo' else ''}")


def _take_back(action: str, path: Path, numbers: tuple[str, ...], root: Path | None) -> None:
    """Open steps again and revert what was committed for them. Raises SousError."""
    from sous.errors import UsageProblem
    from sous.names import TODO
    from sous.output.lock import holding
    from sous.root import find_root
    from sous.runner.branch import find_place
    from sous.runner.undo import take_back
    from sous.terminal import say

    if action != "undo":
        raise UsageProblem(f"--revert goes with `sous step undo N`, not with {action}")
    place = find_place(find_root(path.parent, named=root), path)
    with holding([path.with_name(TODO)], who="step", timeout=60):
        for line in take_back(place, numbers):
            say(line)


def _work_of(step: Planned, path: Path) -> str:
    """Return in words where the work of a step stays that is open again, and what undoes it."""
    from sous import api
    from sous.runner.elsewhere import commit_of
    from sous.runner.undo import builders_on

    made = commit_of(path.parent, step)
    if made is None:
        return ""
    on_it = ", ".join(one.name for one in builders_on(api.plan(path), step))
    built = f"; {on_it}, done too, builds on it" if on_it else ""
    number = step.step.number or step.name
    return f"; its work is still in {made}: `sous step undo {number} --revert` reverts it{built}"
