"""Ranges of lines that a model marks in a text, so that nothing of it has to be said again."""

from __future__ import annotations

import re
from itertools import pairwise
from textwrap import shorten
from typing import TYPE_CHECKING, NamedTuple

from sous.document.headings import heading_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TO = r"\s*(?:-|\u2013|\u2014|\.{2,3}|\bto\b)\s*"
_SPAN = rf"(\d{{1,9}})(?:{_TO}(\d{{1,9}}))?"
_IS = r"[\s:=|*`]*"  # between a name and its number
_BEFORE = r"^(?:\s*\d{1,3}[.)]\s)?\W*(?:lines?\s+)?"
_LINE = re.compile(
    rf"{_BEFORE}{_SPAN}[\s*`]*[:|]{_IS}title(?:{_IS}line)?{_IS}(\d{{1,9}})"
    rf"(?:[\s,;|*`]*\b(?:prompt|text)(?:{_IS}lines?)?{_IS}{_SPAN})?(?!\w|[-\u2013]\d)"
    r"(?P<behind>.*)$",
    re.IGNORECASE,
)
_LIKE = re.compile(rf"{_BEFORE}\d{{1,9}}{_TO}\d{{1,9}}\b(?:[\s*`]*[:|]|.*\btitle\b)", re.IGNORECASE)
_SAYS_MORE = re.compile(r"\b(?:prompt|text|title)\b.*\d|\d[\s*`]*[-\u2013]\s*\d", re.IGNORECASE)


_SHOWN = 60  # characters of a line


class MarkedLines(NamedTuple):
    """Lines from 1, with the last: the whole, its title, its text (0: all but the title)."""

    first: int
    last: int
    title: int
    text_first: int = 0
    text_last: int = 0


def marked_ranges(answer: str) -> list[MarkedLines]:
    """Return the ranges of an answer such as `12-40: title line 12, prompt 14-39`."""
    return [one for one in map(_marked, answer.split("\n")) if one]


def _marked(line: str) -> MarkedLines | None:
    match = _LINE.match(line)
    if not match or _SAYS_MORE.search(match["behind"]):
        return None
    first, last, title, begin, end = (int(part) if part else 0 for part in match.groups()[:5])
    return MarkedLines(first, last or first, title, begin, end or begin)


def unread_in(answer: str) -> str | None:
    """Return what is wrong with a line that marks a range in another form: it would be lost."""
    lines = answer.split("\n")
    line = next((line for line in lines if _LIKE.match(line) and not _marked(line)), None)
    return line and f"wrote an invalid range of lines: {shorten(line.strip(), _SHOWN)}"


def fault_in(ranges: Sequence[MarkedLines], lines: Sequence[str]) -> str | None:
    """Return why ranges cannot be those of a text, in words that follow the name of a model."""
    if not ranges:
        return "marked no lines"
    for one in ranges:
        fault = _fault_of(one, lines)
        if fault:
            return f"marked lines {one.first}-{one.last}, {fault}"
    for before, after in pairwise(ranges):
        if after.first <= before.last:
            return (
                f"marked lines {after.first}-{after.last} after {before.first}-{before.last}: "
                "they are out of order or overlap"
            )
    if len(ranges) > 1 and all(_is_below_heading(one, lines) for one in ranges):
        return f"marked lines {ranges[0].first}-{ranges[0].last}, and all others, below its heading"
    return None


def _is_below_heading(one: MarkedLines, lines: Sequence[str]) -> bool:
    """Tell whether a range begins in the line below a heading: one too late, as models count."""
    above = lines[one.first - 2] if one.first > 1 else ""
    return heading_line(above) is not None and heading_line(lines[one.title - 1]) is None


def _fault_of(one: MarkedLines, lines: Sequence[str]) -> str | None:
    if not 1 <= one.first <= one.last <= len(lines):
        return f"of {len(lines)}"
    if not one.first <= one.title <= one.last:
        return f"with its title outside of them, in line {one.title}"
    if not re.search(r"\w", lines[one.title - 1]):
        return f"with no words in the line of the title, {one.title}"
    if one.text_first and not one.first <= one.text_first <= one.text_last <= one.last:
        return f"with a text outside of them, {one.text_first}-{one.text_last}"
    return None


def skipped(ranges: Sequence[MarkedLines], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each text that is in no range."""
    taken = [(0, 0), *((one.first, one.last) for one in ranges), (len(lines) + 1, 0)]
    for (_, before), (after, _) in pairwise(taken):
        texts = [at for at in range(before + 1, after) if lines[at - 1].strip()]
        if texts:
            yield texts[0], texts[-1]
