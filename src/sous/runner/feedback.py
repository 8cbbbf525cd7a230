"""What an agent is told, and what is left for people when a step failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.document.fences import fence_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.plan.shape import Planned
    from sous.runner.config import AttemptResult, RunConfig
    from sous.runner.workplace import Workplace

_OUTPUT = 12_000  # characters of what tests printed


def prompt_text(
    step: Planned,
    place: Workplace,
    *,
    test: str | None,
    tdd: bool,
    last: AttemptResult | None,
    word: str = "",
) -> str:
    """Return the prompt of a step, with the rules of the house.

    After a failed try also what was wrong with it; `word`: what the user says beside.
    """
    what = step.noun.lower()
    rules = [
        f"Work in the current folder, on this {what} alone.",
        "Nobody can be asked: decide, and carry it out.",
    ]
    if test:
        rules.append(f"When you are done, `{test}` is run, and must pass.")
    if test and tdd and step.is_about_tests:
        rules.append(
            "Write the test that is missing, in a file of tests, and nothing else. Only where it "
            "shows that the code "
            "is wrong, mend that too: then the test is also run without your other changes, and "
            "must fail."
        )
    elif test and tdd:
        rules.append(
            "Write the test first, in a file of tests: it is also run without your other changes, "
            "and must fail then."
        )
    if step.untested:
        rules.append(
            f"This {what} changes no behaviour ({step.untested}): no new test is asked for."
        )
    own = "the plan and its checklist" if place.ticks is None else "the report"
    rules.append(  # no name of a file: aider takes each that is named into its chat
        "Do not delete, empty or skip tests that are there, nor change what runs them. Do not "
        f"commit. Leave {own} and .sous alone: the {what} is ticked for you."
    )
    parts = [f"# {step.name}", step.step.prompt]
    if step.verify:
        parts.append("How it will be verified:\n\n" + "\n".join(f"- {one}" for one in step.verify))
    parts.append("## Rules\n\n" + "\n".join(f"- {rule}" for rule in rules))
    if last:
        parts += _what_was_wrong(last, place)
    if word:
        parts.append(f"## What the developer says\n\n{word.strip()}")
    return "\n\n".join(parts) + "\n"


def _what_was_wrong(last: AttemptResult, place: Workplace) -> list[str]:
    parts = [
        "## Your last try was not good enough\n\n"
        + "\n".join(f"- {problem}" for problem in last.problems)
    ]
    if last.output.strip():
        parts.append(f"What it printed:\n\n{_fenced(_tail(last.output))}")
    if left := changed_files(last, place):
        listed = ", ".join(f"`{path}`" for path in left)
        parts.append(f"What you changed is as you left it: {listed}")
    return parts


def is_for_people(verdict: AttemptResult) -> bool:
    """Tell whether no agent can put right what is wrong: another try would be paid for nothing."""
    return any(problem.endswith(": commit it first") for problem in verdict.problems)


def changed_files(last: AttemptResult, place: Workplace) -> list[str]:
    """Return the files that a try wrote and that are there, relative to the project."""
    written = (one.path.removeprefix(place.prefix) for one in last.changes if one.kind != "D")
    return [path for path in written if (place.root / path).is_file()]


def failure_note(
    step: Planned,
    config: RunConfig,
    verdicts: Sequence[AttemptResult],
    lost: Sequence[str],
    *,
    patch: bool,
    logs: Path,
) -> str:
    """Return the note about a step that came to nothing, in markdown."""
    parts = [
        f"# {step.name}: not done",
        f"Agent: {config.agent.name}. Tests: {config.test or 'none'}.",
    ]
    for number, verdict in enumerate(verdicts, 1):
        parts.append(
            f"## Try {number}\n\n" + "\n".join(f"- {problem}" for problem in verdict.problems)
        )
        if verdict.output.strip():
            parts.append(_fenced(_tail(verdict.output)))
    if lost:
        parts.append("Could not be restored: " + ", ".join(lost))
    if patch:
        parts.append(
            "What was tried is in the patch beside this note, whole: `sous run --continue` goes on "
            "from it, `git apply` brings it back."
        )
    parts.append(f"The prompts and the output of the agent are in {logs}.")
    return "\n\n".join(parts) + "\n"


def _tail(output: str) -> str:
    return output.strip() if len(output) <= _OUTPUT else f"…\n{output[-_OUTPUT:].strip()}"


def _fenced(text: str) -> str:
    fence = fence_for(text)
    return f"{fence}text\n{text}\n{fence}"
