"""`sous sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("sync")
@plan_option
@root_option
def sync(plan: Path | None, root: Path | None) -> None:
    """Tick in todo.md what the team has landed; what you ticked by hand is told to the team.

    Items in your reports too. Where your work meets that of others is said. Taking a tick away
    opens nothing again: delete the step's file in .sous-plan/done for that.
    """
    from sous.commands.planned import plan_path
    from sous.commands.teamed import looked, overlaps_here, team_at
    from sous.team.adding import sync_items
    from sous.team.syncing import sync as bring_together
    from sous.terminal import say

    team = team_at(root)
    done = bring_together(team, plan_path(plan, root))
    shared = looked(team)
    ticked, recorded = sync_items(team, shared)
    for name in (*done.ticked, *ticked):
        say(f"{name}: landed, ticked")
    for name in (*done.recorded, *recorded):
        say(f"{name}: ticked by hand, told to the team")
    for name in done.refused:
        say(f"{name}: ticked by hand, and the remote refuses to note it: may you push?")
    if not any((done.ticked, done.recorded, done.refused, ticked, recorded)):
        say("todo.md says what the team knows")
    for met in overlaps_here(team, shared):
        if met.one.is_ours or met.other.is_ours:
            say(met.told)
