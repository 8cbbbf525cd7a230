"""`sous todo`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import model_options, plan_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.shape import Plan, Planned
    from sous.request import ModelRequest


@click.command("todo")
@click.argument(
    "plan_file", required=False, metavar="[PLAN]", type=click.Path(dir_okay=False, path_type=Path)
)
@plan_option
@click.option(
    "--refine", is_flag=True, help="Let a model write the text of the boxes; --model implies it."
)
@model_options()
def todo(plan_file: Path | None, plan: Path | None, refine: bool, request: ModelRequest) -> None:  # noqa: FBT001
    """Make todo.md from the plan: a box for each step, nested in it one for each way to verify it.

    Ticks stay, and so does every line that you added. No model is asked, unless one is named.
    """
    from sous.commands.planned import plan_path, progress_of
    from sous.effort import read_within
    from sous.files import refuse_dangerous, shown_path, write_file
    from sous.names import TODO
    from sous.output.lock import holding
    from sous.plan.boxes import read_boxes
    from sous.plan.todo import make_todo
    from sous.root import project_of
    from sous.terminal import say

    plan = plan_file or plan
    path = plan_path(plan, request.root).with_name(TODO)
    refuse_dangerous(path, root=project_of(path) or path.parent, named=False)
    with contextlib.ExitStack() as ends, holding([path], who="todo", timeout=60):
        progress = progress_of(plan, request.root)
        _refuse_other(path, progress.todo, request)
        refined: Sequence[Planned] = ()
        if refine or request.model:
            refined = _refined(progress.plan, request, ends).steps

        def made(plan: Plan, old: str | None) -> str:
            return make_todo(plan, old, refined=refined)

        text = read_within(shown_path(path), made, progress.plan, progress.todo)
        if request.dry_run:
            count = len(read_boxes(text))
            say(f"{shown_path(path)} would have {count} boxes; nothing was written")
            return
        write_file(path, text.encode("utf-8", "replace"), root=project_of(path))
    _tell(path, text, quiet=request.quiet)


def _refuse_other(path: Path, todo: str | None, request: ModelRequest) -> None:
    from sous.errors import SousError
    from sous.files import shown_path
    from sous.plan.todo import split_comment

    if todo is not None and split_comment(todo)[1] is None and not request.force:
        raise SousError(
            f"{shown_path(path)} was not made by sous; --force adds the steps to it and "
            "keeps its own lines"
        )


def _refined(plan: Plan, request: ModelRequest, ends: contextlib.ExitStack) -> Plan:
    """Return the plan as a model words it; what would be sent is only shown in a dry run.

    `ends`: it ends once the todo list is in its place.
    """
    from sous.asking.refining import Refining
    from sous.commands.generated import show_request

    refining = Refining.of(plan, request)
    if not request.dry_run:
        ends.enter_context(refining.session.logged())
        return refining.refined()
    show_request(refining.session.choice, refining.fitted())
    return plan


def _tell(path: Path, text: str, *, quiet: bool) -> None:
    from sous.files import shown_path
    from sous.plan.boxes import read_boxes
    from sous.plan.todo import gone_steps
    from sous.terminal import say

    name, boxes = shown_path(path), read_boxes(text)
    if not quiet:
        ticked = sum(box.done for box in boxes)
        say(f"{name}: {len(boxes)} box{'es' * (len(boxes) != 1)}, {ticked} ticked")
    gone = gone_steps(text)
    if gone:
        what = "ticked steps are" if gone > 1 else "ticked step is"
        say(f"{gone} {what} no longer in the plan; kept at the end of {name}")
