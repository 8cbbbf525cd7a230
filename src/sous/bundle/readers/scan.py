"""Walk through a bundle of any size from mark to mark, with no more of it in memory than one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

_BLOCK = 1 << 20  # bytes read at once
_AHEAD = 1 << 14  # bytes that are there behind every mark that is judged: more than any mark with its path is long


class Piece(NamedTuple):
    """A file as it stands in a bundle: its path and its text, line numbers and all."""

    path: str
    text: str


class Readable(Protocol):
    """Whatever bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


class Scanner:
    """A stream with a position: before its first byte a line end is imagined, so that marks can begin with one."""

    def __init__(self, stream: Readable) -> None:
        self._read: Callable[[int], bytes] = stream.read
        self._buffer = bytearray(b"\n")
        self._position = 0  # in the buffer
        self._ended = False

    def to(self, mark: bytes, form: re.Pattern[bytes]) -> tuple[bytes, re.Match[bytes]] | None:
        """Go behind the next place where `form` matches; return what stood before it and the match.

        `mark` is the literal beginning of `form`. None, and no move: there is no such place.
        """
        at = self._position
        while True:
            at = self._buffer.find(mark, at)
            if at < 0:
                at = max(self._position, len(self._buffer) - len(mark) + 1)
                if not self._more():
                    return None
                at -= self._drop()
                continue
            if len(self._buffer) - at < _AHEAD and self._more():
                at -= self._drop()
                continue
            found = form.match(bytes(self._buffer[at : at + _AHEAD]))
            if found:
                before = bytes(self._buffer[self._position : at])
                self._position = at + found.end()
                return before, found
            at += 1

    def at(self, form: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Match `form` where we are and go behind it."""
        found = form.match(self.ahead())
        if found:
            self._position += found.end()
        return found

    def ahead(self) -> bytes:
        """Return the next bytes without going there."""
        while len(self._buffer) - self._position < _AHEAD and self._more():
            pass
        return bytes(self._buffer[self._position : self._position + _AHEAD])

    def rest(self) -> bytes:
        """Go to the end; return what stood before it."""
        while self._more():
            pass
        before = bytes(self._buffer[self._position :])
        self._position = len(self._buffer)
        return before

    def _more(self) -> bool:
        if self._ended:
            return False
        block = self._read(_BLOCK)
        self._ended = not block
        self._buffer += block
        return not self._ended

    def _drop(self) -> int:
        """Forget what was passed; return how many bytes that are."""
        count = self._position
        if count < _BLOCK:
            return 0
        del self._buffer[:count]
        self._position = 0
        return count


def closed_by(scan: Scanner, mark: bytes, close: re.Pattern[bytes], follows: re.Pattern[bytes]) -> bytes | None:
    """Return what stands before the next `close` behind which `follows` matches; a text may hold the first alone.

    None: there is none, what is left is no file of this form.
    """
    parts = []
    while found := scan.to(mark, close):
        before, match = found
        parts.append(before)
        if follows.match(scan.ahead()):
            return b"".join(parts)
        parts.append(match[0])
    return None


def position_of(form: re.Pattern[bytes], head: bytes) -> int | None:
    """Return where `form` is first found, a line end imagined before the first byte."""
    found = form.search(b"\n" + head)
    return found.start() if found else None


def text_of(raw: bytes) -> str:
    """Decode bytes; those that are no UTF-8 become U+FFFD."""
    return raw.decode("utf-8", "replace")
