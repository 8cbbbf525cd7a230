"""`sous watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.team.shared import Team
    from sous.team.watching import Event

_TIMEOUT = 60.0  # seconds that a command of the user's may take


@click.command("watch")
@click.option(
    "--exec",
    "command",
    metavar="CMD",
    help="Run this in your shell for each event, described in SOUS_EVENT and SOUS_TEXT.",
)
@click.option("--once", is_flag=True, help="Check once, as from cron.")
@click.option(
    "--every",
    type=click.FloatRange(0.2),
    default=15.0,
    metavar="SECONDS",
    help="Check this often.  [default: 15]",
)
@root_option
def watch(command: str | None, every: float, root: Path | None, *, once: bool) -> None:
    """Notify when the team needs you: a step is handed to you or to anybody, work collides.

    Also when answers of an interview contradict yours, when somebody takes your step over, and when
    all are done. Each is reported once. CMD gets SOUS_EVENT (needs, decide, conflict, lost, done),
    SOUS_STEP, SOUS_NAME, SOUS_WHO and SOUS_TEXT: words of others are only in these variables,
    never in the command line.
    """
    import contextlib
    import time

    from sous.commands.teamed import team_at
    from sous.errors import SousError
    from sous.terminal import say

    team = team_at(root)
    if once:
        _look(team, command)
        return
    problem = ""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            before, problem = problem, ""
            try:
                _look(team, command)
            except SousError as exc:  # the remote is away, or somebody pushed a broken plan
                problem = str(exc)
                if problem != before:
                    say(f"{problem}; trying again")
            time.sleep(every)


def _look(team: Team, command: str | None) -> None:
    from sous.commands.teamed import overlaps_here
    from sous.notify import notify
    from sous.team.interviews import Interviews
    from sous.team.watching import new_events
    from sous.terminal import write_lines

    shared = team.look()  # one that was forgotten must not hold what is claimed by hand
    interviews = [*Interviews(team.root, team.membership).look().values()]
    for event in new_events(team, shared, overlaps_here(team, shared), interviews):
        write_lines([event.text])
        if command:
            _run(team, command, event)
        else:
            notify(event.text, when="always", seconds=0)


def _run(team: Team, command: str, event: Event) -> None:
    """Run the user's command for an event; one that fails ends nothing."""
    from sous.environment import as_given
    from sous.errors import SousError
    from sous.proc import run_job
    from sous.terminal import say

    try:
        ended = run_job(
            command,
            cwd=team.root,
            env={**as_given(), **event.as_environment()},
            timeout=_TIMEOUT,
        )
    except SousError as exc:
        say(str(exc))
        return
    if ended.code != 0:
        how = f"exit code {ended.code}" if ended.code is not None else "did not end within 60 s"
        say(f"`{command}`: {how}: {ended.output.strip()[-200:]}")
