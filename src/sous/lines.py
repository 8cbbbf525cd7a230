"""Offsets and numbers of lines: a lone carriage return ends a line only for `line_starts`."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

_LINE_END = re.compile(r"\r\n?|\n")


def line_starts(text: str) -> list[int]:
    """Return the offset where each line begins, as CommonMark counts lines.

    Behind a line end at the end of the text there is one more.
    """
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def line_end_of(text: str) -> str:
    """Return CRLF if the first line feed of a text follows a carriage return, else LF."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


class Lines:
    """The line numbers of places in a text (lines end with a line feed), computed once."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [match.end() for match in re.finditer("\n", self._text)]

    def number(self, at: int) -> int:
        """Return the number (from 1) of the line that an offset is in."""
        return bisect_right(self._starts, at) + 1
