"""`sous status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.plan.boxes import Box
    from sous.plan.progress import Progress

_SIGNS = {"open": "·", "in progress": "~", "dropped": "-", "done": "✓"}  # of a box
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
    from sous.commands.planned import SHAPES, plan_path
    from sous.effort import read_within
    from sous.plan.boxes import read_boxes
    from sous.plan.leftover import left_over
    from sous.plan.progress import State, read_progress
    from sous.plan.shape import read_markdown
    from sous.terminal import say, write_json, write_lines

    if todo is not None:
        boxes = read_within(todo.name, read_boxes, read_markdown(todo))
        if not boxes:
            say(f"{todo} holds no boxes such as `- [ ] …`")
        lines = list(_boxes(todo.name, boxes))
        data: object = {
            "boxes": [
                {"text": box.text, "done": box.done, "depth": box.depth, "state": box.state}
                for box in boxes
            ]
        }
    else:
        progress = read_progress(plan_path(plan, root))
        if not progress.plan.steps:
            say(f"{progress.plan.path.name} holds no prompts that can be recognised: {SHAPES}")
        rest = (
            () if progress.plan.is_ours else left_over(progress.plan.text, progress.plan.path.name)
        )
        for words in rest:
            say(words)
        lines = list(_steps(progress))
        data = {
            "steps": [
                {
                    "number": one.step.number,
                    "title": one.step.title,
                    "prompt": one.step.prompt,
                    "done": state is not State.OPEN,
                }
                for one, state in zip(progress.plan.steps, progress.states, strict=True)
            ]
        }
    if as_json:
        write_json(data)
    else:
        write_lines(lines)


def _bar(done: int, total: int, what: str, name: str) -> str:
    full = round(_BAR * done / max(1, total))
    return f"{name}  {'█' * full}{'░' * (_BAR - full)}  {done} of {total} {what}"


def _boxes(name: str, boxes: Sequence[Box]) -> Iterator[str]:
    if boxes:
        kept = sum(box.state != "dropped" for box in boxes)
        yield _bar(sum(box.done for box in boxes), kept, "boxes", name)
    for box in boxes:
        yield f"  {'  ' * box.depth}{_SIGNS[box.state]} {box.text}"


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
