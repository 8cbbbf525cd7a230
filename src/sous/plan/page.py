"""The lines of a plan, and which of them are code: known where its fences are sound."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from copy import copy
from functools import cached_property, lru_cache
from typing import NamedTuple

from sous.document.balance import inside_of, sound_fences
from sous.document.blocks import Span
from sous.document.fences import MARKDOWN, fence_line
from sous.document.headings import heading_line
from sous.document.markdown import parse
from sous.document.words import any_of, any_whole

_PLAN = re.compile(any_whole("plan"), re.IGNORECASE)
_PROMPTS = re.compile(rf"(?:{any_of('prompt')})", re.IGNORECASE)
_ELSE = re.compile(rf"\b(?:{any_of('no_plan')})s?[\W\d]*$", re.IGNORECASE)
_PARTS = re.compile(r"[:\uff1a()\u2013\u2014|]|\s(?:-|and|&|und|et|y|и)\s")
_WHAT_FOR = re.compile(r"\s(?:for|of|to|with|in|on|de|du|für|von)\s", re.IGNORECASE)
_UNDERLINE = re.compile(r"^(?:-{3,}|={3,})[ \t]*$")
_TITLE = re.compile(r"(?![-*+>|`~<]|__[^*_]+:)\S")  # no item, quote or field before a rule


class Heading(NamedTuple):
    """A heading: its line, level and text, and the place of the one that it stands under (-1)."""

    line: int
    level: int
    text: str
    parent: int


class Page:
    """A plan as lines.

    `is_sound`: its fences are, so that what stands in them is no title. `codes`: its blocks of code
    with fences, the outermost, in their order. `end`: the line behind its last. `asides`: of lines
    that were looked at whether they stand below a name that says they are no work.
    """

    def __init__(self, text: str) -> None:
        self.document = parse(text)
        self.lines = list(self.document.written)
        self.lines[0] = self.lines[0].removeprefix("\ufeff")
        self.start = 0
        self.end = len(self.lines)
        spans = sound_fences(self.document)
        self.is_sound = spans is not None
        self.set_codes(spans or [])

    def set_codes(self, codes: list[Span]) -> None:
        """Say which lines are blocks of code."""
        self.codes = codes
        self._levels: dict[int, int] = {}
        self.asides: dict[int, bool] = {}
        self._inside = inside_of(codes, len(self.lines))
        inside = (range(span.line + 1, span.end - 1) for span in codes)
        firsts = (next((at for at in lines if self.lines[at].strip()), -1) for lines in inside)
        self._firsts = set(firsts)

    def unwrapped(self) -> Page | None:
        """Return the plan with its one block of markdown opened, where that is most of it."""
        if not self.is_sound or not self.codes:
            return None
        wrapper = max(self.codes, key=lambda span: span.end - span.line)
        fence = fence_line(self.lines[wrapper.line])
        is_most = (wrapper.end - wrapper.line) * 2 > len(self.lines)
        if not is_most or fence is None or fence.language not in ("", *MARKDOWN):
            return None
        first = wrapper.line + 1
        document = parse("\n".join(self.lines[first : wrapper.end - 1]))
        inner = sound_fences(document)
        page = copy(self)
        page.document = document
        for name in ("headings", "_heading_lines", "is_plan", "is_of_prompts"):
            page.__dict__.pop(name, None)
        page.start = first
        page.is_sound = inner is not None
        page.end = wrapper.end - 1
        page.set_codes([Span(span.line + first, span.end + first) for span in inner or ()])
        return page

    def outside(self, first: int, last: int) -> list[str]:
        """Return the lines that are in no block of code, from one to before another."""
        return [self.lines[at] for at in range(first, last) if not self.is_code(at)]

    def codes_between(self, first: int, last: int) -> list[Span]:
        """Return the blocks of code that begin from one line to before another."""
        start = bisect_left(self.codes, first, key=lambda span: span.line)
        return self.codes[start : bisect_left(self.codes, last, key=lambda span: span.line)]

    def code_at(self, line: int) -> Span | None:
        """Return the block of code that a line is in."""
        return self._inside[line]

    def is_code(self, line: int) -> bool:
        """Tell whether a line is in a block of code, its fences too."""
        return self._inside[line] is not None

    def hidden(self, line: int) -> bool:
        """Tell whether a line begins within a comment or in front matter, or is outside."""
        if not self.start <= line < self.end:
            return True
        front = self.document.front_matter
        start = self.document.offset(line - self.start)
        return self.document.is_hidden(start) or (front is not None and start < front.end)

    def is_first_in_code(self, line: int) -> bool:
        """Tell whether a line is the first with text in a block of code."""
        return line in self._firsts

    def heading_level(self, line: int) -> int:
        """Return the level of the heading that a line is outside of code; 0 for another."""
        level = self._levels.get(line)
        if level is None:
            level = self._levels[line] = self._level(line)
        return level

    def _level(self, line: int) -> int:
        text = self.lines[line]
        if text[:1].isspace() or self.is_code(line):
            return 0
        heading = heading_line(text)
        return heading.level if heading else self._underlined_level(line)

    def _underlined_level(self, line: int) -> int:
        """Return the level of a heading that is one line with a rule below it."""
        below = self.lines[line + 1] if line + 1 < self.end else ""
        if not below.startswith(("-", "=")):
            return 0
        before = "".join(self.lines[max(0, line - 1) : line])
        if before.strip() or not _UNDERLINE.match(below) or not _TITLE.match(self.lines[line]):
            return 0
        if self.hidden(line):
            return 0
        return 1 if below.startswith("=") else 2

    def above(self, line: int) -> list[Heading]:
        """Return the headings that a line stands under, the nearest first."""
        headings = self.headings
        at = bisect_right(self._heading_lines, line) - 1
        found: list[Heading] = []
        while at >= 0:
            if headings[at].line < line:
                found.append(headings[at])
            at = headings[at].parent
        return found

    @cached_property
    def _heading_lines(self) -> list[int]:
        return [heading.line for heading in self.headings]

    def level_above(self, line: int) -> int:
        """Return the level of the heading that a line stands under; 0 for none."""
        above = self.above(line)
        if not above:
            return 0
        return above[0].level

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings outside of code, in their order."""
        found: list[Heading] = []
        for at in range(self.start, self.end):
            level = self.heading_level(at)
            if not level or self.hidden(at):
                continue
            parent = len(found) - 1
            while parent >= 0 and found[parent].level >= level:
                parent = found[parent].parent
            found.append(Heading(at, level, self.lines[at].strip("# "), parent))
        return found

    @cached_property
    def is_plan(self) -> bool:
        """Whether the first heading says that this is a plan."""
        return any(says_plan(heading.text) for heading in self.headings[:1])

    @cached_property
    def is_of_prompts(self) -> bool:
        """Whether the first heading says that this is a plan, or that these are prompts."""
        return self.is_plan or any(_PROMPTS.search(one.text) for one in self.headings[:1])


@lru_cache(maxsize=1_000)
def says_plan(text: str) -> bool:
    """Tell whether a heading says that a plan, or tasks, stand below it: not `Rules of plans`."""
    return any(_PLAN.search(part) and not _ELSE.search(_head(part)) for part in _PARTS.split(text))


def _head(part: str) -> str:
    """Return the words of a title before what it is for: `Plan` of `Plan for a review`."""
    return _WHAT_FOR.split(part, 1)[0]
