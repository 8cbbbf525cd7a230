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
@plan_option
@root_option
def step(action: str, numbers: tuple[str, ...], plan: Path | None, root: Path | None) -> None:
    """Mark steps of the plan as done or skipped, or open again, in todo.md."""
    from sous.commands.planned import plan_path, progress_of
    from sous.names import TODO
    from sous.output.lock import holding
    from sous.plan.progress import State, tick
    from sous.root import find_root
    from sous.runner.journal import keep_own
    from sous.terminal import say

    state = {"done": State.DONE, "skip": State.SKIPPED, "undo": State.OPEN}[action]
    path = plan_path(plan, root)
    with holding([path.with_name(TODO)], who="step", timeout=60):
        progress = progress_of(plan, root)
        for number in numbers:
            progress.find(number)  # all of them are looked at before one is changed
        for number in numbers:
            step = tick(path, number, state)
            say(f"{step.name}: {state.value}{_work_of(step, path) if action == 'undo' else ''}")
        keep_own(find_root(path.parent, named=root), progress.todo_path)


def _work_of(step: Planned, path: Path) -> str:
    """Return in words where the work of a step stays that is open again, and what undoes it."""
    from sous.names import TODO
    from sous.proc import quoted
    from sous.runner.elsewhere import commit_of

    made = commit_of(path.parent, step)
    if made is None:
        return ""
    back = quoted(["git", "restore", TODO]), quoted(["git", "revert", "--no-edit", made])
    return f"; its work stays, in {made}: `{' && '.join(back)}` takes both back"
