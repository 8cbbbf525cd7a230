"""`sous handoff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import limit_option, root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.runner.handing import UnderWay
    from sous.runner.workplace import Workplace
    from sous.team.handover import Handover
    from sous.team.shared import Shared, Team, TeamStep

_FEW = 5  # paths that are listed


@click.command("handoff")
@click.argument("name", required=False, metavar="[ID|N]")
@click.option(
    "--to", default="board", metavar="NAME", help="Hand it to this person.  [default: anybody]"
)
@click.option(
    "--say", "word", default="", metavar="TEXT", help="What the next person needs to know."
)
@click.option("--keep", is_flag=True, help="Only publish it: the step stays claimed by you.")
@click.option(
    "-c",
    "--copy",
    is_flag=True,
    help="Publish nothing; copy the work for a chat window, or print it without a clipboard.",
)
@limit_option("--copy")
@root_option
def handoff(
    name: str | None, to: str, word: str, root: Path | None, *, keep: bool, copy: bool, limit: int
) -> None:
    """Publish the work on a step as it is, and give the step back for somebody to continue.

    Files that are not committed are in it, those that git ignores are not; what `sous run` tried,
    why it was refused and its log too. `sous take` continues from it.
    """
    from sous.commands.land import claimed_step
    from sous.commands.teamed import place_in, team_at
    from sous.runner.handing import work_under_way

    team = team_at(root)
    shared = team.look()
    step = claimed_step(team, shared, name)
    place = place_in(team)
    work = work_under_way(place, step.planned)
    if copy:
        _copy(place, shared, step, _handover(team, step, work, to="", word=word), limit)
        return
    _publish(team, step, _handover(team, step, work, to="" if keep else to, word=word), work)


def _handover(team: Team, step: TeamStep, work: UnderWay, *, to: str, word: str) -> Handover:
    import socket

    from sous.team.handover import Handover

    return Handover(
        step.id,
        team.worker,
        team.person,
        socket.gethostname(),
        step.claim.agent if step.claim else "",
        to,
        work.attempt,
        f"handed over{f': {word}' if word else ''}" if to else "",
        word,
        work.notes.problems,
        work.notes.log,
        work.notes.prompt,
        work.base,
        work.tree,
    )


def _publish(team: Team, step: TeamStep, handover: Handover, work: UnderWay) -> None:
    from sous.errors import SousError
    from sous.team.taking import give_up
    from sous.terminal import say

    if step.claim is None or not team.is_ours(step.claim):
        raise SousError(f"{step.planned.name} is not claimed by this checkout: {step.whose}")
    if give_up(team, handover, step.claim if handover.to else None) is None:
        raise SousError(
            f"the remote refused the work on {step.planned.name}, or the step was taken over: "
            "`sous board` shows it"
        )
    files = ", ".join(work.paths[:_FEW]) + (" …" if len(work.paths) > _FEW else "")
    say(f"{step.planned.name}: published {len(work.paths)} changed files{files and f': {files}'}")
    for path in work.left_out:
        say(f"{path} is too large and was left out")
    if handover.to:
        say(f"it is free again, for {handover.to}: `sous take {step.id}` continues from it")


def _copy(place: Workplace, shared: Shared, step: TeamStep, handover: Handover, limit: int) -> None:
    from sous.commands.next import is_copied
    from sous.commands.planned import texts_of
    from sous.document.fences import fence_for
    from sous.plan.handed import files_named, handed
    from sous.runner.handing import patch_between
    from sous.team.handover import in_words
    from sous.terminal import write_stdout

    more = {"what was tried": in_words(handover)}
    if patch := patch_between(place, handover.base, handover.tree):
        fence = fence_for(patch)
        more["the difference"] = f"What is changed so far:\n\n{fence}diff\n{patch}\n{fence}"
    found = handed(
        step.planned,
        [one.planned for one in shared.steps if one.record],
        texts_of(place.root, files_named(step.planned)),
        limit=limit,
        more=more,
    )
    if not is_copied(step.planned.name, found.text, f", with {found.told}"):
        write_stdout(found.text.encode("utf-8", "replace"))
