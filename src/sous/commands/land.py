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
@root_option
def land(
    name: str | None, test: str | None, *, no_test: bool, test_timeout: float, root: Path | None
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
    step = claimed_step(team, team.look(), name)
    is_green = (
        tests_in_checkout(team, command, timeout=test_timeout) if command else lambda _commit: None
    )
    landed = put_on_the_branch(
        team, step, commit_at(base), tests=command or "none", is_green=is_green
    )
    branch = f"{team.membership.remote}/{team.membership.branch}"
    say(f"{step.planned.name}: landed on {branch} as {landed.commit[:10]}")
    say("`git pull --rebase` brings it here")


def claimed_step(team: Team, shared: Shared, name: str | None) -> TeamStep:
    """Return the step of a name, without one the only one that this checkout claimed."""
    from sous.errors import SousError

    if name is not None:
        return shared.find(name)
    ours = [step for step in shared.steps if team.is_ours(step.claim)]
    if len(ours) != 1:
        known = ", ".join(step.id for step in ours)
        said = f"several steps ({known})" if ours else "no step"
        raise SousError(f"this checkout has claimed {said}: name the one")
    return ours[0]
