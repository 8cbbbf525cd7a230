"""`sous todo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import model_options, plan_option

if TYPE_CHECKING:
    from sous.request import ModelRequest


@click.command("todo")
@click.argument("plan_file", required=False, metavar="[PLAN]", type=click.Path(dir_okay=False, path_type=Path))
@plan_option
@click.option("--refine", is_flag=True, help="Let a model word the boxes; --model does so too.")
@model_options()
def todo(plan_file: Path | None, plan: Path | None, refine: bool, request: ModelRequest) -> None:  # noqa: FBT001
    """Make todo.md from the plan: a box for each step, nested in it one for each way to verify it.

    Ticks stay, and so does every line that you added. No model is asked, unless one is named.
    """
    from sous.commands.planned import progress_of
    from sous.commands.refining import refined
    from sous.files import refuse_dangerous, shown_path, write_file
    from sous.plan.boxes import read_boxes
    from sous.plan.todo import make_todo
    from sous.reports.provenance import read_signature
    from sous.reports.target import check_target
    from sous.terminal import say

    plan = plan_file or plan
    progress = progress_of(plan, request.root)
    path = progress.todo_path
    refuse_dangerous(path, root=path.parent, named=False)
    if progress.todo is not None and (read_signature(progress.todo)[1] or {}).get("task") != "todo":
        check_target(path, root=path.parent, force=request.force, named=plan is not None)
    found = refined(progress.plan, request) if refine or request.model else progress.plan
    text = make_todo(found, progress.todo)
    boxes = read_boxes(text)
    if request.dry_run:
        say(f"{shown_path(path)} would hold {len(boxes)} boxes; nothing was written")
        return
    write_file(path, text.encode("utf-8", "replace"))
    if not request.quiet:
        say(f"{shown_path(path)}: {len(boxes)} box{'es' * (len(boxes) != 1)}, {sum(box.done for box in boxes)} ticked")
