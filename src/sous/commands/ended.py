"""What is shown and told when a run of steps has ended: what wants a decision."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.folder import own_names
from sous.names import FOLDER
from sous.runner import refused
from sous.runner.config import slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.plan.shape import Planned
    from sous.runner.config import RunConfig
    from sous.runner.workplace import Workplace

_NOTES = "run"  # in our folder of the project


def decisions(place: Workplace, left: Sequence[Planned]) -> Iterator[str]:
    """Yield a line for each open step that was refused: where it says why, and what can be done."""
    names = own_names(place.origin.root, _NOTES)
    for step in left:
        slug, number = slug_of(step.noun, step.step.number), step.step.number
        if f"{slug}.md" not in names:
            continue
        skip = f"items skip {number} {place.ticks.name}" if place.ticks else f"step skip {number}"
        ways = [f"`sous {skip}` leaves it out"]
        if refused.is_kept(place.origin, slug):
            ways.insert(0, "`sous run --continue` tries again from its work")
        where = f"{FOLDER}/{_NOTES}/{slug}.md"
        yield f"to decide: {step.name} was refused, see {where}: {', '.join(ways)}"


@contextlib.contextmanager
def notified(config: RunConfig) -> Iterator[None]:
    """Notify when the block ends, well or not; not for Ctrl-C, where somebody is watching."""
    try:
        yield
    except SousError as exc:
        config.notifier.tell(f"sous run stopped: {exc}")
        raise
    config.notifier.tell("sous run done")
