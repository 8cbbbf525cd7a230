"""What a job prints, as it comes: the beginning and the end of it, whatever lies between."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT_HEAD, _KEPT_TAIL = 1 << 20, 1 << 18  # bytes of what a job prints


class Heard:
    """What a job prints, as it comes: the beginning and the end of it, whatever lies between."""

    def __init__(self, stream: IO[bytes], hears: Callable[[bytes], None] | None) -> None:
        self.head, self.tail, self.printed = b"", b"", 0
        self._stream = stream
        self._hears = hears
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while piece := os.read(self._stream.fileno(), 1 << 16):
                self.printed += len(piece)
                if self._hears is not None:
                    self._hears(piece)
                room = _KEPT_HEAD - len(self.head)
                self.head += piece[:room]
                self.tail = (
                    (self.tail + piece[room:])[-_KEPT_TAIL:] if len(piece) > room else self.tail
                )

    @property
    def text(self) -> str:
        """What was printed, and how much of it was left out."""
        left_out = self.printed - len(self.head) - len(self.tail)
        gap = f"\n… {left_out:,} bytes left out …\n".encode() if left_out > 0 else b""
        return (self.head + gap + self.tail).decode("utf-8", "replace")

    @property
    def last_line(self) -> str:
        """The last line with something in it, as far as it has come."""
        lines = (self.tail or self.head)[-500:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""
