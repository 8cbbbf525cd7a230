"""`sous next`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("next")
@plan_option
@root_option
@click.option("-c", "--copy", is_flag=True, help="Copy it to the clipboard instead of printing it.")
def next_step(plan: Path | None, root: Path | None, copy: bool) -> None:  # noqa: FBT001
    """Print the prompt of the next open step of the plan."""
    from sous.clipboard import copy as to_clipboard
    from sous.commands.planned import progress_of
    from sous.plan.leftover import left_over
    from sous.terminal import say, write_stdout

    progress = progress_of(plan, root)
    if not progress.open:
        say(f"all {len(progress.plan.steps)} steps of {progress.plan.path.name} are done")
        return
    for words in left_over(progress.plan):
        say(words)
    step = progress.open[0]
    if copy:
        say(f"{step.name}: {to_clipboard(step.step.prompt)}")
        return
    say(step.name)
    write_stdout(f"{step.step.prompt}\n".encode("utf-8", "replace"))
