"""`sous land`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from sous.team.shared import Shared, Team, TeamStep


@click.command("land")
@click.argument("name", required=False, metavar="[ID|N]")
@click.option("--test", metavar="CMD", help="What runs the tests.  [default: `test` in [_.sous]]")
@click.option("--no-test", is_flag=True, help="Land it without tests.")
@click.option(
    "--test-timeout", type=click.FloatRange(0, min_open=True), default=600.0, metavar="SECONDS"
)
@click.option("--edited", is_flag=True, help="Land it though the step was edited meanwhile.")
@root_option
def land(
    name: str | None,
    test: str | None,
    *,
    no_test: bool,
    test_timeout: float,
    edited: bool,
    root: Path | None,
) -> None:
    """Put what you committed for a step onto the team's branch, tested there, in one push.

    The step must be claimed by this checkout; without a name it is the one that is.
    """
    from sous.errors import UsageProblem
    from sous.root import find_root
    from sous.runner.landing_tests import tests_in_checkout
    from sous.settings import load_settings
    from sous.team.landing import land as put_on_the_branch
    from sous.team.member import commit_at, required_membership
    from sous.team.shared import Team
    from sous.terminal import say

    base = find_root(Path.cwd(), named=root)
    team = Team(base, required_membership(base))
    command = test or (None if no_test else load_settings(base, needs={"test"}).test)
    if command is None and not no_test:
        raise UsageProblem(
            "no test command: say --test CMD, set `test` in [_.sous], or use --no-test"
        )
    step = _step(team, team.look(), name)
    if not edited:
        _refuse_edited(team, step)
    is_green = (
        tests_in_checkout(team, command, timeout=test_timeout) if command else lambda _commit: None
    )
    landed = put_on_the_branch(
        team, step, commit_at(base), tests=command or "none", is_green=is_green
    )
    branch = f"{team.membership.remote}/{team.membership.branch}"
    say(f"{step.planned.name}: landed on {branch} as {landed.commit[:10]}")
    say("`git pull --rebase` brings it here")


def _step(team: Team, shared: Shared, name: str | None) -> TeamStep:
    from sous.errors import SousError
    from sous.team.changed import deleted

    if name is not None:
        if deleted(team, shared, name):
            raise SousError(
                f"step {name} was deleted from {team.membership.plan} while it was claimed here: "
                f"put it back on {team.membership.branch}, or `sous release {name}`"
            )
        return shared.find(name)
    ours = [step for step in shared.steps if team.is_ours(step.claim)]
    if len(ours) != 1:
        known = ", ".join(step.id for step in ours)
        said = f"several steps ({known})" if ours else "no step"
        raise SousError(f"this checkout has claimed {said}: name the one to land")
    return ours[0]


def _refuse_edited(team: Team, step: TeamStep) -> None:
    from sous.errors import SousError
    from sous.team.changed import is_edited
    from sous.terminal import ask_yes, is_interactive

    if is_edited(team, step):
        why = f"{step.planned.name} was edited in the plan since it was claimed"
        if not (is_interactive() and ask_yes(f"{why}. Land it?")):
            raise SousError(f"{why}: `sous land {step.id} --edited` lands it all the same")
