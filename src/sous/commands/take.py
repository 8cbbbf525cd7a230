"""`sous take`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import OVER, root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.team.handover import Handover
    from sous.team.shared import Shared, Team, TeamStep


@click.command("take")
@click.argument("name", metavar="ID|N")
@click.option("--branch", metavar="NAME", help="Where to work.  [default: sous/ID]")
@click.option("--over", is_flag=True, help=OVER)
@click.option("-y", "--yes", is_flag=True, help="Do not ask first.")
@root_option
@click.option("--json", "as_json", is_flag=True, help="As JSON: id, title, prompt, branch …")
def take(
    name: str, branch: str | None, root: Path | None, *, over: bool, yes: bool, as_json: bool
) -> None:
    """Claim a step that somebody handed over, and continue from the files as they left them.

    They come onto a branch of their own, not committed; printed is the prompt, with what was tried
    and what they say: for you, or for an agent.
    """
    from sous.commands.teamed import agree_over, place_in, team_at
    from sous.errors import SousError
    from sous.runner.handing import free_branch, put_in_place, refuse_unsaved
    from sous.runner.slots import bring
    from sous.team.claims import BY_HAND
    from sous.team.taking import chosen, first
    from sous.team.taking import take as take_step

    team = team_at(root)
    shared = team.look()
    step = chosen(team, shared, name, agree=agree_over(over=over, yes=yes))
    if step.work is None:
        raise SousError(
            f"nobody published work on {step.planned.name}: `sous claim {step.id}` begins it"
        )
    place = place_in(team)
    bring(team, place, step.work.commit)
    refuse_unsaved(place, step.work.base, step.work.tree)
    onto = branch or free_branch(place, f"sous/{step.id}")
    mine = take_step(team, step, agent=BY_HAND, base=shared.tip)
    if mine is None:
        raise first(step)
    try:
        put_in_place(place, onto, step.work.base, step.work.tree)
    except BaseException:
        team.claims.release(mine)
        raise
    _tell(team, shared, step, step.work, onto, as_json=as_json)


def _tell(
    team: Team, shared: Shared, step: TeamStep, work: Handover, branch: str, *, as_json: bool
) -> None:
    from sous.plan.handed import handed
    from sous.team.handover import BOARD, in_words
    from sous.terminal import say, write_json, write_stdout

    done = [one.planned for one in shared.steps if one.record]
    text = handed(step.planned, done, {}, limit=10**9).text + "\n" + in_words(work)
    if work.to not in ("", BOARD, team.person):
        say(f"{work.person} handed it to {work.to}")
    if as_json:
        number, title = step.planned.step.number, step.planned.step.title
        found = {"id": step.id, "number": number, "title": title, "prompt": text, "branch": branch}
        write_json({**found, "from": work.person, "agent": work.agent})
        return
    say(f"you took over {step.planned.name}, on the branch {branch}: nothing of it is committed")
    say(f"commit its work, then `sous land {step.id}`")
    write_stdout(text.encode("utf-8", "replace"))
