"""`sous claim`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.team.claims import Claim
    from sous.team.shared import Shared, Team, TeamStep


@click.command("claim")
@click.argument("name", default="next", metavar="[ID|N|next]")
@root_option
@click.option("--json", "as_json", is_flag=True, help="For machines: id, number, title, prompt.")
def claim(name: str, root: Path | None, *, as_json: bool) -> None:
    """Claim a step of the team's plan for this checkout, and print its prompt.

    `next` is the first step that is ready, those first whose files nobody works on.
    """
    from sous.commands.teamed import team_at
    from sous.errors import SousError
    from sous.team.overlap import before_claim
    from sous.terminal import say, write_json, write_stdout

    team = team_at(root)
    while True:
        shared = team.look()
        step = _chosen(shared, name)
        for met in before_claim(team, shared, step):
            say(met.told)
        if claim_of(team, step, agent="by hand"):
            break
        if step.id not in team.claims.last_seen:
            raise SousError(f"the remote refused the claim of {step.planned.name}: may you push?")
        if name != "next":
            raise SousError(f"somebody else was first with {step.planned.name}")
    if step.work:
        say(f"{step.work.person} published work on it: `sous release` and `sous take` bring it")
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


def _chosen(shared: Shared, name: str) -> TeamStep:
    from sous.errors import SousError

    if name == "next":
        if not shared.ready:
            left = sum(step.record is None for step in shared.steps)
            hint = "all are done" if not left else f"{left} are claimed, or wait for such"
            raise SousError(f"no step is ready: {hint}; `sous team status` shows them")
        return shared.ready[0]
    step = shared.find(name)
    refuse_taken(step)
    if waits := shared.waits_for(step):
        names = ", ".join(one.planned.name for one in waits)
        raise SousError(f"{step.planned.name} builds on what is not done: {names}")
    return step


def refuse_taken(step: TeamStep) -> None:
    """Raise SousError where a step is done, or somebody works on it."""
    from sous.errors import SousError

    if step.record:
        raise SousError(f"{step.planned.name} is done, by {step.record.by}")
    if not step.is_free and step.claim:
        who = f"{step.claim.person} on {step.claim.host}"
        minutes = int(step.unchanged // 60)
        raise SousError(f"{step.planned.name} is claimed by {who}, unchanged for {minutes} min")


def claim_of(team: Team, step: TeamStep, *, agent: str) -> Claim | None:
    """Claim a step that is free; None where somebody else was first."""
    import socket

    from sous.team.claims import Claim
    from sous.team.member import person_of

    wanted = Claim(
        step.id,
        team.worker,
        person_of(team.root),
        socket.gethostname(),
        agent,
        step.planned.files,
    )
    over = step.claim.commit if step.claim else ""
    return team.claims.take(wanted, over=over)
