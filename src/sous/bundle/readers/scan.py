"""Walk through a bundle of any size from mark to mark, with only one file of it in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

_BLOCK = 1 << 20  # bytes read at once
# bytes that are there behind every mark that is judged: more than any mark with its path is long
_AHEAD = 1 << 14


class Piece(NamedTuple):
    """A file as it stands in a bundle: its path and its text, line numbers and all."""

    path: str
    text: str


Found = tuple[bytes, ...]  # a match and its groups; one that took no part is empty


class Readable(Protocol):
    """Whatever bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


class Scanner:
    """A stream with a position; a line end is imagined before its first byte, for the marks.

    `head` is what stood before the first mark that was found; `broken_off`: a file had no end.
    """

    def __init__(self, stream: Readable) -> None:
        self._read: Callable[[int], bytes] = stream.read
        self._buffer = bytearray(b"\n")
        self._position = 0  # in the buffer
        self._ended = False
        self.head: bytes | None = None
        self.broken_off = False

    def to(self, mark: bytes, form: re.Pattern[bytes]) -> tuple[bytes, Found] | None:
        """Go behind the next place where `form` matches.

        Return what stood before it, and the match with its groups.

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
            if found := self._match(form, at):
                before = bytes(self._buffer[self._position : at])
                self._position = at + len(found[0])
                if self.head is None:
                    self.head = before
                return before, found
            at += 1

    def at(self, form: re.Pattern[bytes]) -> Found | None:
        """Match `form` where we are and go behind it."""
        self._look_ahead()
        found = self._match(form, self._position)
        if found:
            self._position += len(found[0])
        return found

    def comes(self, form: re.Pattern[bytes]) -> bool:
        """Tell whether `form` matches where we are."""
        self._look_ahead()
        return self._match(form, self._position) is not None

    def ahead(self) -> bytes:
        """Return the next bytes without going there."""
        self._look_ahead()
        return bytes(self._buffer[self._position : self._position + _AHEAD])

    def _look_ahead(self) -> None:
        while len(self._buffer) - self._position < _AHEAD and self._more():
            pass

    def _match(self, form: re.Pattern[bytes], at: int) -> Found | None:
        """Match `form` in what is there behind `at`.

        The end of that is no end, unless it is that of the stream.
        """
        end = min(at + _AHEAD, len(self._buffer))
        found = form.match(self._buffer, at, end)
        if found is None or (found.end() == end and not (self._ended and end == len(self._buffer))):
            return None
        # the buffer will move on
        return tuple(bytes(group or b"") for group in (found[0], *found.groups()))

    def rest(self) -> bytes:
        """Go to the end; return what stood before it."""
        while self._more():
            pass
        before = bytes(self._buffer[self._position :])
        self._position = len(self._buffer)
        return before

    def cut(self) -> bytes:
        """Go to the end, as `rest`, where a file should have ended before."""
        self.broken_off = True
        return self.rest()

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


def closed_by(
    scan: Scanner, mark: bytes, close: re.Pattern[bytes], follows: re.Pattern[bytes]
) -> bytes:
    """Return what stands before the next `close` behind which `follows` matches.

    A text may hold the first alone.

    Where there is none the bundle has broken off: then all the rest.
    """
    text = bytearray()
    while found := scan.to(mark, close):
        text += found[0]
        if scan.comes(follows):
            return bytes(text)
        text += found[1][0]
    return bytes(text + scan.cut())


def position_of(form: re.Pattern[bytes], head: bytes) -> int | None:
    """Return where `form` is first found, a line end imagined before the first byte."""
    found = form.search(b"\n" + head)
    return found.start() if found else None


def text_of(raw: bytes) -> str:
    """Decode bytes; those that are not UTF-8 become U+FFFD."""
    return raw.decode("utf-8", "replace")
