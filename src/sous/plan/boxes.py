"""Read the boxes of a todo list, in the forms that people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# `- [ ] x`, `* [X] x`, `1. [x] x`, `-   [ ] x`, a continuation `▶ [ ] x`, a table's cell `| [x] |`.
_ITEM = re.compile(
    r"^(?P<indent>[ \t]*)(?:[-*+]|\d+[.)]|\u25b6)[ \t]+\[(?P<mark>[^\]\n]{0,3})\](?:[ \t]+|$)(?P<text>.*)$"
)
_CELL = re.compile(r"\|[ \t]*\[(?P<mark>[^\]\n|]{0,3})\][ \t]*(?=\|)")
_DONE = ("x", "X")
_MARKS = (*_DONE, "")  # as GitHub reads them; `[\u2705]` and the like are text
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_MARK = re.compile(r"\[[ \txX]{0,3}\]")


@dataclass(frozen=True)
class Box:
    """A box: its text, whether it is ticked, how deep it is nested (from 0), and its line, counted from 1."""

    text: str
    done: bool
    depth: int
    line: int


def read_boxes(text: str) -> list[Box]:
    """Return the boxes of a todo list in their order; depth comes from nesting, not from columns."""
    boxes: list[Box] = []
    indents: list[int] = []
    fence = ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        opened = _FENCE.match(line)
        if opened and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else opened[1]
            continue
        if fence:
            continue
        if line.startswith("|"):
            cells = _CELL.search(line)
            if cells and cells["mark"].strip() in _MARKS:
                words = " ".join(cell.strip().strip("*") for cell in line.strip("| ").split("|") if "[" not in cell)
                boxes.append(Box(words, cells["mark"].strip() in _DONE, 0, number))
            continue
        match = _ITEM.match(line)
        if match is None:
            if line.strip() and not line[0].isspace():
                indents = []
            continue
        if match["mark"].strip() not in _MARKS:
            continue
        indent = len(match["indent"].expandtabs(4))
        while indents and indents[-1] >= indent:
            indents.pop()
        boxes.append(Box(match["text"].strip(), match["mark"].strip() in _DONE, len(indents), number))
        indents.append(indent)
    return boxes


def with_mark(line: str, mark: str) -> str:
    """Return the line of a box with another mark in it; an empty one takes the box away."""
    return _MARK.sub(mark, line, count=1)
