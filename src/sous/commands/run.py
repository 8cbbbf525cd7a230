"""`sous run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.shape import Plan, Planned
    from sous.runner.checkpoint import Workplace
    from sous.runner.config import RunConfig
    from sous.runner.elsewhere import PlanChange
    from sous.runner.run import Runner
    from sous.runner.work import Work

_FEW = 3  # names that are listed
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
    help="aider, claude, codex, gemini, llm, or a command line.  [default: one that is there]",
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
    help="Carry out so many steps at once, each in a folder of its own.  [default: 1]",
)
@click.option("--steps", type=click.IntRange(1), metavar="N", help="Stop after so many.")
@click.option(
    "--retries",
    type=click.IntRange(0),
    default=2,
    metavar="N",
    help="Tries after the first.  [default: 2]",
)
@click.option(
    "--continue",
    "resume",
    is_flag=True,
    help="Begin the next step with what was refused of it, instead of nothing.",
)
@click.option("--say", "word", metavar="TEXT", help="Tell the agent of the next step this too.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="In a team: so many agents at once, each in a worktree of its own.",
)
@click.option(
    "--max-cost",
    type=click.FloatRange(0),
    metavar="USD",
    help="Begin no more tries once the agents say that they spent so much (exit code 4).",
)
@click.option(
    "--spending", type=click.UUID, hidden=True
)  # where the workers of one run keep what they spent
@click.option("--branch", metavar="NAME", help="Where to work.  [default: sous/<plan>]")
@click.option("--worktree", is_flag=True, help="Work in a checkout of its own, beside this one.")
@click.option("--sandbox", is_flag=True, help="Confine agent and tests to the project, with bwrap.")
@click.option(
    "--allow",
    multiple=True,
    metavar="GLOB",
    help="What decides about tests and may change; repeatable.",
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
@click.option("-y", "--yes", is_flag=True, help="Do not ask before it begins.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Show what the agent prints, as it comes.")
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
    from sous.terminal import say

    if items is not None and plan:
        raise UsageProblem("--plan and --items cannot both hold")
    path = _checked_plan(plan, root, options) if items is None else _report(items, root)
    if _is_run_by_a_team(path, root, options, is_plan=items is None):
        return
    work = _work(is_plan=items is None)
    steps = work.open(path)
    place = _place(path, root, is_items=items is not None, hooks=options["hooks"])
    config = _config(place.root, options, plan=path if items is None else None)
    branch = options["branch"] or default_branch(path)
    _check_reading(path if items is not None else None, steps, options)
    if options["dry_run"]:
        _show(steps, config, branch, options["steps"])
        return
    if not steps:
        say(f"all {'steps' if items is None else 'items'} of {path.name} are done")
        return
    if not _agreed(steps, config, branch, yes=options["yes"]):
        raise SousError("nothing was done")
    config = _with_verify(config, steps[: options["steps"]], place.root, path.name)
    if options["worktree"]:
        place = _settled(place, branch, yes=options["yes"], worktree=True)
    with journal.alone(place):
        journal.recover(place)
        recover_jobs(place)
        _refuse_dirt(place)
        if not options["worktree"]:
            place = _settled(place, branch, yes=options["yes"])
        _offer_untracked(place, yes=options["yes"], quiet=options["quiet"])
        try:
            _carry_out(Runner(place, config, work), options["steps"], options["jobs"])
        finally:
            say(how_to_end(place, branch, worktree=options["worktree"]))


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
            raise UsageProblem("--workers is for a plan of a team: `sous team init` begins one")
        return False
    if options["jobs"] > 1:
        raise UsageProblem("--jobs is not for a team: --workers N has N agents claim steps at once")
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


def _settled(place: Workplace, branch: str, *, yes: bool, worktree: bool = False) -> Workplace:
    """Go to the branch, with the plan as it is here. Raises SousError for a no."""
    from sous.runner.branch import settle, take_over_plan
    from sous.runner.elsewhere import plan_change

    change = plan_change(place, branch) if place.ticks is None else None
    if change:
        _agree_to_change(place.plan.name, branch, change, yes=yes)
    place = settle(place, branch, worktree=worktree)
    if change:
        take_over_plan(place, change)
    return place


def _agree_to_change(name: str, branch: str, change: PlanChange, *, yes: bool) -> None:
    """Say what changed in a plan since its branch began, and ask. Raises SousError for a no."""
    from sous.errors import SousError
    from sous.terminal import ask_yes, is_interactive, say

    if change.by_both:
        raise SousError(
            f"{name} was changed here and on {branch}: merge the two first, on {branch}"
        )
    steps = ", ".join(change.steps) or "no prompt"
    say(f"{name} was changed since {branch} began: {steps}")
    if change.done:
        say(
            f"done on {branch} as they were before: {', '.join(change.done)}; "
            "`sous step undo N` opens one again"
        )
    if yes:
        return
    if not is_interactive():
        raise SousError(f"look at it, then say --yes to carry out {name} as it is here")
    if not ask_yes(f"Carry out {name} as it is here?"):
        raise SousError("nothing was done")


def _refuse_both(options: dict[str, Any]) -> None:
    """Raise UsageProblem for options that exclude each other."""
    from sous.errors import UsageProblem

    for one, other in (("quiet", "verbose"), ("test", "no_test")):
        if options[one] and options[other]:
            names = " and ".join(f"--{name.replace('_', '-')}" for name in (one, other))
            raise UsageProblem(f"{names} cannot both hold")
    if options["jobs"] > 1 and options["in_place"]:
        raise UsageProblem(
            "--jobs has each step done in a folder of its own, and --in-place tests in the project "
            "itself, of which there is one: leave one of them out"
        )


def _checked_plan(plan: Path | None, root: Path | None, options: dict[str, Any]) -> Path:
    """Return where the plan is.

    Raises SousError when there is none, its steps cannot be told apart, or nobody agrees to a
    reading that is not sure.
    """
    from sous.commands.planned import plan_path, progress_of

    path = plan_path(plan, root).resolve()
    progress = progress_of(path, None)
    if progress.open:
        progress.check_numbers()
        _agree_to_reading(progress.plan, yes=options["yes"] or options["dry_run"])
    return path


def _agree_to_reading(plan: Plan, *, yes: bool) -> None:
    """Show what of a plan is in no step, and ask where its reading is not sure."""
    from sous.errors import UsageProblem
    from sous.plan.leftover import is_unsure, left_over
    from sous.terminal import ask_yes, is_interactive, say

    for words in left_over(plan):
        say(words)
    if yes or not is_unsure(plan):
        return
    if not is_interactive():
        raise UsageProblem(
            f"it is not sure that {plan.path.name} was read right: look at "
            "`sous status --explain`, then say --yes"
        )
    if not ask_yes(f"Are these {len(plan.steps)} steps of {plan.path.name} right?"):
        raise UsageProblem("nothing was done")


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
    from sous.terminal import say

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
        say(f"{done} {noun}{'s' * (done != 1)} done, {len(coming())} open{cost}")


def _config(root: Path, options: dict[str, Any], *, plan: Path | None) -> RunConfig:
    from sous.environment import MODELS, refuse_brought
    from sous.errors import UsageProblem
    from sous.runner.agents import find_agent
    from sous.runner.config import RunConfig
    from sous.runner.sandbox import check_sandbox
    from sous.runner.spending import Spending
    from sous.settings import load_settings

    given = {key: options[key] for key in ("agent", "test", "max_cost")}
    needs = {key for key, value in given.items() if value is None}
    _refuse_both(options)
    if options["no_test"]:
        needs -= {"test"}
    settings = load_settings(root, given=given, needs=needs)
    refuse_brought(MODELS)  # the agent has keys of its own, and gets the environment as it is
    test = None if options["no_test"] else settings.test
    if test is None and not options["no_test"]:
        test = _test_of(plan, root, is_run=not options["dry_run"])
    if test is None and not options["no_test"]:
        raise UsageProblem(
            "no test command, so no step could be proved: "
            f"say --test CMD (such as {_guess(root)!r}), set `test` in [_.sous], or use --no-test"
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
        **{key: options[key] for key in (*same, *shown)},
    )


def _with_verify(config: RunConfig, steps: Sequence[Planned], root: Path, name: str) -> RunConfig:
    """Return the way to run with the commands of verify lines that the user agrees to."""
    from dataclasses import replace

    from sous.plan.commands import commands_of
    from sous.terminal import ask_yes, is_interactive, say, say_lines
    from sous.trust import agree_to_test, is_agreed_test

    found = [one for one in commands_of(steps) if one != config.test]
    new = [one for one in found if not is_agreed_test(root, one)]
    if new and is_interactive():
        say(f"{name} verifies its steps by these commands:")
        say_lines(f"  {one}" for one in new)
        if ask_yes("Run them after their steps?"):
            for one in new:
                agree_to_test(root, one)
            new = []
    elif new and not config.quiet:
        say(
            f"not run: {len(new)} commands that verify steps, such as `{new[0]}`; "
            "`sous trust` agrees to them, their boxes stay open"
        )
    return replace(config, verify=frozenset(found) - set(new))


def _test_of(path: Path | None, root: Path, *, is_run: bool) -> str | None:
    """Return the test command that a plan names; if it is to be run, the user has to agree to it.

    Raises UsageProblem where nobody can be asked.
    """
    from sous.errors import UsageProblem
    from sous.plan.shape import read_plan
    from sous.terminal import ask_yes, is_interactive
    from sous.trust import agree_to_test, is_agreed_test

    command = read_plan(path).test_command if path else None
    if path is None or command is None or not is_run or is_agreed_test(root, command):
        return command
    if not is_interactive():
        raise UsageProblem(
            f"{path.name} says that `{command}` runs the tests, and nobody can be asked here: "
            "look at it, then say it with --test, or run `sous trust`"
        )
    if not ask_yes(f"{path.name} says that `{command}` runs the tests. Run it after each step?"):
        return None
    agree_to_test(root, command)
    return command


def _guess(root: Path) -> str:
    from sous.project.manifests import TOLD_BY, test_command

    there: dict[str, str | None] = {name: None for name in TOLD_BY if (root / name).is_file()}
    return test_command(there) or "pytest -q"


def _refuse_dirt(place: Workplace) -> None:
    from sous.errors import SousError
    from sous.runner.guard import in_progress
    from sous.runner.run import dirt

    half_done = in_progress(place)
    if half_done:
        raise SousError(
            f"git is in the middle of something ({half_done}): finish or abort that first"
        )
    found = dirt(place)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise SousError(
            f"{found[0]}{more} has changes that are not committed: "
            "commit or stash them first (`git stash`)"
        )


def _offer_untracked(place: Workplace, *, yes: bool, quiet: bool) -> None:
    """Offer to commit files that git does not hold, as they are no part of what is proved."""
    from sous.runner.elsewhere import commit_files, untracked_files
    from sous.terminal import ask_yes, is_interactive, say

    found = untracked_files(place)
    if not found:
        return
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    are, it = ("is", "it") if len(found) == 1 else ("are", "them")
    told = f"{', '.join(found[:_FEW])}{more} {are} not in git, so what is proved is without {it}"
    if yes or not is_interactive():
        if not quiet:
            say(f"{told}; commit what the steps need")
    elif ask_yes(f"{told}. Commit {it} first?"):
        commit_files(place, [place.top / name for name in found], "Work before `sous run`")


def _check_reading(path: Path | None, steps: Sequence[Planned], options: dict[str, Any]) -> None:
    """Say that items are unsure. Raises SousError where nobody can be asked to go on."""
    from sous import api
    from sous.items.sure import doubt, refuse_doubt
    from sous.terminal import is_interactive, say

    if path is None or not steps or options["yes"]:
        return
    found = api.items(path)
    if not options["dry_run"] and not is_interactive():
        refuse_doubt(found, path)
    if message := doubt(found, path):
        say(message)


def _agreed(steps: Sequence[Planned], config: RunConfig, branch: str, *, yes: bool) -> bool:
    from sous.terminal import ask_yes, is_interactive

    if yes or not is_interactive():
        return True
    tests = f"tests by `{config.test}`" if config.test else "without tests"
    return ask_yes(
        f"Have {config.agent.name} carry out {len(steps)} {steps[0].noun.lower()}s "
        f"on {branch}, {tests}?"
    )


def _show(steps: Sequence[Planned], config: RunConfig, branch: str, most: int | None) -> None:
    from sous.proc import quoted
    from sous.terminal import say, write_lines

    argv = config.agent.arguments(Path("step-N.prompt.md"), config.model, ())
    new_first = ", new tests first" if config.tdd else ""
    limited = config.spending.most is not None
    lines = [
        f"agent:  {quoted(argv)}{' (in a sandbox)' if config.sandbox else ''}",
        f"tests:  {config.test or 'none'}{new_first}, {config.retries} retries",
        f"branch: {branch}",
        *([f"cost:   no more tries after ${config.spending.most:g}"] if limited else []),
        *(f"  {step.name}" for step in steps[:most]),
    ]
    write_lines(lines)
    say("nothing was done")
