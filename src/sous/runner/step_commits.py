"""What the commit of a step says of it: who carried it out, by which tests, and for how much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import read_git
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.plan.shape import Planned

_MOST = 2_000  # commits that are looked through
_LONGEST_TITLE = 72
_PASSED, _UNTESTED = "Its tests were seen to pass: ", "No tests were run."
_COST = re.compile(r"^Cost: \$(\d{1,6}(?:\.\d{1,12})?)$", re.MULTILINE)
_FIRST = re.compile(rf", by (?P<agent>.*?)\. (?:{_PASSED}(?P<tests>.*)|{re.escape(_UNTESTED)})")


@dataclass(frozen=True)
class StepCommit:
    """The commit of a step as it says; `cost` in US dollars, None where it does not say."""

    commit: str
    day: str
    agent: str
    tests: str
    cost: float | None


def title_of(step: Planned) -> str:
    """Return the subject of a step's commit."""
    return one_line(step.name)[:_LONGEST_TITLE]


def message_of(
    step: Planned, plan: str, agent: str, test: str, *, landed_with: str, cost: float | None
) -> str:
    """Return the message of a step's commit."""
    how = f"{_PASSED}{test}" if test else _UNTESTED
    if landed_with:
        how += f" The same change landed with {landed_with}, so this commit only ticks it."
    paid = "" if cost is None else f"\nCost: ${Decimal(str(round(cost, 6))):f}\n"
    return f"{title_of(step)}\n\n{plan}, by {one_line(agent)}. {one_line(how)}\n{paid}"


def read_step_commits(top: Path, plan: str, steps: Sequence[Planned]) -> dict[str, StepCommit]:
    """Return the last commit of each step that has one, by its name; none without git."""
    titles = {title_of(one): one.name for one in steps}
    try:
        raw = read_git(top, "log", "-n", str(_MOST), "-z", "--format=%h%n%ct%n%s%n%b")
    except SousError:
        return {}
    found: dict[str, StepCommit] = {}
    for entry in raw.decode("utf-8", "replace").split("\0"):
        commit, seconds, title, body = [*entry.split("\n", 3), "", "", ""][:4]
        name = titles.get(title)
        match = _FIRST.match(body, len(plan)) if name and body.startswith(plan) else None
        if name and match:
            paid = _COST.search(body)
            told = StepCommit(
                commit, _day(seconds), match["agent"], match["tests"] or "",
                float(paid[1]) if paid else None,
            )  # fmt: skip
            found.setdefault(name, told)
    return found


def _day(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds)).astimezone().date().isoformat()
    except (ValueError, OSError, OverflowError):
        return ""
