"""`sous status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.plan.boxes import Box
    from sous.plan.progress import Progress

_BAR = 24  # cells


@click.command("status")
@plan_option
@click.option(
    "--todo",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Show this todo list.",
)
@root_option
@click.option("--json", "as_json", is_flag=True, help="For machines: steps, or boxes with --todo.")
def status(plan: Path | None, todo: Path | None, root: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Show how far the plan is: what is done, what is next."""
    from sous import api
    from sous.commands.planned import plan_path
    from sous.terminal import write_json, write_lines

    if todo is not None:
        lines, data = _of_todo(todo)
    else:
        lines, data = _of_plan(api.plan(plan_path(plan, root)))
    if as_json:
        write_json(data)
    else:
        write_lines(lines)


def _of_todo(todo: Path) -> tuple[Iterable[str], object]:
    """Return a todo list in lines, and for machines."""
    from sous.effort import read_within
    from sous.plan.boxes import read_boxes
    from sous.plan.shape import read_markdown
    from sous.terminal import say

    boxes = read_within(todo.name, read_boxes, read_markdown(todo))
    if not boxes:
        say(f"{todo} holds no boxes such as `- [ ] …`")
    data = [{"text": box.text, "done": box.done, "depth": box.depth} for box in boxes]
    return _boxes(todo.name, boxes), {"boxes": data}


def _of_plan(progress: Progress) -> tuple[Iterable[str], object]:
    """Return how far a plan is in lines, and for machines; say what of it is no step."""
    from sous.commands.planned import SHAPES
    from sous.plan.leftover import left_over
    from sous.plan.progress import State
    from sous.terminal import say, say_lines

    plan = progress.plan
    if not plan.steps:
        say(f"{plan.path.name} holds no prompts that can be recognised: {SHAPES}")
    if not plan.is_ours:
        say_lines(left_over(plan.text, plan.path.name))
    data = [
        {
            "number": planned.step.number,
            "title": planned.step.title,
            "prompt": planned.step.prompt,
            "done": state is not State.OPEN,
        }
        for planned, state in zip(plan.steps, progress.states, strict=True)
    ]
    return _steps(progress), {"steps": data}


def _bar(done: int, total: int, what: str, name: str) -> str:
    full = round(_BAR * done / total)
    return f"{name}  {'█' * full}{'░' * (_BAR - full)}  {done} of {total} {what}"


def _boxes(name: str, boxes: Sequence[Box]) -> Iterator[str]:
    if boxes:
        yield _bar(sum(box.done for box in boxes), len(boxes), "boxes", name)
    for box in boxes:
        yield f"  {'  ' * box.depth}{'✓' if box.done else '·'} {box.text}"


def _steps(progress: Progress) -> Iterator[str]:
    from sous.plan.progress import State

    steps = progress.plan.steps
    if not steps:
        return
    coming = next(iter(progress.open), None)
    yield _bar(len(steps) - len(progress.open), len(steps), "steps", progress.plan.path.name)
    width = max(len(one.step.number) for one in steps)
    for one, state in zip(steps, progress.states, strict=True):
        sign = {State.DONE: "✓", State.SKIPPED: "-", State.OPEN: "→" if one is coming else " "}[
            state
        ]
        skipped = " (skipped)" if state is State.SKIPPED else ""
        yield f"  {sign} {one.step.number:>{width}}  {one.step.title}{skipped}"
    if coming:
        yield "`sous next` prints the prompt of the step at →, `sous run` has an agent carry it out"
    else:
        yield "all steps are done"
