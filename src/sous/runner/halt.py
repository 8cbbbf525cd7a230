"""Ends the agent at work from beside: when its step was taken over by somebody else, say."""

from __future__ import annotations

import threading

from sous.errors import SousError
from sous.proc import ask_to_end


class Halted(SousError):
    """Work was ended from beside."""


class Halt:
    """Lets a thread end the program that a run waits for, and all that would come after it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._why = ""
        self._process: int | None = None

    def ask(self, why: str) -> None:
        """End what runs now; `why` is what `check` says then."""
        with self._lock:
            self._why = self._why or why
            if self._process is not None:
                ask_to_end(self._process)

    def begins(self, process: int) -> None:
        """Note which process is waited for."""
        with self._lock:
            self._process = process
            if self._why:
                ask_to_end(process)

    def ended(self) -> None:
        """Note that it has ended. Raises Halted where it was to end."""
        with self._lock:
            self._process = None
        self.check()

    def check(self) -> None:
        """Raise Halted where work is to end."""
        if self._why:
            raise Halted(self._why)
