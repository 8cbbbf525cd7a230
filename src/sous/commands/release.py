"""`sous release`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import root_option


@click.command("release")
@click.argument("name", metavar="ID|N")
@root_option
def release(name: str, root: Path | None) -> None:
    """Give a step back that this checkout claimed, for others to take."""
    from sous.errors import SousError
    from sous.root import find_root
    from sous.team.member import required_membership
    from sous.team.shared import Team
    from sous.terminal import say

    base = find_root(Path.cwd(), named=root)
    team = Team(base, required_membership(base))
    step = team.look().find(name)
    if step.claim is None or not team.is_ours(step.claim):
        who = f"it is {step.claim.person}'s" if step.claim else "nobody claimed it"
        raise SousError(f"{step.planned.name} is not claimed by this checkout: {who}")
    if not team.claims.release(step.claim):
        raise SousError(f"{step.planned.name} was taken over by somebody else")
    say(f"{step.planned.name} is free again")
