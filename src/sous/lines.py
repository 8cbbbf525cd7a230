"""The lines of a text as a CommonMark parser counts them: ended by a line feed, a carriage return, or both."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n?|\n")


def line_starts(text: str) -> list[int]:
    """Return the offset where each line begins; behind a line end at the end of the text there is one more."""
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def line_end_of(text: str) -> str:
    """Return how lines end in a text: as the first does."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"
