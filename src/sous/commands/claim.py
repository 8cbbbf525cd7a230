"""`sous claim`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.team.shared import Shared, Team, TeamStep


@click.command("claim")
@click.argument("name", default="next", metavar="[ID|N|next]")
@root_option
@click.option("--json", "as_json", is_flag=True, help="For machines: id, number, title, prompt.")
def claim(name: str, root: Path | None, *, as_json: bool) -> None:
    """Claim a step of the team's plan for this checkout, and print its prompt.

    `next` is the first step that is ready, those first whose files nobody works on.
    """
    from sous.root import find_root
    from sous.team.member import required_membership
    from sous.team.shared import Team
    from sous.team.taking import take_chosen
    from sous.terminal import say, write_json, write_stdout

    base = find_root(Path.cwd(), named=root)
    team = Team(base, required_membership(base))
    shared, step = take_chosen(team, name)
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
    say(f"{planned.name} is yours ({step.id}); commit its work, then `sous land {step.id}`")
    write_stdout(f"{planned.step.prompt}\n".encode("utf-8", "replace"))


def warnings(team: Team, shared: Shared, step: TeamStep) -> Iterator[str]:
    """Yield what whoever takes a step should know: who changes the same files, what was tried."""
    for other in shared.meets(step):
        if other.claim:
            who = other.claim.person
            yield f"{who} works on {other.planned.name}, which changes the same files"
    if step.needs and step.saved:
        reference = f"{team.saved.below}/{step.id}"
        yield f"{step.planned.name} needs a person: {step.needs}"
        yield f"what was tried: `git fetch {team.membership.remote} {reference}`, in FETCH_HEAD"
