"""`sous next`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.plan.progress import Progress

_LIMIT = 100_000  # tokens


@click.command("next")
@plan_option
@root_option
@click.option("-c", "--copy", is_flag=True, help="Copy it to the clipboard; print it without one.")
@click.option(
    "--context",
    is_flag=True,
    help="With its Verify, the steps that are done, and the files that it names.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=_LIMIT,
    metavar="TOKENS",
    help="For --context.  [default: 100000]",
)
def next_step(
    plan: Path | None, root: Path | None, *, copy: bool, context: bool, limit: int
) -> None:
    """Print the prompt of the next open step of the plan."""
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
    text, told = f"{step.step.prompt}\n", ""
    if context:
        text, told = _with_context(progress, root, limit)
    if copy and is_copied(step.name, text, told):
        return
    if not copy:
        say(step.name + told)
    write_stdout(text.encode("utf-8", "replace"))


def is_copied(name: str, text: str, told: str) -> bool:
    """Copy a text; tell whether that worked, and say why not."""
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.terminal import say

    try:
        how = copy(text)
    except SousError as exc:
        say(f"{name}{told}: printed, as {exc}")
        return False
    say(f"{name}: {how}{told}")
    return True


def _with_context(progress: Progress, root: Path | None, limit: int) -> tuple[str, str]:
    """Return the next step with what belongs to it, and that in words. Raises OverBudget."""
    from sous.commands.planned import texts_of
    from sous.plan.handed import files_named, handed
    from sous.root import find_root

    step = progress.open[0]
    folder = find_root(progress.plan.path.parent, named=root).resolve()
    files = texts_of(folder, files_named(step))
    found = handed(step, progress.done, files, limit=limit)
    return found.text, f", with {found.told}"
