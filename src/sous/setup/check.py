"""A thing that `sous doctor` looked at, and how it is."""

from __future__ import annotations

from typing import Literal, NamedTuple

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
