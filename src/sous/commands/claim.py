"""`sous claim`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import OVER, root_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.team.shared import Shared, Team, TeamStep


@click.command("claim")
@click.argument("name", default="next", metavar="[ID|N|next]")
@click.option("--over", is_flag=True, help=OVER)
@click.option("-y", "--yes", is_flag=True, help="Do not ask first.")
@root_option
@click.option("--json", "as_json", is_flag=True, help="As JSON: id, number, title, prompt.")
def claim(name: str, root: Path | None, *, over: bool, yes: bool, as_json: bool) -> None:
    """Claim a step of the team's plan for this checkout, and print its prompt.

    `next` is the first step that is ready, those first whose files nobody works on.
    """
    from sous.commands.teamed import agree_over, team_at, way_here
    from sous.team.member import commit_at
    from sous.team.taking import take_chosen
    from sous.terminal import say, write_json, write_stdout

    team = team_at(root)
    shared, step = take_chosen(team, name, agree=agree_over(over=over, yes=yes))
    for words in warnings(team, shared, step):
        say(words)
    planned = step.planned
    if as_json:
        write_json(
            {
                "id": step.id,
                "number": planned.step.number,
                "title": planned.step.title,
                "prompt": planned.step.prompt,
            }
        )
        return
    if behind := team.repository.count_behind(commit_at(team.root), shared.tip):
        commits = f"{behind} commit{'s' * (behind != 1)}"
        say(f"this checkout lacks {commits} of {team.membership.branch}: `{way_here(team)}`")
    say(f"you claimed {planned.name} ({step.id}); commit its work, then `sous land {step.id}`")
    write_stdout(f"{planned.step.prompt}\n".encode("utf-8", "replace"))


def warnings(team: Team, shared: Shared, step: TeamStep) -> Iterator[str]:
    """Yield what whoever takes a step should know: who changes the same files, what was tried."""
    from sous.team.overlap import before_claim

    for met in before_claim(team, shared, step):
        yield met.told
    if step.needs:
        yield f"{step.planned.name} needs a person: {step.needs}"
    if step.work:
        yield f"{step.work.by} published work on it: `sous take {step.id}` continues from that"
