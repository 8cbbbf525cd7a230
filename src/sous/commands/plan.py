"""`sous plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.adopting import adopt_file, refuse_with
from sous.commands.options import context_option, model_options, output_option

if TYPE_CHECKING:
    from sous.asking.delivery import Delivery
    from sous.asking.planning import DraftPlan, PlanSources
    from sous.asking.session import Session
    from sous.request import ModelRequest


@click.command("plan")
@click.argument("spec", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--tdd/--no-tdd", default=True, help="Each step begins with a test that fails.  [default: tdd]"
)
@click.option("--repair", is_flag=True, help="Send what the plan lacks back to the model, once.")
@click.option(
    "--adopt",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Have a model mark the steps of FILE by line; their lines are copied beside it.",
)
@context_option
@output_option("prompt_plan.md")
@model_options()
def plan(
    spec: Path | None,
    *,
    tdd: bool,
    repair: bool,
    adopt: Path | None,
    bundle: Path | None,
    output: str | None,
    request: ModelRequest,
) -> None:
    """Turn a specification (spec.md) into a plan: small steps, each with its prompt.

    The plan is checked: numbers, a prompt for each step, nothing left unused, every heading of the
    spec covered, every requirement in a prompt, no prompt that points at what its agent cannot see.
    What it lacks is listed. A plan that is half done is replaced only after a question, or with
    --force.
    """
    if adopt is not None:
        refuse_with({"a spec": spec, "--repair": repair or None, "--bundle": bundle})
        adopt_file(adopt, "plan", request, output)
        return
    from sous.asking.own_file import delivery_to
    from sous.asking.planning import PlanSources, deliver_plan, plan_in_place, repaired
    from sous.asking.session import Session
    from sous.commands.generated import show_request
    from sous.names import PLAN
    from sous.terminal import inform

    session = Session.of(request)
    sources = PlanSources.read(session, spec, bundle, tdd=tdd)
    if request.dry_run:
        show_request(session.choice, session.fitted(sources.template, sources.sent, "plan"))
        return
    with session.logged(), delivery_to(session, "plan", PLAN, output) as delivery:
        made = plan_in_place(sources, delivery, session)
        if made and not (repair and made.holes):
            same = f"same {sources.path.name}, template and model"
            inform(f"{delivery.name} is up to date: {same}; --force asks again")
            return
        made = made or _new(sources, delivery, session)
        if repair and made.holes:
            made = repaired(made, sources, delivery, session)
        name = deliver_plan(made, sources, delivery, session)
        _tell(session, name, made, repair=repair)


def _new(sources: PlanSources, delivery: Delivery, session: Session) -> DraftPlan:
    """Return a new plan. Raises SousError where one that is half done may not be replaced."""
    from sous.asking.planning import new_plan

    _refuse_half_done(session, delivery)
    return new_plan(sources, delivery, session)


def _refuse_half_done(session: Session, delivery: Delivery) -> None:
    """Ask before a plan of which some steps are done is made again.

    Raises SousError for a no, and where nobody can be asked.
    """
    from sous import api
    from sous.errors import SousError
    from sous.terminal import ask_yes, is_interactive

    if session.request.force or delivery.destination is None or not delivery.path.is_file():
        return
    progress = api.plan(delivery.path)
    steps = len(progress.plan.steps)
    done = steps - len(progress.open)
    if not 0 < done < steps:
        return
    what = f"{delivery.name} is half done: {done} of {steps} steps"
    if not is_interactive():
        raise SousError(f"{what}. Nothing was sent; --force makes it again, -o FILE makes another")
    if not ask_yes(f"{what}. Make it again?"):
        raise SousError("nothing was done")


def _tell(session: Session, name: str, made: DraftPlan, *, repair: bool) -> None:
    from sous.terminal import say, say_lines

    if not session.request.quiet:
        say(f"{name}: {made.steps} steps; {session.used()}")
    count = len(made.holes)
    if count:
        hint = "" if repair else "; --repair sends them back once"
        say(f"it lacks {count} thing{'s' * (count != 1)}{hint}")
        say_lines(f"  - {hole}" for hole in made.holes)
    session.notify("plan done")
