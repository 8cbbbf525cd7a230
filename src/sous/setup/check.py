"""A thing that `sous doctor` looked at, and how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sous.errors import SousError
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

State = Literal["ok", "note", "fix"]


class Check(NamedTuple):
    """What was looked at, how it is, and what to do.

    `ok`: it works. `note`: sous works without it. `fix`: something will fail.
    """

    name: str
    state: State
    found: str
    advice: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it for `--json`."""
        return self._asdict()


def looked(name: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yield what a look at something found; what stops the look is what is to be fixed."""
    try:
        yield from look()
    except (SousError, OSError) as error:
        yield Check(name, "fix", one_line(str(error)))
