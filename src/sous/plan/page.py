"""The lines of a plan, and which of them are code: known where its fences are sound."""

from __future__ import annotations

from bisect import bisect_left
from copy import copy

from sous.document.balance import inside_of, sound_fences
from sous.document.blocks import Span
from sous.document.fences import MARKDOWN, fence_line
from sous.document.headings import heading_line
from sous.document.markdown import parse


class Page:
    """A plan as lines.

    `is_sound`: its fences are, so that what stands in them is no title. `codes`: its blocks of code
    with fences, the outermost, in their order. `end`: the line behind its last.
    """

    def __init__(self, text: str) -> None:
        self._document = parse(text)
        self.lines = list(self._document.written)
        self.lines[0] = self.lines[0].removeprefix("\ufeff")
        self.end = len(self.lines)
        spans = sound_fences(self._document)
        self.is_sound = spans is not None
        self.set_codes(spans or [])

    def set_codes(self, codes: list[Span]) -> None:
        """Say which lines are blocks of code."""
        self.codes = codes
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
        inner = sound_fences(parse("\n".join(self.lines[first : wrapper.end - 1])))
        page = copy(self)
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
        """Tell whether a line begins within a comment or in front matter."""
        front = self._document.front_matter
        start = self._document.offset(line)
        return self._document.is_hidden(start) or (front is not None and start < front.end)

    def is_first_in_code(self, line: int) -> bool:
        """Tell whether a line is the first with text in a block of code."""
        return line in self._firsts

    def heading_level(self, line: int) -> int:
        """Return the level of the heading that a line is outside of code; 0 for another."""
        text = self.lines[line]
        heading = None if text[:1].isspace() or self.is_code(line) else heading_line(text)
        return heading.level if heading else 0
