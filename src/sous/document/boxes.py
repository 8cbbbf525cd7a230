"""Check boxes in the forms that people write them, and lines with another mark in theirs."""

from __future__ import annotations

import re
from typing import NamedTuple

# `- [ ] x`, `* [X] x`, `1. [x] x`, `-   [ ] x`, `- [ ]* x` (optional, in Kiro),
# a continuation `▶ [ ] x`, a table's cell `| [x] |`.
_ITEM = re.compile(
    r"^(?P<indent>[ \t]*)(?:[-*+]|\d+[.)]|\u25b6)[ \t]+"
    r"(?P<box>\[(?P<mark>[^\]\n]{0,3})\])(?:\*?[ \t]+|$)(?P<text>.*)$"
)
_CELL = re.compile(r"\|[ \t]*(?P<box>\[(?P<mark>[^\]\n|]{0,3})\])[ \t]*(?=\|)")
_STATES = {  # what a mark says; `[\u2705]` and the like are text
    "": "open",
    "~": "in progress",
    "/": "in progress",
    ">": "open",  # moved to later
    "-": "dropped",
    "x": "done",
    "X": "done",
    "\u2713": "done",
    "\u2714": "done",
    "\u2714\ufe0f": "done",
}
_DONE_MARK = r"(?:[xX\u2713]|\u2714\ufe0f?)"
_ANY_MARK = rf"(?:[ ~/>-]|{_DONE_MARK})"
_MARK = re.compile(rf"\[(?:[ \txX]{{0,3}}|[ \t]?{_ANY_MARK}[ \t]?)\]")
_TICKED = re.compile(rf"\[[ \t]?{_DONE_MARK}[ \t]?\]")
_BEFORE = re.compile(rf"\[{_ANY_MARK}?\][ \t]+")
_ALONE = re.compile(rf"\s*(\[{_ANY_MARK}?\])\s*")
_ANY = re.compile(rf"\[{_ANY_MARK}?\](?=[ \t]|$)[ \t]?")
_BULLET = re.compile(r"^[-*] +(?:\[[ xX]?\] +)?(?P<text>\S.*)$")
_TICK = re.compile(r"^(\s*(?:[-*+]|\d+[.)]) \[)[xX](\])", re.MULTILINE)
# which is not there until somebody ticks it
_TICK_OF_HEADING = re.compile(r"^(#{1,6} )\[[ xX-]\] ", re.MULTILINE)
_BOX_OF_HEADING = re.compile(r"^(##[ \t]+)\[[ xX-]?\][ \t]+")


class BoxLine(NamedTuple):
    """A line as a box: columns before it, its text, whether it is ticked, where its mark is.

    `is_cell`: it stands in a table, and its text is that of the other cells. `state`: open,
    in progress, dropped or done.
    """

    indent: int
    text: str
    done: bool
    mark: tuple[int, int]
    is_cell: bool = False
    state: str = "open"


def box_line(line: str) -> BoxLine | None:
    """Return what a line says as a box, None where it holds none."""
    if "[" not in line:
        return None
    is_cell = line.startswith("|")
    match = _CELL.search(line) if is_cell else _ITEM.match(line)
    state = _STATES.get(match["mark"].strip()) if match else None
    if match is None or state is None:
        return None
    place, is_done = match.span("box"), state == "done"
    if is_cell:
        return BoxLine(0, _other_cells(line, match["box"]), is_done, place, is_cell, state)
    indent = len(match["indent"].expandtabs(4))
    return BoxLine(indent, match["text"].strip(), is_done, place, is_cell, state)


def _other_cells(line: str, box: str) -> str:
    """Return the text of the cells of a row that are not its box."""
    cells = map(str.strip, line.strip("| ").split("|"))
    others = filter(box.__ne__, cells)
    return " ".join(cell.strip("*") for cell in others)


def bullet_text(line: str) -> str:
    """Return the text of an outermost list item without its box; empty for another line."""
    match = _BULLET.match(line)
    return match["text"].strip() if match else ""


def with_mark(line: str, mark: str) -> str:
    """Return the line of a box with another mark in it; an empty one takes the box away."""
    return _MARK.sub(mark, line, count=1)


def is_ticked(line: str) -> bool:
    """Tell whether the box in a line is ticked."""
    return bool(_TICKED.search(line))


def without_box(text: str) -> tuple[str, str]:
    """Return the box that a text begins with, empty where there is none, and what follows it."""
    match = _BEFORE.match(text)
    return (
        (match[0].strip(), text[match.end() :]) if match and match.end() < len(text) else ("", text)
    )


def cell_box(cell: str) -> tuple[str, str]:
    """Return the box that a cell begins with, or is, and what follows it."""
    alone = _ALONE.fullmatch(cell)
    return (alone[1], "") if alone else without_box(cell)


def boxes_between(line: str, first: int, last: int) -> list[tuple[int, int]]:
    """Return where in a line, between two columns, boxes are, each with the blank behind it."""
    return [match.span() for match in _ANY.finditer(line, first, last)]


def without_ticks(text: str) -> str:
    """Return a text as it was before anybody ticked something in it."""
    return _TICK.sub(r"\1 \2", _TICK_OF_HEADING.sub(r"\1", text))


def without_box_of_heading(text: str) -> str:
    """Return a section without the box in its heading."""
    return _BOX_OF_HEADING.sub(r"\1", text)
