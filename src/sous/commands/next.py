"""`sous next`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import limit_option, plan_option, root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.plan.progress import Progress
    from sous.plan.shape import Planned


@click.command("next")
@plan_option
@root_option
@click.option("--peek", is_flag=True, help="In a team: show the step without claiming it.")
@click.option("-c", "--copy", is_flag=True, help="Copy it to the clipboard; print it without one.")
@click.option(
    "--context",
    is_flag=True,
    help="Add how to verify it, the steps that are done, and the files that it names.",
)
@limit_option("--context")
def next_step(
    plan: Path | None, root: Path | None, *, peek: bool, copy: bool, context: bool, limit: int
) -> None:
    """Print the prompt of the next open step of the plan; in a team, claim that step too."""
    from sous.commands.planned import progress_of
    from sous.plan.leftover import left_over
    from sous.terminal import say, write_stdout

    progress = progress_of(plan, root)
    step = _of_team(progress, root, peek=peek)
    if step is None and not progress.open:
        say(f"all {len(progress.plan.steps)} steps of {progress.plan.path.name} are done")
        return
    for words in left_over(progress.plan):
        say(words)
    step = step or progress.open[0]
    text, told = f"{step.step.prompt}\n", ""
    if context:
        text, told = _with_context(step, progress, root, limit)
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


def _of_team(progress: Progress, root: Path | None, *, peek: bool) -> Planned | None:
    """Return the step that the team has for this checkout, claimed but for a look.

    None where no team carries out the plan. Raises SousError where there is none to be had.
    """
    from sous.commands.claim import warnings
    from sous.commands.run_together import team_of
    from sous.root import find_root
    from sous.team.claims import BY_HAND
    from sous.team.shared import Team
    from sous.team.taking import chosen, take, take_chosen
    from sous.terminal import say

    path = progress.plan.path.resolve()
    folder = find_root(path.parent, named=root)
    member = team_of(path, folder)
    if member is None:
        return None
    team = Team(folder, member)
    shared = team.look()
    ours = [step for step in shared.steps if team.is_ours(step.claim) and step.record is None]
    if ours and not peek:
        # it is in work, so it is not stale; what it began on stays what it was
        began = team.claims.last_seen[ours[0].id].base
        take(team, ours[0], agent=BY_HAND, base=began)
    step = ours[0] if ours else chosen(team, shared) if peek else None
    if step is None:
        shared, step = take_chosen(team)
    for words in warnings(team, shared, step):
        say(words)
    if not peek:
        say(
            f"you claimed {step.planned.name} ({step.id}); commit its work, then `sous "
            f"land {step.id}`"
        )
    return step.planned


def _with_context(
    step: Planned, progress: Progress, root: Path | None, limit: int
) -> tuple[str, str]:
    """Return a step with what belongs to it, and that in words. Raises OverBudget."""
    from sous.commands.planned import texts_of
    from sous.plan.handed import files_named, handed
    from sous.root import find_root

    folder = find_root(progress.plan.path.parent, named=root).resolve()
    files = texts_of(folder, files_named(step))
    found = handed(step, progress.done, files, limit=limit)
    return found.text, f", with {found.told}"
