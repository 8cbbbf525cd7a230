"""Fences that authors break, mended so that a CommonMark parser reads what was meant."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sous.document.blocks import read_blocks
from sous.document.boxes import without_box
from sous.document.counted import marked, numbered
from sous.document.fences import MARKDOWN, fence_line
from sous.document.headings import heading_line, is_details, is_rule, summary_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.fences import FenceLine

_BOLD_LINE = re.compile(r"^(?:[-*+] |\d+[.)] )?\*\*[^*]+\*\*")
_BOLD_TITLE = re.compile(r"\*\*(?:Title|Issue)\b")
_MOST = 2_000  # characters of a title that are looked at


def mended(lines: Sequence[str]) -> tuple[list[str], list[bool]]:
    """Return lines with the fences of markdown blocks blanked, and which are in such a block.

    Models put an issue, or all of them, into a block of markdown, and blocks of code into that. A
    CommonMark parser takes the first fence inside for its end, and all behind it the wrong way.
    """
    lines, wrapped = _Mender(list(lines)).mend()
    return _without_details(lines), wrapped


def rejoined(lines: list[str]) -> list[str]:
    """Return lines in which a block of code in a list is whole, though part is not indented.

    A parser ends such a block, and with it the list, at the first line that is not indented; its
    closing fence opens another.
    """
    if not _may_be_torn(lines):
        return lines
    fences = [block for block in read_blocks(lines) if block.kind == "code" and block.marks]
    joined = list(lines)
    for opened, following in pairwise(fences):
        if opened.items and not opened.is_closed and not following.is_closed:
            first, last = fence_line(lines[opened.line]), fence_line(lines[following.line])
            if first and last and last.closes(first.marks) and first.indent == last.indent:
                for at in range(opened.end, following.line):
                    joined[at] = f"{first.indent}{lines[at]}"
    return joined


def _may_be_torn(lines: Sequence[str]) -> bool:
    """Tell whether less indented text stands between two fences that are indented alike."""
    indent = None
    is_less = False
    for line in lines:
        fence = fence_line(line)
        if fence:
            if is_less and not fence.info and fence.indent == indent:
                return True
            indent, is_less = fence.indent, False
        elif indent and line.strip() and not line.startswith(indent):
            is_less = True
    return False


def _without_details(lines: list[str]) -> list[str]:
    """Return lines in which a summary that counts itself as an issue is a heading, not HTML."""
    summaries = {at: text for at, line in enumerate(lines) if (text := summary_line(line))}
    bare = {at: without_box(text)[1] for at, text in summaries.items()}
    counted = {at for at, text in bare.items() if marked(text)}
    if not counted:
        counted = {at for at, text in bare.items() if numbered(text)}
        counted = counted if len(counted) > 1 else set()
    found = {at: f"###### {summaries[at]}" for at in counted}
    if not found:
        return lines
    return [found.get(at, "" if is_details(line) else line) for at, line in enumerate(lines)]


def _mark_of(line: str) -> tuple[int, int] | None:
    """Return level and number of a heading that calls itself an issue."""
    heading = heading_line(line)
    found = marked(without_box(heading.text[:_MOST])[1]) if heading else None
    return (
        (heading.level, int(found.number))
        if heading and found and found.number.isdecimal()
        else None
    )


class _Mender:
    """Goes over lines and keeps count of fences, those inside others too."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.wrapped = [False] * len(lines)
        self._wrapper: tuple[str, int] | None = None  # its marks, and where it begins
        self._code: tuple[str, int] | None = None
        self._has_text = False  # before the line that is looked at
        # level and number of the last marked heading outside
        self._last: tuple[int, int] | None = None
        self._marks: dict[int, tuple[int, int]] = {}
        self._fences: dict[int, FenceLine] = {}
        for at, line in enumerate(lines):
            if mark := _mark_of(line):
                self._marks[at] = mark
            if fence := fence_line(line):
                self._fences[at] = fence
        # where each stands for the last time
        self._seen_last = {mark: at for at, mark in self._marks.items()}
        self._last_bare = {
            fence.marks[0]: at for at, fence in self._fences.items() if not fence.info
        }
        self._next = self._next_texts()

    def _next_texts(self) -> list[str]:
        """Return for each line the next one that is not blank."""
        found, following = [""] * len(self.lines), ""
        for at in range(len(self.lines) - 1, -1, -1):
            found[at] = following
            following = self.lines[at] if self.lines[at].strip() else following
        return found

    def mend(self) -> tuple[list[str], list[bool]]:
        for at in range(len(self.lines)):
            self._new_item(at)
            fence = self._fences.get(at)
            if fence:
                self._fence(at, fence)
            if self._wrapper:
                self.wrapped[at] = True
            self._has_text = self._has_text or bool(self.lines[at].strip())
        return self.lines, self.wrapped

    def _fence(self, at: int, fence: FenceLine) -> None:
        if self._code:
            if fence.closes(self._code[0]):
                self._code = None
        elif (
            self._wrapper and fence.closes(self._wrapper[0]) and self._is_end(at, self._wrapper[0])
        ):
            self.wrapped[at] = True
            self._wrapper = None
            self.lines[at] = ""
        elif not self._wrapper and (
            fence.language in MARKDOWN or (not fence.info and self._begins_item(at))
        ):
            self._wrapper = fence.marks, at
            self.lines[at] = ""
        elif self._wrapper is None and not fence.info and not self._has_end(at, fence.marks):
            self.lines[at] = ""  # one more than was opened
        else:
            self._code = fence.marks, at

    def _new_item(self, at: int) -> None:
        """End what was left open before the heading of the next item."""
        mark = self._marks.get(at)
        if mark is None:
            return
        if not self._code and not self._wrapper:
            self._last = mark
        elif (
            self._last
            and mark == (self._last[0], self._last[1] + 1)
            and self._seen_last[mark] == at
        ):
            if self._code:
                self._end_code(*self._code, at)
            self._code = self._wrapper = None
            self._last = mark

    def _end_code(self, marks: str, opened: int, at: int) -> None:
        """Put an end to a block of code before a line, or take its beginning away."""
        if at and not self.lines[at - 1].strip():
            fence = self._fences.get(opened)
            self.lines[at - 1] = f"{fence.indent if fence else ''}{marks}"
        else:
            self.lines[opened] = ""

    def _is_end(self, at: int, marks: str) -> bool:
        """Tell whether a bare fence in a block of markdown ends it, not begins one inside."""
        line = self._next[at]
        begins = heading_line(line) or is_rule(line) or fence_line(line) or _BOLD_LINE.match(line)
        return not line or bool(begins) or not self._has_end(at, marks)

    def _has_end(self, at: int, marks: str) -> bool:
        """Tell whether a bare fence closes what a fence here would open."""
        return self._last_bare.get(marks[0], -1) > at

    def _begins_item(self, at: int) -> bool:
        line = self._next[at]
        heading = heading_line(line)
        if heading is None:
            return bool(_BOLD_TITLE.match(line))
        return heading.level > 1 or bool(marked(heading.text)) or not self._has_text
