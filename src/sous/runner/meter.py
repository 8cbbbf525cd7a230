"""What a step took: files and lines, seconds, and what the agent says that it used."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.runner.said import Usage, usage_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.runner.checkpoint import Change


@dataclass
class Meter:
    """Measures a step from when it is made."""

    began: float = field(default_factory=time.monotonic)
    used: Usage = field(default_factory=Usage)

    def add(self, output: str, agent: str) -> Usage:
        """Count what an agent says at the end of a try, and return it."""
        used = usage_in(output, agent)
        self.used = self.used.plus(used)
        return used

    def told(self, changes: Sequence[Change], lines: tuple[int, int]) -> str:
        """Return what the step took, in words; `lines`: that it added and removed."""
        count, (added, removed) = len(changes), lines
        words = f"{count} file{'s' * (count != 1)} (+{added} -{removed})"
        seconds = f"{time.monotonic() - self.began:.1f} s"
        return ", ".join(filter(None, (words, seconds, self.used.told)))
