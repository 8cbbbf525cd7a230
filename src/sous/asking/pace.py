"""How fast an answer comes, for the live line: a slow one and a silent one look alike otherwise."""

from __future__ import annotations

_SILENT = 10.0  # seconds without a new character
_SOON = 20.0  # seconds after the first one, before which a rate says little
_SLOW = 2.0  # tokens a second
_CHARACTERS = 4  # of a token, about


class Pace:
    """What is known of how an answer comes: when it began, when it last grew."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self._began = self._grew = 0.0
        self._written = 0

    def words(self, written: int, now: float) -> str:
        """Return in words what is unusual about it; empty for nothing.

        `written`: characters so far; `now`: seconds of any clock.
        """
        if written != self._written:
            self._began = self._began if self._written else now
            self._written, self._grew = written, now
        if not written:
            return ""
        if now - self._grew >= _SILENT:
            return f"nothing new for {now - self._grew:.0f} s"
        rate = written / _CHARACTERS / max(now - self._began, 1.0)
        if now - self._began >= _SOON and rate < _SLOW:
            return f"{rate:.1f} tokens a second"
        return ""
