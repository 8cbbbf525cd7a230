"""Ranges of lines that a model marks in a text, so that nothing of it has to be said again."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPAN = r"(\d{1,9})(?:\s*(?:-|\u2013|to)\s*(\d{1,9}))?"
_LINE = re.compile(
    rf"^\W*(?:lines?\s+)?{_SPAN}\s*:\s*title(?:\s+line)?\s*:?\s*(\d{{1,9}})"
    rf"(?:\s*[,;]\s*(?:prompt|text)(?:\s+lines?)?\s*:?\s*{_SPAN})?\W*$",
    re.IGNORECASE,
)


class MarkedLines(NamedTuple):
    """Lines from 1, with the last: the whole, its title, its text (0: all but the title)."""

    first: int
    last: int
    title: int
    text_first: int = 0
    text_last: int = 0


def marked_ranges(answer: str) -> list[MarkedLines]:
    """Return the ranges of an answer such as `12-40: title line 12, prompt 14-39`."""
    found = []
    for line in answer.split("\n"):
        match = _LINE.match(line)
        if match:
            first, last, title, begin, end = (int(part) if part else 0 for part in match.groups())
            found.append(MarkedLines(first, last or first, title, begin, end or begin))
    return found


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
                f"marked lines {after.first}-{after.last} behind {before.first}-{before.last}: "
                "out of order, or one over another"
            )
    return None


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
