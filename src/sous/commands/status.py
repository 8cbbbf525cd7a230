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
    from sous.runner.elsewhere import Ahead
    from sous.team.shared import Shared, Team

_SIGNS = {"open": "·", "in progress": "~", "dropped": "-", "done": "✓"}  # of a box
_BAR = 24  # cells
_CANNOT = "cannot read the state of the team"


@click.command("status")
@plan_option
@click.option(
    "--todo",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Show this todo list.",
)
@root_option
@click.option(
    "--explain",
    is_flag=True,
    help="List the title of each step and the reason why it counts as one.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON: steps, or boxes with --todo.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it as an HTML page: steps with tests and cost, cost by day, prompts.",
)
def status(
    plan: Path | None,
    todo: Path | None,
    root: Path | None,
    *,
    explain: bool,
    as_json: bool,
    html: Path | None,
) -> None:
    """Show how far the plan is: what is done, what is next.

    In a team it also renews the claims of this clone.
    """
    from sous.errors import UsageProblem
    from sous.terminal import write_json, write_lines

    given = {"--todo": todo is not None, "--explain": explain, "--json": as_json}
    other = next((name for name, is_there in given.items() if is_there), None)
    if html is not None and other:
        raise UsageProblem(f"--html writes the plan as a page; leave out {other}")
    if html is not None:
        _write_page(html, plan, root)
        return
    if todo is not None:
        data, lines = _of_list(todo)
    else:
        data, lines = _of_plan(plan, root, explain=explain)
    if as_json:
        write_json(data)
    else:
        write_lines(lines)


def _write_page(page: Path, plan: Path | None, root: Path | None) -> None:
    from sous.commands.paged import check_page, write_page
    from sous.commands.planned import progress_of
    from sous.root import find_root
    from sous.runner.elsewhere import place_of
    from sous.runner.status_page import MADE_BY, page_of_status, statuses_of
    from sous.runner.step_commits import read_step_commits
    from sous.team.board import board_of

    check_page(page, MADE_BY)
    progress = progress_of(plan, root)
    path = progress.plan.path.resolve()
    team = _shared(progress, root)
    cards = board_of(*team, ()).cards if team else ()
    place = None if team else place_of(find_root(path.parent, named=root), path)
    commits = read_step_commits(place.top, path.name, progress.plan.steps) if place else {}
    write_page(page, page_of_status(path.name, statuses_of(progress, commits, cards)))


def _of_list(todo: Path) -> tuple[object, list[str]]:
    """Return the boxes of a todo list, for machines and as lines."""
    from sous.effort import read_within
    from sous.plan.boxes import read_boxes
    from sous.plan.shape import read_markdown
    from sous.terminal import say

    boxes = read_within(todo.name, read_boxes, read_markdown(todo))
    if not boxes:
        say(f"{todo} has no boxes such as `- [ ] …`")
    keys = ("text", "done", "depth", "state")
    data = {"boxes": [{key: getattr(box, key) for key in keys} for box in boxes]}
    return data, list(_boxes(todo.name, boxes))


def _of_plan(plan: Path | None, root: Path | None, *, explain: bool) -> tuple[object, list[str]]:
    """Return the steps of a plan, for machines and as lines; say what is in none."""
    from sous import api
    from sous.commands.planned import SHAPES, plan_path
    from sous.plan.leftover import explained, left_over, left_ranges
    from sous.plan.progress import State, boxes_of_none
    from sous.proc import quoted
    from sous.terminal import say

    progress = api.plan(plan_path(plan, root))
    if not progress.plan.steps:
        say(f"{progress.plan.path.name} has no prompts that sous recognises: {SHAPES}")
    for words in left_over(progress.plan):
        say(words)
    loose = boxes_of_none(progress)
    if loose and progress.plan.steps:
        name, done = progress.todo_path.name, sum(box.done for box in loose)
        boxes = f"its boxes, {done} of {len(loose)} done"
        say(f"{name} contains none of these steps; `sous status --todo {name}` shows {boxes}")
    steps = [
        {
            "number": planned.step.number,
            "title": planned.step.title,
            "prompt": planned.step.prompt,
            "done": state is not State.OPEN,
        }
        for planned, state in zip(progress.plan.steps, progress.states, strict=True)
    ]
    sure, rest = round(progress.plan.confidence, 2), left_ranges(progress.plan)
    lines = list(explained(progress.plan) if explain else _steps(progress))
    team, rows = _team(progress, root)
    lines += rows
    ahead = _ahead(progress, root)
    if ahead:
        switch = quoted(["git", "switch", ahead.branch])
        count = f"{ahead.done} of {ahead.steps} steps are done there"
        lines.append(f"{ahead.branch} is ahead: {count}; `{switch}` goes there")
    return {
        "steps": steps,
        "confidence": sure,
        "left_out": rest,
        **({"ahead": ahead._asdict()} if ahead else {}),
        **({"team": team} if team is not None else {}),
    }, lines


def _shared(progress: Progress, root: Path | None) -> tuple[Team, Shared] | None:
    """Return what the team has of the plan; None where it has none, or cannot be asked.

    A remote that is away is said; what is known here is shown all the same.
    """
    from sous.commands.run_together import team_of
    from sous.commands.teamed import looked
    from sous.errors import SousError
    from sous.root import find_root
    from sous.team.shared import Team
    from sous.terminal import say

    path = progress.plan.path.resolve()
    folder = find_root(path.parent, named=root)
    try:
        member = team_of(path, folder)
        team = Team(folder, member) if member else None
        return (team, looked(team)) if team else None
    except SousError as exc:
        say(f"{_CANNOT}: {exc}")
        return None


def _team(progress: Progress, root: Path | None) -> tuple[object, list[str]]:
    """Return what the team has of the plan, for machines and as lines; None where it has none."""
    from sous.commands.team import data_of, lines_of
    from sous.commands.teamed import open_interviews
    from sous.errors import SousError
    from sous.terminal import say

    found = _shared(progress, root)
    if found is None:
        return None, []
    team, shared = found
    member = team.membership
    try:
        honed = [one.told for one in open_interviews(team.root, member)]
    except SousError as exc:
        say(f"{_CANNOT}: {exc}")
        return None, []
    done = sum(step.record is not None for step in shared.steps)
    where = f"{member.remote}/{member.branch}"
    return data_of(shared), [
        f"{where}: {done} of {len(shared.steps)} steps have landed",
        *(f"  {line}" for line in lines_of(shared)),
        *honed,
    ]


def _ahead(progress: Progress, root: Path | None) -> Ahead | None:
    """Return the branch where more of the plan is done than here."""
    from sous.root import find_root
    from sous.runner.branch import default_branch
    from sous.runner.elsewhere import ahead_of, place_of

    path = progress.plan.path.resolve()
    place = place_of(find_root(path.parent, named=root), path)
    if place is None or not progress.plan.steps or not path.is_relative_to(place.top):
        return None
    return ahead_of(place, progress, default_branch(path))


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
