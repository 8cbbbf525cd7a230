"""`sous land`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.team.shared import Shared, Team, TeamStep


@click.command("land")
@click.argument("name", required=False, metavar="[ID|N]")
@click.option("--test", metavar="CMD", help="What runs the tests.  [default: `test` in [_.sous]]")
@click.option("--no-test", is_flag=True, help="Land it untested; its record says `tests: none`.")
@click.option(
    "--test-timeout", type=click.FloatRange(0, min_open=True), default=600.0, metavar="SECONDS"
)
@click.option("--edited", is_flag=True, help="Land it even if the step was edited meanwhile.")
@click.option(
    "--pr", is_flag=True, help="Open or renew one pull request of the branch: its steps as a list."
)
@click.option("--into", metavar="NAME", help="For --pr.  [default: the forge's default branch]")
@click.option("--repo", metavar="OWNER/NAME", help="For --pr.  [default: the team's remote]")
@root_option
def land(  # noqa: PLR0913  # one option each
    name: str | None, test: str | None, *, no_test: bool, test_timeout: float, edited: bool,
    pr: bool, into: str | None, repo: str | None, root: Path | None,
) -> None:  # fmt: skip
    """Put what you committed for a step onto the team's branch, tested there, in one push.

    Without a name it is the step claimed here; one that nobody has is claimed first. With --pr and
    no step only the pull request is opened or renewed.
    """
    from sous.commands.teamed import team_at
    from sous.errors import UsageProblem

    if (into or repo) and not pr:
        raise UsageProblem("--into and --repo are for --pr")
    team = team_at(root)
    shared = team.look()
    if not pr or name or any(team.is_ours(step.claim) for step in shared.steps):
        command = _tests(team, test, no_test=no_test)
        step = claimed_step(team, shared, name)
        if not edited:
            _refuse_edited(team, step)
        _land(team, shared, step, command, timeout=test_timeout)
    if pr:
        _put_up(team, into, repo)


def _tests(team: Team, test: str | None, *, no_test: bool) -> str | None:
    """Return what runs the tests, None where none are wanted. Raises UsageProblem."""
    from sous.errors import UsageProblem
    from sous.settings import load_settings

    command = test or (None if no_test else load_settings(team.root, needs={"test"}).test)
    if command is None and not no_test:
        raise UsageProblem(
            "no test command: pass --test CMD, set `test` in [_.sous], or use --no-test"
        )
    return command


def _land(
    team: Team, shared: Shared, step: TeamStep, command: str | None, *, timeout: float
) -> None:
    from sous.commands.teamed import tell_landed
    from sous.runner.landing_tests import Red, tests_in_checkout
    from sous.team.landing import land as put_on_the_branch
    from sous.team.member import commit_at
    from sous.terminal import say, say_lines

    is_green = (
        tests_in_checkout(team, command, timeout=timeout) if command else lambda _commit: None
    )
    head, tests = commit_at(team.root), command or "none"
    try:
        landed = put_on_the_branch(team, step, head, tests=tests, is_green=is_green, seen=shared)
    except Red as exc:
        say_lines(exc.last_lines)
        raise
    branch = f"{team.membership.remote}/{team.membership.branch}"
    say(f"{step.planned.name}: landed on {branch} as {landed.commit[:10]}")
    tell_landed(team)


def _put_up(team: Team, into: str | None, repo: str | None) -> None:
    """Open or renew the pull request of the plan's branch, and print its address."""
    from sous.errors import SousError
    from sous.forge.access import open_forge
    from sous.forge.checklist import put_up
    from sous.forge.remote import find_repository, parse_remote
    from sous.git_address import without_password
    from sous.terminal import one_line, say, write_lines

    address = team.repository.address
    found = find_repository(team.root, repo) if repo else parse_remote(address)
    if found is None:
        raise SousError(f"{without_password(address)} names no forge: say --repo OWNER/NAME")
    forge = open_forge(found, team.root, quiet=False)
    member, shared = team.membership, team.look()
    base = into or forge.default_branch()
    if base == member.branch:
        raise SousError(f"the steps land on {base} itself: name another base with --into")
    pull, how = put_up(forge, member.branch, base, plan=member.plan, steps=shared.steps)
    say(f"pull request #{pull.number} of {member.branch} into {one_line(base)}: {how}")
    write_lines([pull.url])


def claimed_step(team: Team, shared: Shared, name: str | None) -> TeamStep:
    """Return the step of a name, without one the only one that this checkout claimed."""
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
        raise SousError(f"this checkout has claimed {said}: name one")
    return ours[0]


def _refuse_edited(team: Team, step: TeamStep) -> None:
    from sous.errors import SousError
    from sous.team.changed import is_edited
    from sous.terminal import ask_yes, is_interactive

    if is_edited(team, step):
        why = f"{step.planned.name} was edited in the plan since it was claimed"
        if not (is_interactive() and ask_yes(f"{why}. Land it?")):
            raise SousError(f"{why}: `sous land {step.id} --edited` lands it anyway")
