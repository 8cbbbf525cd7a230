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
    """Tick in todo.md what the team has landed; what you ticked by hand is reported to the team.

    Also items in your reports. It lists whose work changes the same lines as yours. Removing a tick
    opens nothing again: delete the step's file in .sous-plan/done and push; each clone then removes
    its tick.
    """
    from sous.commands.planned import plan_path
    from sous.commands.teamed import looked, overlaps_here, team_at
    from sous.team.adding import sync_items
    from sous.team.syncing import sync as bring_together
    from sous.terminal import say, say_lines

    team = team_at(root)
    done = [*bring_together(team, plan_path(plan, root)).told()]
    say_lines(done)
    shared = looked(team)
    items = [*sync_items(team, shared).told()]
    say_lines(items or (["todo.md is up to date with the team"] if not done else []))
    for met in overlaps_here(team, shared):
        if met.one.is_ours or met.other.is_ours:
            say(met.told)
