"""`sous hone`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import context_option, model_options, output_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.asking.honing_together import HoningTogether
    from sous.asking.interview import Honing
    from sous.asking.session import Session
    from sous.commands.answers import Answers
    from sous.plan.hone import Interview
    from sous.request import ModelRequest

_file = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command("hone")
@click.argument("idea", required=False)
@click.option(
    "-f",
    "--file",
    "file",
    type=_file,
    metavar="FILE",
    help="The idea is in a file, or on stdin (-).",
)
@click.option(
    "--answers", type=_file, metavar="FILE", help="The answers, one a paragraph, for scripts."
)
@click.option("--resume", is_flag=True, help="Resume the last interview.")
@click.option("--poke", is_flag=True, help="Ask about gaps in the existing specification.")
@click.option(
    "--name", metavar="NAME", help="What the interview is called.  [default: from the idea]"
)
@click.option("--alone", is_flag=True, help="In a team: an interview that others do not join.")
@click.option(
    "--remote",
    metavar="NAME",
    help="Outside a team: an interview that others join over this remote.",
)
@click.option("--now", is_flag=True, help="In a team: write the spec without waiting for others.")
@context_option
@output_option("spec.md")
@model_options(force="")
def hone(request: ModelRequest, output: str | None, bundle: Path | None, **given: Any) -> None:
    """Hone an idea into a specification (spec.md): a model asks one question at a time, you answer.

    Every turn is kept in .sous/hone/NAME.jsonl before the next is asked: stop whenever you like,
    --resume goes on. In a team it is kept on the remote: others join in with `sous hone`, and
    answer other questions.
    """
    from sous import api
    from sous.asking.own_file import delivery_to
    from sous.asking.session import Session
    from sous.commands.answers import HOW
    from sous.commands.generated import show_request
    from sous.commands.hone_together import together
    from sous.names import SPEC
    from sous.terminal import is_interactive, say

    session = Session.of(request)
    _refuse_what_does_not_go_together(given)
    context = f"{api.read_bundle(bundle).text.rstrip()}\n\n" if bundle else ""
    honing, answers = together(session, given, context) or _alone(session, given, context)
    if request.dry_run:
        show_request(session.choice, honing.fitted())
        return
    with session.logged(), delivery_to(session, "hone", SPEC, output) as delivery:
        with honing.begun():
            if is_interactive():
                say(HOW)
            for question in honing.questions():
                honing.take(answers.to(question))
            spec = honing.specification(delivery)
            name = honing.deliver(spec, delivery)
        _tell(honing, name, spec)


def _refuse_what_does_not_go_together(given: Mapping[str, Any]) -> None:
    from sous.errors import UsageProblem

    has_idea = given["idea"] is not None or given["file"] is not None
    if has_idea and (given["resume"] or given["poke"]):
        option = "--resume" if given["resume"] else "--poke"
        raise UsageProblem(f"{option} cannot be combined with an idea; leave the idea out")
    if given["resume"] and given["poke"]:
        raise UsageProblem("--resume continues with the options it started with; leave --poke out")
    if given["remote"] and given["alone"]:
        raise UsageProblem("--alone is an interview of your own; leave --remote out")
    if str(given["file"]) == "-" and str(given["answers"]) == "-":
        raise UsageProblem("stdin can be the idea or the answers, not both; put one in a file")


def _alone(session: Session, given: Mapping[str, Any], context: str) -> tuple[Honing, Answers]:
    from sous.asking.interview import Honing
    from sous.commands.answers import answers_from

    interview = _interview(session, given)
    answers = answers_from(given["answers"], interview, dry_run=session.request.dry_run)
    return Honing(session, interview, context), answers


def _interview(session: Session, given: Mapping[str, Any]) -> Interview:
    """Return the interview to go on with, or a new one."""
    from sous.asking.interview import new_interview, resumed_interview, spec_in
    from sous.commands.answers import idea_of
    from sous.files import shown_path
    from sous.plan.hone import name_of
    from sous.terminal import say

    if not given["resume"]:
        idea = spec_in(session.root) if given["poke"] else idea_of(given["idea"], given["file"])
        name = given["name"] or name_of(idea)
        return new_interview(session.root, name, idea, poke=bool(given["poke"]))
    interview = resumed_interview(session.root, given["name"])
    if not session.request.quiet:
        count = len(interview.turns)
        say(f"continuing {shown_path(interview.path)}: {count} answers so far")
    return interview


def _tell(honing: Honing | HoningTogether, name: str, spec: str) -> None:
    from sous.plan.hone import missing_sections
    from sous.terminal import say

    missing = missing_sections(spec)
    if missing:
        say(f"{name} has no heading for {', '.join(missing)}; look at it before you plan")
    if not honing.session.request.quiet:
        lines = len(spec.splitlines())
        say(f"{name}: {lines} lines from {honing.count} answers; {honing.session.used()}")
    honing.session.notify("hone done")
