"""`sous release`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import root_option


@click.command("release")
@click.argument("name", metavar="ID|N")
@root_option
def release(name: str, root: Path | None) -> None:
    """Give a step back that this checkout claimed, for others to take.

    A step that needs a person, and that nobody has, is open to agents again.
    """
    from sous.errors import SousError
    from sous.root import find_root
    from sous.runner.slots import is_at_work
    from sous.team.changed import deleted
    from sous.team.member import required_membership
    from sous.team.shared import Team
    from sous.terminal import say

    base = find_root(Path.cwd(), named=root)
    team = Team(base, required_membership(base))
    shared = team.look()
    if gone := deleted(team, shared, name):
        team.claims.release(gone)
        say(f"step {name}, which is no longer in the plan, is given back")
        return
    step = shared.find(name)
    claim, name = step.claim, step.planned.name
    if claim is None and step.work and team.handovers.forget(step.work):
        say(f"{name} is open to agents again")
        return
    worker = team.is_of_a_worker(claim)
    if worker and is_at_work(base, worker):
        raise SousError(f"worker {worker} of a `sous run` here works on {name}: end that first")
    if claim is None or not (worker or team.is_ours(claim)):
        raise SousError(f"{name} is not claimed by this checkout: {step.whose}")
    if not team.claims.release(claim):
        raise SousError(f"{name} was taken over by somebody else")
    say(f"{name} is free again")
