"""Steps and items that a person, or an agent that may, marks: under the lock of their file."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.items.tick import find_item, read_file, set_states
from sous.names import TODO
from sous.output.lock import holding
from sous.plan.progress import read_progress, tick
from sous.root import find_root
from sous.runner.journal import keep_own

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.items.read import Item
    from sous.plan.progress import State
    from sous.plan.shape import Planned

_PATIENCE = 60  # seconds


def set_steps(plan: Path, numbers: Sequence[str], state: State, *, root: Path) -> list[Planned]:
    """Mark steps of a plan in the todo.md beside it; a number that there is not changes nothing.

    Raises SousError.
    """
    with holding([plan.with_name(TODO)], who="step", timeout=_PATIENCE):
        progress = read_progress(plan)
        for number in numbers:
            progress.find(number)
        steps = [tick(plan, number, state) for number in numbers]
        keep_own(root, progress.todo_path)
    return steps


def set_items(report: Path, named: Sequence[str], state: str) -> list[Item]:
    """Mark items of a report, by number or the beginning of an id, in the file itself.

    Raises SousError.
    """
    with holding([report], who="items", timeout=_PATIENCE):
        found = read_file(report)
        chosen = [find_item(found, one, report) for one in named]
        set_states(report, {item.number: state for item in chosen})
        with contextlib.suppress(SousError):  # it need not lie in a project
            keep_own(find_root(report.resolve().parent), report.resolve())
    return chosen
