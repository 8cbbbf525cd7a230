"""How a plan is carried out, and what a try at a step was worth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.notify import Notifier
from sous.runner.spending import Spending

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sous.runner.agents import Agent
    from sous.runner.checkpoint import Change, Checkpoint
    from sous.runner.trial import Trial


_DIGITS = 4  # of a digest in the name of a step's files


def slug_of(noun: str, number: str) -> str:
    """Return what the logs and notes of a step are called: `step-3`.

    Where a character has no place in such a name, a digest keeps `1.2` and `1-2` apart.
    """
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in number) or "x"
    if words != number:
        digest = hashlib.sha256(number.encode("utf-8", "surrogatepass")).hexdigest()
        words += f"-{digest[:_DIGITS]}"
    return f"{noun.lower()}-{words}"


@dataclass(frozen=True)
class RunConfig:
    """How a plan is carried out; times in seconds. `test` None: no tests are run."""

    agent: Agent
    test: str | None
    model: str | None = None
    tdd: bool = True
    retries: int = 2
    test_timeout: float = 600.0
    agent_timeout: float = 3600.0
    sandbox: bool = False
    allow: Sequence[str] = ()
    quiet: bool = False
    verbose: bool = False  # what the agent prints is shown
    resume: bool = False  # the first step goes on from what was refused of it
    verify: Collection[str] = ()  # the commands of verify lines that may be run
    word: str = ""  # what the agent of the first step is told beside
    hooks: bool = False  # the project's pre-commit hook is run on each step
    in_place: bool = False  # tests run in the project itself, not on a clean checkout
    spending: Spending = field(default_factory=Spending)
    notifier: Notifier = field(default_factory=Notifier)


@dataclass(frozen=True)
class AttemptResult:
    """The result of an attempt: its problems (none: the step is done) and the tests' output."""

    problems: tuple[str, ...] = ()
    output: str = ""
    changes: tuple[Change, ...] = ()
    proved: Checkpoint | None = None  # what was tested
    lines: tuple[int, int] = (0, 0)  # that were added and removed
    notes: tuple[str, ...] = ()  # what is good to know of a step that is done
    trial: Trial | None = None  # the run of its tests
