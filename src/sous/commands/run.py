"""`sous run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands import agreeing
from sous.commands.ended import decisions, notified
from sous.commands.options import notify_option, plan_option, quiet_option, root_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.shape import Planned
    from sous.runner.config import RunConfig
    from sous.runner.run import Runner
    from sous.runner.work import Work
    from sous.runner.workplace import Workplace

_seconds = click.FloatRange(0, min_open=True)


@click.command("run")
@plan_option
@click.option(
    "--items",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="The open items of a report instead of a plan, ticked in it.  [default: the newest]",
)
@click.option(
    "--agent",
    metavar="NAME|CMD",
    help="aider, claude, codex, gemini, llm, or a command line.  [default: the first installed]",
)
@click.option(
    "-m", "--model", metavar="NAME", help="The model that the agent is to use.  [default: its own]"
)
@click.option("--test", metavar="CMD", help="The command line that runs the tests, in your shell.")
@click.option("--no-test", is_flag=True, help="Run no tests: a step is done when files changed.")
@click.option(
    "--tdd/--no-tdd",
    default=True,
    help="A new test must have failed without the new code.  [default: tdd]",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="Carry out this many steps at once, each in its own folder.  [default: 1]",
)
@click.option("--steps", type=click.IntRange(1), metavar="N", help="Stop after this many steps.")
@click.option(
    "--retries",
    type=click.IntRange(0),
    default=2,
    metavar="N",
    help="Retries after the first try.  [default: 2]",
)
@click.option(
    "--continue",
    "resume",
    is_flag=True,
    help="Start the next step from its refused work, not from nothing.",
)
@click.option("--say", "word", metavar="TEXT", help="Add this to the prompt of the next step.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="In a team: this many agents at once, each in its own worktree.",
)
@click.option(
    "--max-cost",
    type=click.FloatRange(0),
    metavar="USD",
    help="Start no more attempts once the agents report this cost (exit code 4).",
)
@click.option(
    "--spending", type=click.UUID, hidden=True
)  # where the workers of one run keep what they spent
@click.option("--branch", metavar="NAME", help="Where to work.  [default: sous/<plan>]")
@click.option("--worktree", is_flag=True, help="Work in a separate checkout beside this one.")
@click.option("--sandbox", is_flag=True, help="Confine agent and tests to the project, with bwrap.")
@click.option(
    "--allow",
    multiple=True,
    metavar="GLOB",
    help="Files that decide what is tested and may change; repeatable.",
)
@click.option(
    "--hooks",
    is_flag=True,
    help="Run the pre-commit hook of the project on each step, before its tests.",
)
@click.option(
    "--in-place",
    is_flag=True,
    help="Run the tests in the project itself, not on a clean checkout.",
)
@click.option(
    "--test-timeout", type=_seconds, default=600.0, metavar="SECONDS", help="[default: 600]"
)
@click.option(
    "--agent-timeout", type=_seconds, default=3600.0, metavar="SECONDS", help="[default: 3600]"
)
@root_option
@click.option("-y", "--yes", is_flag=True, help="Start without asking.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
@notify_option
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Show what the agent prints while it works.")
def run(plan: Path | None, items: str | None, root: Path | None, **options: Any) -> None:
    """Have an agent carry out the open steps of the plan, or the open items of a report (--items).

    After each step the tests are run here. Only when they pass, files changed, and a new test
    failed without the new code, is the step ticked and committed, on a branch of its own; otherwise
    the agent hears what was wrong, and in the end all is as it was before the step.
    """
    from sous.errors import SousError, UsageProblem
    from sous.runner import journal
    from sous.runner.branch import default_branch, how_to_end
    from sous.runner.jobs import recover_jobs
    from sous.runner.run import Runner
    from sous.terminal import inform

    if items is not None and plan:
        raise UsageProblem("--plan and --items exclude each other")
    path = agreeing.checked_plan(plan, root, options) if items is None else _report(items, root)
    if _is_run_by_a_team(path, root, options, is_plan=items is None):
        return
    work = _work(is_plan=items is None)
    steps = work.open(path)
    place = _place(path, root, is_items=items is not None, hooks=options["hooks"])
    config = _config(place.root, options, plan=path if items is None else None)
    agreeing.check_test(config)
    branch = options["branch"] or default_branch(path)
    agreeing.check_reading(path if items is not None else None, steps, options)
    if options["dry_run"]:
        _show(steps, config, branch, options["steps"])
        return
    if not steps:
        inform(f"all {'steps' if items is None else 'items'} of {path.name} are done")
        return
    if not agreeing.is_agreed(steps, config, branch, yes=options["yes"]):
        raise SousError("nothing was done")
    agreeing.check_agent(config, place.root)
    config = agreeing.with_verify(config, steps[: options["steps"]], place.root, path.name)
    if options["worktree"]:
        place = agreeing.settled(place, branch, yes=options["yes"], worktree=True)
    with journal.alone(place):
        journal.recover(place)
        recover_jobs(place)
        agreeing.refuse_dirt(place)
        if not options["worktree"]:
            place = agreeing.settled(place, branch, yes=options["yes"])
        agreeing.offer_untracked(place, yes=options["yes"], quiet=options["quiet"])
        try:
            with notified(config):
                _carry_out(Runner(place, config, work), options["steps"], options["jobs"])
        finally:
            inform(how_to_end(place, branch, worktree=options["worktree"]))


def _is_run_by_a_team(
    plan: Path, root: Path | None, options: dict[str, Any], *, is_plan: bool
) -> bool:
    """Carry out the plan with the team that it is of; False where it is of none."""
    from sous.commands.run_together import refuse_options, run_together, team_of
    from sous.errors import UsageProblem
    from sous.root import find_root

    base = find_root(plan.parent, named=root)
    if not is_plan or team_of(plan, base) is None:
        if options["workers"]:
            raise UsageProblem("--workers needs a team: `sous team init` starts one")
        return False
    if options["jobs"] > 1:
        raise UsageProblem("--jobs does not work in a team; use --workers N")
    refuse_options(run, options)
    run_together(run, plan, base, _config(base, options, plan=plan), {**options, "root": root})
    return True


def _place(path: Path, root: Path | None, *, is_items: bool, hooks: bool) -> Workplace:
    """Return where the plan is carried out. Raises SousError for `hooks` where there are none."""
    from sous.root import find_root
    from sous.runner.branch import find_place
    from sous.runner.hooks import check_hook

    found = find_place(find_root(path.parent, named=root), path, ticked_in_itself=is_items)
    if hooks:
        check_hook(found)
    return found


def _refuse_both(options: dict[str, Any]) -> None:
    """Raise UsageProblem for options that exclude each other."""
    from sous.errors import UsageProblem

    for one, other in (("quiet", "verbose"), ("test", "no_test")):
        if options[one] and options[other]:
            names = " and ".join(f"--{name.replace('_', '-')}" for name in (one, other))
            raise UsageProblem(f"{names} exclude each other")
    if options["jobs"] > 1 and options["in_place"]:
        raise UsageProblem(
            "--jobs and --in-place exclude each other: steps at once need a folder each"
        )


def _report(named: str, root: Path | None) -> Path:
    """Return where the report is: the named one, else the newest.

    Raises SousError when it is not there.
    """
    from sous.reports.newest import newest_report
    from sous.root import find_root

    return (Path(named) if named else newest_report(find_root(Path.cwd(), named=root))).resolve()


def _work(*, is_plan: bool) -> Work:
    from sous.runner.work import ItemsWork, PlanWork

    return PlanWork() if is_plan else ItemsWork()


def _carry_out(runner: Runner, most: int | None, count: int) -> None:
    from sous.runner.jobs import Jobs
    from sous.terminal import inform, say

    def coming() -> Sequence[Planned]:
        return runner.work.open(runner.place.plan)

    noun, done = "item" if runner.place.ticks else "step", 0
    jobs = None
    try:
        if coming():
            runner.check_tests()
        if count > 1:
            jobs = Jobs(runner, count)
            jobs.carry_out(most)
            return
        while (most is None or done < most) and (steps := coming()):
            runner.carry_out(steps[0])
            done += 1
    finally:
        done = jobs.done if jobs else done
        spent = runner.config.spending.told
        cost = f", {spent} spent" if spent else ""
        inform(f"{done} {noun}{'s' * (done != 1)} done, {len(coming())} open{cost}")
        for line in decisions(runner.place, coming()):
            say(line)


def _config(root: Path, options: dict[str, Any], *, plan: Path | None) -> RunConfig:
    from sous.environment import MODELS, refuse_brought
    from sous.errors import UsageProblem
    from sous.runner.agents import find_agent
    from sous.runner.config import RunConfig
    from sous.runner.sandbox import check_sandbox
    from sous.runner.spending import Spending
    from sous.settings import load_settings

    given = {key: options[key] for key in ("agent", "test", "max_cost", "notify")}
    needs = {key for key, value in given.items() if value is None}
    _refuse_both(options)
    if options["no_test"]:
        needs -= {"test"}
    settings = load_settings(root, given=given, needs=needs)
    refuse_brought(MODELS)  # the agent has keys of its own, and gets the environment as it is
    test = None if options["no_test"] else settings.test
    if test is None and not options["no_test"]:
        test = agreeing.agreed_test(plan, root, is_run=not options["dry_run"])
    if test is None and not options["no_test"]:
        raise UsageProblem(
            "no test command, so no step can be proved: pass --test CMD "
            f"(such as {agreeing.guessed_test(root)!r}), set `test` in [_.sous], or use --no-test"
        )
    if options["sandbox"]:
        check_sandbox()
    same = ("model", "retries", "test_timeout", "agent_timeout", "sandbox", "allow", "in_place")
    shown = ("quiet", "verbose", "resume", "hooks")
    return RunConfig(
        find_agent(settings.agent),
        test,
        tdd=options["tdd"] and test is not None,
        word=options["word"] or "",
        spending=Spending(settings.max_cost, options["spending"]),
        notifier=settings.notifier(),
        **{key: options[key] for key in (*same, *shown)},
    )


def _show(steps: Sequence[Planned], config: RunConfig, branch: str, most: int | None) -> None:
    from sous.proc import quoted
    from sous.terminal import say, write_lines

    agent = config.agent
    argv = agent.arguments(Path("step-N.prompt.md"), config.model, ())
    shown = agent.name if agent.is_own else quoted(argv)
    new_first = ", new tests first" if config.tdd else ""
    limited = config.spending.most is not None
    lines = [
        f"agent:  {shown}{' (in a sandbox)' if config.sandbox else ''}",
        f"tests:  {config.test or 'none'}{new_first}, {config.retries} retries",
        f"branch: {branch}",
        *([f"cost:   no more tries after ${config.spending.most:g}"] if limited else []),
        *(f"  {step.name}" for step in steps[:most]),
    ]
    write_lines(lines)
    say("nothing was done")
