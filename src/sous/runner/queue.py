"""Which steps can be carried out at once: what each builds on, and whose files do not meet."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from sous.plan.check import built_on

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sous.plan.shape import Planned

_WILD = "*?[{<"  # from here on a path is a pattern


def ready(waiting: Sequence[Planned], at_work: Sequence[Planned], *, room: int) -> list[Planned]:
    """Return the steps that can begin now, at most `room`, in the order of the plan.

    `waiting`: all open steps, those `at_work` among them or not.
    """
    begun = {one.name for one in at_work}
    unfinished = [*at_work, *(one for one in waiting if one.name not in begun)]
    unfinished.sort(key=lambda one: one.step.line)
    found: list[Planned] = []
    for step in unfinished:
        if len(found) >= room:
            break
        if step.name in begun or waits_for(step, unfinished):
            continue
        if not any(meets(step, one) for one in (*at_work, *found)):
            found.append(step)
    return found


def waits_for(step: Planned, unfinished: Sequence[Planned]) -> list[Planned]:
    """Return the unfinished steps that have to be done before this one.

    A step of a plan that does not say what it builds on waits for all before it.
    """
    before = [one for one in unfinished if one.step.line < step.step.line]
    if not step.builds_on_text:
        return before if step.noun == "Step" else []
    wanted = set(built_on(step, [one.step.number for one in before]))
    return [one for one in unfinished if one.step.number in wanted and one is not step]


def meets(one: Planned, other: Planned) -> bool:
    """Tell whether two steps may change one file; a step that names no files may change any."""
    if not one.files or not other.files:
        return True
    return any(_overlap(a, b) for a in _fixed(one.files) for b in _fixed(other.files))


def _fixed(paths: Collection[str]) -> list[str]:
    """Return paths as far as they are no patterns, all written alike."""
    found = []
    for path in paths:
        cut = min((path.find(char) for char in _WILD if char in path), default=-1)
        plain = path if cut < 0 else path[:cut].rpartition("/")[0]
        name = posixpath.normpath(plain.split(" ")[0].replace("\\", "/") or ".").lstrip("/")
        found.append("" if name == "." else name.casefold())
    return found


def _overlap(one: str, other: str) -> bool:
    """Tell whether two paths are the same, or one is a folder above the other."""
    short, long = sorted((one, other), key=len)
    return not short or long == short or long.startswith(f"{short}/")
