"""What `sous run` needs a yes to, and what stops it, before any agent begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.plan.shape import Plan, Planned
    from sous.runner.config import RunConfig
    from sous.runner.elsewhere import PlanChange
    from sous.runner.workplace import Workplace

_FEW = 3  # names that are listed


def settled(place: Workplace, branch: str, *, yes: bool, worktree: bool = False) -> Workplace:
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
            f"already done on {branch}, by the text before the change: {', '.join(change.done)}; "
            "`sous step undo N` opens one again"
        )
    if yes:
        return
    if not is_interactive():
        raise SousError(f"check it, then pass --yes to carry out {name} as it is here")
    if not ask_yes(f"Carry out {name} as it is here?"):
        raise SousError("nothing was done")


def checked_plan(plan: Path | None, root: Path | None, options: dict[str, Any]) -> Path:
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
            f"{plan.path.name} may have been misread: check `sous status --explain`, then "
            "pass --yes"
        )
    if not ask_yes(f"Are these {len(plan.steps)} steps of {plan.path.name} right?"):
        raise UsageProblem("nothing was done")


def with_verify(config: RunConfig, steps: Sequence[Planned], root: Path, name: str) -> RunConfig:
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
            f"not run: {len(new)} commands that verify steps, such as `{new[0]}`; their "
            "boxes stay open until `sous trust` allows them"
        )
    return replace(config, verify=frozenset(found) - set(new))


def agreed_test(path: Path | None, root: Path, *, is_run: bool) -> str | None:
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
            f"{path.name} says that `{command}` runs the tests, and there is no terminal "
            "to ask on: check it, then pass it with --test, or run `sous trust`"
        )
    if not ask_yes(f"{path.name} says that `{command}` runs the tests. Run it after each step?"):
        return None
    agree_to_test(root, command)
    return command


def guessed_test(root: Path) -> str:
    """Return the test command that a project may have, for a hint."""
    from sous.project.manifests import TOLD_BY, test_command

    there: dict[str, str | None] = {name: None for name in TOLD_BY if (root / name).is_file()}
    return test_command(there) or "pytest -q"


def refuse_dirt(place: Workplace) -> None:
    """Raise SousError where something is not committed, or git is in the middle of something."""
    from sous.errors import SousError
    from sous.runner.committing import dirt
    from sous.runner.guard import in_progress

    half_done = in_progress(place)
    if half_done:
        raise SousError(f"git has an unfinished operation ({half_done}): finish or abort it first")
    found = dirt(place)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise SousError(
            f"{found[0]}{more} has changes that are not committed: "
            "commit or stash them first (`git stash`)"
        )


def offer_untracked(place: Workplace, *, yes: bool, quiet: bool) -> None:
    """Offer to commit files that git does not hold, as they are no part of what is proved."""
    from sous.runner.elsewhere import commit_files, untracked_files
    from sous.terminal import ask_yes, is_interactive, say

    found = untracked_files(place)
    if not found:
        return
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    are, it = ("is", "it") if len(found) == 1 else ("are", "them")
    told = f"{', '.join(found[:_FEW])}{more} {are} not in git, so the tests run without {it}"
    if yes or not is_interactive():
        if not quiet:
            say(f"{told}; commit what the steps need")
    elif ask_yes(f"{told}. Commit {it} first?"):
        commit_files(place, [place.top / name for name in found], "Work before `sous run`")


def check_reading(path: Path | None, steps: Sequence[Planned], options: dict[str, Any]) -> None:
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


def check_agent(config: RunConfig, root: Path) -> None:
    """Raise SousError where our own agent has no model that it may ask, before all else."""
    if config.agent.name != "llm":
        return
    from sous.asking.session import Session
    from sous.request import ModelRequest

    Session.of(ModelRequest(model=config.model, root=root))


def check_test(config: RunConfig) -> None:
    """Raise UsageProblem for a test command whose program is not there, before all else."""
    from sous.command_lines import started_by
    from sous.errors import UsageProblem
    from sous.programs import find_program

    program = started_by(config.test or "")
    if program and not find_program(program, anywhere=True):
        raise UsageProblem(
            f"`{config.test}` cannot be started: there is no program {program} on PATH; install "
            "it, or name another with --test"
        )


def is_agreed(steps: Sequence[Planned], config: RunConfig, branch: str, *, yes: bool) -> bool:
    """Ask whether the agent may begin; where nobody can be asked, it may."""
    from sous.terminal import ask_yes, is_interactive

    if yes or not is_interactive():
        return True
    tests = f"tests by `{config.test}`" if config.test else "without tests"
    return ask_yes(
        f"Have {config.agent.name} carry out {len(steps)} {steps[0].noun.lower()}s "
        f"on {branch}, {tests}?"
    )
