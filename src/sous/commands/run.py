"""`sous run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from sous.plan.progress import Progress
    from sous.runner.checkpoint import Place
    from sous.runner.run import Runner
    from sous.runner.ways import Ways

_seconds = click.FloatRange(0, min_open=True)


@click.command("run")
@plan_option
@click.option(
    "--agent",
    metavar="NAME|CMD",
    help="aider, claude, codex, gemini, llm, or a command line.  [default: one that is there]",
)
@click.option("-m", "--model", metavar="NAME", help="The model that the agent is to use.  [default: its own]")
@click.option("--test", metavar="CMD", help="The command line that runs the tests, in your shell.")
@click.option("--no-test", is_flag=True, help="Run no tests: a step is done when files changed.")
@click.option("--tdd/--no-tdd", default=True, help="A new test must have failed without the new code.  [default: tdd]")
@click.option("--steps", type=click.IntRange(1), metavar="N", help="Stop after so many.")
@click.option("--retries", type=click.IntRange(0), default=2, metavar="N", help="Tries after the first.  [default: 2]")
@click.option("--branch", metavar="NAME", help="Where to work.  [default: sous/<plan>]")
@click.option("--worktree", is_flag=True, help="Work in a checkout of its own, beside this one.")
@click.option("--sandbox", is_flag=True, help="Confine agent and tests to the project, with bwrap.")
@click.option("--allow", multiple=True, metavar="GLOB", help="What decides about tests and may change; repeatable.")
@click.option("--test-timeout", type=_seconds, default=600.0, metavar="SECONDS", help="[default: 600]")
@click.option("--agent-timeout", type=_seconds, default=3600.0, metavar="SECONDS", help="[default: 3600]")
@root_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask before it begins.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
def run(plan: Path | None, root: Path | None, **options: Any) -> None:
    """Have an agent carry out the open steps of the plan.

    After each step the tests are run here. Only when they pass, files changed, and a new test failed without the new
    code, is the step ticked and committed, on a branch of its own; otherwise the agent hears what was wrong, and in the
    end all is as it was before the step.
    """
    from sous.commands.planned import plan_path, progress_of
    from sous.errors import SousError
    from sous.root import find_root
    from sous.runner import journal
    from sous.runner.branch import default_branch, find_place, how_to_end, settle
    from sous.runner.run import Runner
    from sous.terminal import say

    path = plan_path(plan, root).resolve()
    progress = progress_of(path, None)
    place = find_place(find_root(path.parent, named=root), path)
    ways = _ways(place.root, options)
    branch = options["branch"] or default_branch(path)
    if options["dry_run"]:
        _show(progress, ways, branch, options["steps"])
        return
    if not progress.open:
        say(f"all {len(progress.plan.steps)} steps of {path.name} are done")
        return
    progress.check_numbers()
    if not _agreed(progress, ways, branch, yes=options["yes"]):
        raise SousError("nothing was done")
    if options["worktree"]:
        place = settle(place, branch, worktree=True)
    with journal.alone(place):
        journal.recover(place)
        _refuse_dirt(place)
        if not options["worktree"]:
            place = settle(place, branch, worktree=False)
        try:
            _carry_out(Runner(place, ways), options["steps"])
        finally:
            say(how_to_end(place, branch, worktree=options["worktree"]))


def _carry_out(runner: Runner, most: int | None) -> None:
    from sous.commands.planned import progress_of
    from sous.terminal import say

    plan = runner.place.plan
    done = 0
    try:
        if progress_of(plan, None).open:
            runner.check_tests()
        while (most is None or done < most) and (coming := progress_of(plan, None).open):
            runner.carry_out(coming[0])
            done += 1
    finally:
        left = len(progress_of(plan, None).open)
        say(f"{done} step{'s' * (done != 1)} done, {left} open")


def _ways(root: Path, options: dict[str, Any]) -> Ways:
    from sous.errors import UsageProblem
    from sous.runner.agents import find_agent
    from sous.runner.sandbox import check_sandbox
    from sous.runner.ways import Ways
    from sous.settings import load_settings

    given = {key: options[key] for key in ("agent", "test")}
    needs = {key for key, value in given.items() if value is None}
    if options["no_test"]:
        if options["test"]:
            raise UsageProblem("--test and --no-test cannot both hold")
        needs -= {"test"}
    settings = load_settings(root, given=given, needs=needs)
    test = None if options["no_test"] else settings.test
    if test is None and not options["no_test"]:
        raise UsageProblem(
            f"no test command, so no step could be proved: say --test CMD (such as {_guess(root)!r}), set `test` in "
            "[_.sous], or use --no-test"
        )
    if options["sandbox"]:
        check_sandbox()
    same = ("model", "retries", "test_timeout", "agent_timeout", "sandbox", "allow", "quiet")
    return Ways(
        find_agent(settings.agent), test, tdd=options["tdd"] and test is not None, **{key: options[key] for key in same}
    )


def _guess(root: Path) -> str:
    known = {
        "package.json": "npm test",
        "Cargo.toml": "cargo test",
        "go.mod": "go test ./...",
        "Gemfile": "bundle exec rake",
    }
    return next((command for name, command in known.items() if (root / name).is_file()), "pytest -q")


def _refuse_dirt(place: Place) -> None:
    from sous.errors import SousError
    from sous.runner.guard import in_progress
    from sous.runner.run import dirt

    half_done = in_progress(place)
    if half_done:
        raise SousError(f"git is in the middle of something ({half_done}): finish or abort that first")
    found = dirt(place)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise SousError(
            f"{found[0]}{more} has changes that are not committed: commit or stash them first (`git stash`)"
        )


def _agreed(progress: Progress, ways: Ways, branch: str, *, yes: bool) -> bool:
    from sous.terminal import ask_yes, is_interactive

    if yes or not is_interactive():
        return True
    tests = f"tests by `{ways.test}`" if ways.test else "without tests"
    return ask_yes(f"Have {ways.agent.name} carry out {len(progress.open)} steps on {branch}, {tests}?")


def _show(progress: Progress, ways: Ways, branch: str, most: int | None) -> None:
    from sous.proc import quoted
    from sous.terminal import clean, say, write_stdout

    argv = ways.agent.arguments(Path(".sous/run/step-N.prompt.md"), ways.model, ())
    lines = [
        f"agent:  {quoted(argv)}{' (in a sandbox)' if ways.sandbox else ''}",
        f"tests:  {ways.test or 'none'}{', new tests first' if ways.tdd else ''}, {ways.retries} retries",
        f"branch: {branch}",
        *(f"  {step.name}" for step in progress.open[:most]),
    ]
    write_stdout("".join(f"{clean(line)}\n" for line in lines).encode("utf-8", "replace"))
    say("nothing was done")
