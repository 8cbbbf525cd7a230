"""What a step took: files and lines, seconds, and what the agent says that it used."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.runner.said import Usage, usage_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.runner.checkpoint import Change, Checkpoint


@dataclass
class Meter:
    """Measures a step from when it is made."""

    began: float = field(default_factory=time.monotonic)
    used: Usage = field(default_factory=Usage)

    def add(self, output: str) -> None:
        """Count what an agent says at the end of a try."""
        self.used = self.used.plus(usage_in(output))

    def told(
        self, changes: Sequence[Change], start: Checkpoint | None, proved: Checkpoint | None
    ) -> str:
        """Return what the step took, in words."""
        count = len(changes)
        words = f"{count} file{'s' * (count != 1)}"
        with contextlib.suppress(SousError):
            patch = start.diff(proved) if start and proved else b""
            added, removed = lines_in(patch)
            words += f" (+{added} -{removed})"
        seconds = f"{time.monotonic() - self.began:.1f} s"
        return ", ".join(filter(None, (words, seconds, self.used.told)))


def lines_in(patch: bytes) -> tuple[int, int]:
    """Return how many lines a patch adds and removes."""
    added = removed = 0
    in_hunk = False
    for line in patch.split(b"\n"):
        if line.startswith(b"diff --git "):
            in_hunk = False
        elif line.startswith(b"@@"):
            in_hunk = True
        elif in_hunk:
            added += line.startswith(b"+")
            removed += line.startswith(b"-")
    return added, removed
