"""What `sous run` does in a team: workers that claim, carry out and land steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import click

    from sous.runner.config import RunConfig
    from sous.team.member import Membership
    from sous.team.shared import Shared, Team

_ALONE = ("branch", "worktree", "resume", "word")  # options of a run outside of a team


def team_of(plan: Path, root: Path) -> Membership | None:
    """Return the team that carries out a plan, None where there is none."""
    from sous.git_place import find_checkout
    from sous.team.member import membership_of

    member = membership_of(root)
    if member and (find_checkout(root).top / member.plan).resolve() == plan:
        return member
    return None


def refuse_options(command: click.Command, options: dict[str, Any]) -> None:
    """Raise UsageProblem for options that make no sense where each worker has a worktree."""
    from sous.errors import UsageProblem

    for option in command.params:
        if option.name in _ALONE and options[option.name]:
            raise UsageProblem(
                f"{option.opts[0]} does not work in a team: each worker has its own "
                "worktree and lands on the team's branch"
            )


def run_together(
    command: click.Command, plan: Path, root: Path, config: RunConfig, options: dict[str, Any]
) -> None:
    """Carry out the steps of a team's plan, by one worker here or by several beside each other.

    Raises SousError.
    """
    from sous.commands.ended import notified
    from sous.errors import SousError
    from sous.team.member import required_membership
    from sous.team.shared import Team
    from sous.terminal import inform

    team = Team(root, required_membership(root))
    shared = team.look()
    count = options["workers"] or 1
    if options["dry_run"]:
        _show(team, shared, config, count)
        return
    if all(step.record for step in shared.steps):
        inform(f"all steps of {plan.name} have landed")
        return
    if not _agreed(team, shared, config, count, yes=options["yes"]):
        raise SousError("nothing was done")
    with notified(config):
        if count > 1:
            _several(command, plan, config, {**options, "notify": "never"}, count)
        else:
            _one(team, plan, config, options["steps"])


def _agreed(team: Team, shared: Shared, config: RunConfig, count: int, *, yes: bool) -> bool:
    from sous.terminal import ask_yes, is_interactive

    if yes or not is_interactive():
        return True
    left = sum(step.record is None for step in shared.steps)
    who = config.agent.name if count == 1 else f"{count} workers with {config.agent.name}"
    tests = f"tests by `{config.test}`" if config.test else "without tests"
    return ask_yes(
        f"Have {who} claim, carry out and land steps on {team.membership.remote}/"
        f"{team.membership.branch} ({left} are open), {tests}?"
    )


def _one(team: Team, plan: Path, config: RunConfig, most: int | None) -> None:
    """Be one worker. Raises SousError where a step came to nothing."""
    from sous.commands.teamed import tell_landed
    from sous.errors import SousError
    from sous.runner.branch import find_place
    from sous.runner.landing_tests import tests_in_checkout
    from sous.runner.slots import free_slot, place_in
    from sous.runner.together import Worker
    from sous.team.shared import Team as OfWorker
    from sous.terminal import inform

    main = find_place(team.root, plan)
    with free_slot(team.root) as slot:
        own = OfWorker(team.root, team.membership, slot=slot)
        place = place_in(main, slot, "HEAD")
        is_green = (
            tests_in_checkout(own, config.test, timeout=config.test_timeout)
            if config.test
            else lambda _commit: None
        )
        worker = Worker(own, place, config, is_green)
        try:
            worker.work(most)
        finally:
            count = len(worker.landed)
            spent = config.spending.told
            inform(f"{count} step{'s' * (count != 1)} landed{f', {spent} spent' if spent else ''}")
            if count:
                tell_landed(team)
    if worker.failed:
        raise SousError(f"{', '.join(worker.failed)} failed: `sous team status` shows why")


def _several(
    command: click.Command, plan: Path, config: RunConfig, options: dict[str, Any], count: int
) -> None:
    """Start a process for each worker, and wait for them. Raises SousError where one failed."""
    import uuid

    from sous.environment import as_given
    from sous.errors import OverBudget, SousError
    from sous.proc import own_command
    from sous.runner.crew import run_crew
    from sous.runner.spending import Spending
    from sous.terminal import inform

    given = {**options, "plan": str(plan), "yes": True, "workers": None, "steps": None}
    spending = Spending(config.spending.most, uuid.uuid4())
    given |= {"test": config.test, "max_cost": spending.most, "spending": spending.shared}
    counts = _shared_out(options["steps"], count)
    spending.share(len(counts))
    commands = [
        own_command("sous", "run", *as_arguments(command, {**given, "steps": steps}))
        for steps in counts
    ]
    try:
        codes = run_crew(commands, cwd=plan.parent, env=as_given())
        if spending.told:
            inform(f"{spending.told} spent by all workers")
        if spending.is_reached and OverBudget.exit_code in codes:
            raise spending.error()
    finally:
        spending.forget()
    if failed := [str(at) for at, code in enumerate(codes, 1) if code != 0]:
        raise SousError(
            f"worker{'s' * (len(failed) != 1)} {', '.join(failed)} of {count} failed: "
            "`sous team status` shows what needs a person"
        )


def _shared_out(steps: int | None, count: int) -> list[int | None]:
    """Return how many steps each worker does at most; none has none to do."""
    if steps is None:
        return [None] * count
    return [steps // count + (at < steps % count) for at in range(min(count, steps))]


def as_arguments(command: click.Command, options: dict[str, Any]) -> list[str]:
    """Return the command line that options come from."""
    words: list[str] = []
    for option in command.params:
        value = options.get(option.name or "")
        if value is None or value == () or (value is False and not option.secondary_opts):
            continue
        if value is True:
            words.append(option.opts[0])
        elif value is False:
            words.append(option.secondary_opts[0])
        else:
            values = value if isinstance(value, tuple | list) else [value]
            words += [word for one in values for word in (option.opts[0], str(one))]
    return words


def _show(team: Team, shared: Shared, config: RunConfig, count: int) -> None:
    from sous.terminal import say, table, write_lines

    rows: Sequence[tuple[str, ...]] = [
        (step.id, step.planned.name, shared.state_of(step)) for step in shared.steps
    ]
    write_lines(
        [
            f"agent:  {config.agent.name}, {count} worker{'s' * (count != 1)}",
            f"tests:  {config.test or 'none'}, {config.retries} retries",
            f"branch: {team.membership.remote}/{team.membership.branch}",
            *table(rows, names=2),
        ]
    )
    say("nothing was done")
