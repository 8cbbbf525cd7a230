"""`sous sync`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import plan_option, root_option


@click.command("sync")
@plan_option
@root_option
def sync(plan: Path | None, root: Path | None) -> None:
    """Tick in todo.md what the team has landed; what you ticked by hand is told to the team.

    Taking a tick away opens nothing again: delete the step's file in .sous-plan/done for that.
    """
    from sous.commands.planned import plan_path
    from sous.root import find_root
    from sous.team.member import required_membership
    from sous.team.shared import Team
    from sous.team.syncing import sync as bring_together
    from sous.terminal import say

    base = find_root(Path.cwd(), named=root)
    team = Team(base, required_membership(base))
    done = bring_together(team, plan_path(plan, root))
    for name in done.ticked:
        say(f"{name}: landed, ticked")
    for name in done.recorded:
        say(f"{name}: ticked by hand, told to the team")
    if not done.ticked and not done.recorded:
        say("todo.md says what the team knows")
