"""Where a project stands: bundle, reports, plan and what was spent, and what to do next."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from typing import TYPE_CHECKING, NamedTuple

from sous import api
from sous.bundle.remembered import order_of
from sous.errors import SousError
from sous.models.spent import read_spent
from sous.names import BUNDLE, PLAN, REPORTS, SPEC
from sous.terminal import human_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SPENT_DAYS = 30
_STEPS = ((86400, "day"), (3600, "hour"), (60, "minute"))  # seconds


class Standing(NamedTuple):
    """What there is, a line each, and what to do next."""

    lines: list[str]
    next: str


def standing(root: Path) -> Standing:
    """Return where the project at `root` stands; nothing is packed, and nothing is sent."""
    plan, open_steps = _plan(root)
    reports, first_open = _reports(root)
    lines = [*_bundle(root), *reports, *plan, *_spent()]
    return Standing(lines, _next(root, open_steps=open_steps, report=first_open))


def _bundle(root: Path) -> Iterator[str]:
    path = root / BUNDLE
    with contextlib.suppress(OSError):
        found = path.stat()
        order = order_of(path)
        part = f", only {order.what()}" if order and not order.is_whole(root) else ""
        yield f"{BUNDLE}: {human_size(found.st_size)}{part}, packed {_ago(found.st_mtime)}"


def _reports(root: Path) -> tuple[list[str], str]:
    """Return a line for each report, and the newest that has open items, empty if none has."""
    lines: list[str] = []
    with_open: list[tuple[float, str]] = []
    for report in REPORTS.values():
        path = root / report.output
        if report.is_document or not path.is_file():
            continue
        try:
            found = api.items(path, root=root)
        except SousError as error:
            lines.append(f"{report.output}: cannot be read: {error}")
            continue
        written = path.stat().st_mtime
        every, left = len(found.items), len(found.open)
        count = f"{every} item{'s' * (every != 1)}"
        lines.append(f"{report.output}: {count}, {left} open, written {_ago(written)}")
        if left:
            with_open.append((written, report.output))
    return lines, max(with_open, default=(0.0, ""))[1]


def _plan(root: Path) -> tuple[list[str], int]:
    """Return a line for the plan, and how many of its steps are open."""
    if not (root / PLAN).is_file():
        return ([f"{SPEC}: no plan yet"] if (root / SPEC).is_file() else []), 0
    try:
        progress = api.plan(root / PLAN, root=root)
    except SousError as error:
        return [f"{PLAN}: {error}"], 0
    every, left = len(progress.plan.steps), len(progress.open)
    return [f"{PLAN}: {every - left} of {every} steps done"], left


def _spent() -> Iterator[str]:
    since = dt.datetime.now(tz=dt.timezone.utc).date() - dt.timedelta(days=_SPENT_DAYS)
    with contextlib.suppress(SousError):
        found = read_spent(since.isoformat())
        known = sum(one.dollars for one in found if one.dollars is not None)
        calls = sum(one.calls for one in found)
        if calls:
            yield f"spent in {_SPENT_DAYS} days, in all projects: ${known:.2f} for {calls} calls"


def _next(root: Path, *, open_steps: int, report: str) -> str:
    """Return the command that most would run now, and why."""
    if open_steps:
        return "`sous next` prints the prompt of the next step, `sous run` has an agent do it"
    if (root / SPEC).is_file() and not (root / PLAN).is_file():
        return "`sous plan` makes a plan of spec.md"
    if report:
        return f"`sous items next {report}` shows the next open item"
    return _next_report(root)


def _next_report(root: Path) -> str:
    if (root / REPORTS["code-review"].output).is_file():
        if (root / REPORTS["missing-tests"].output).is_file():
            return "`sous all --force` asks again, `sous hone` begins with an idea"
        return "`sous missing-tests` lists tests to write"
    if (root / BUNDLE).is_file():
        return "`sous code-review` reviews what is packed"
    return "`sous code-review` packs and reviews this project, `sous hone` begins with an idea"


def _ago(moment: float) -> str:
    """Return how long ago a moment is, in the largest unit that fits."""
    seconds = max(time.time() - moment, 0)
    for size, unit in _STEPS:
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
