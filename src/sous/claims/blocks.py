"""A report as passages of text and code in their order; each knows its place."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from sous.document.fences import MARKDOWN, may_wrap
from sous.document.headings import heading_line
from sous.document.inline import InlineReader, Link
from sous.document.markdown import Document, parse, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.blocks import Block, Span

__all__ = ["Link", "Mentioned", "Passage", "ReportText", "read_blocks"]

_HTML = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)


class Mentioned(NamedTuple):
    """Where something stands in a report: it, what of it is seen, and where a mark to it goes.

    `prefix`: what a mark needs to begin its line with (None: it stands behind other text).
    """

    start: int
    end: int
    shown: tuple[int, int]
    mark_at: int
    prefix: str | None = None


@dataclass(frozen=True)
class Passage:
    """A heading, a text (a paragraph, a cell) or a block of code.

    `text` has code spans between backticks, bold between `**` and underscores as they are, all
    other marks off; that of code is as it stands. `line` and `end`: its first line in the report
    and the one behind its last, from 1; `level` of a heading from 1, else 0; `items`: the list
    items that it is in, outermost first; `info` what stands behind the fence; `column`: what heads
    its column in a table. `places`: pairs of offsets in `text` and in the report, for each piece of
    text; `atoms`: offsets in the report from where to where no mark may stand, code spans and
    links; `is_closed`: whether a block of code has its closing fence.
    """

    kind: Literal["heading", "text", "code"]
    text: str
    line: int
    end: int
    level: int = 0
    items: tuple[int, ...] = ()
    info: str = ""
    links: tuple[Link, ...] = ()
    column: str = ""
    places: tuple[tuple[int, int], ...] = ()
    atoms: tuple[tuple[int, int], ...] = ()
    is_closed: bool = True

    @property
    def first_code_line(self) -> int:
        """The line of the report where the text of a block of code begins."""
        return (
            self.line + 1
            if self.info or self.end - self.line > self.text.count("\n")
            else self.line
        )

    @cached_property
    def _ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    @cached_property
    def _atoms(self) -> tuple[list[int], list[int]]:
        """Where atoms begin, in order, and the furthest end of those up to each."""
        ordered = sorted(self.atoms)
        ends = itertools.accumulate((end for _, end in ordered), max)
        return [first for first, _ in ordered], list(ends)

    def behind_atom(self, at: int) -> int:
        """Return the end of the atoms that an offset in the report is in; the next for none."""
        begins, ends = self._atoms
        number = bisect_right(begins, at)
        return max(at + 1, ends[number - 1]) if number else at + 1

    def line_of(self, at: int) -> int:
        """Return the line of the report that an offset in the text is in."""
        return self.line + bisect_right(self._ends, at - 1)

    def in_report(self, at: int) -> int | None:
        """Return where in the report an offset in the text is."""
        number = bisect_right(self.places, (at, 1 << 60)) - 1
        return self.places[number][1] + at - self.places[number][0] if number >= 0 else None


class ReportText:
    """The text of a report, its passages, and where its lines begin."""

    def __init__(self, text: str) -> None:
        document = _as_report(text)
        self.text = text
        self.starts = document.starts
        self.blocks = list(_Passages(document).read())

    def start(self, line: int) -> int:
        """Return the offset where a line (from 1) begins; that of the end for lines behind it."""
        return self.starts[line - 1] if line <= len(self.starts) else len(self.text)

    def spot(self, block: Passage, at: int, said: str, line: int) -> Mentioned | None:
        """Return where a piece of a block's text stands, about at this offset or in this line."""
        if block.kind == "code":
            return self._spot_in_code(block, said, line)
        found = block.text.find(said, max(0, at - 1), at + len(said) + 6)
        if found < 0 or not said:
            return None
        start, last = block.in_report(found), block.in_report(found + len(said) - 1)
        if start is None or last is None:  # in HTML
            start = self.text.find(said, self.start(line), self.start(block.end))
            last = start + len(said) - 1
        if not 0 <= start <= last:
            return None
        behind = _behind_marks(self.text, block.behind_atom(last))
        return Mentioned(start, last + 1, (start, last + 1), behind)

    def spot_of_link(self, link: Link) -> Mentioned:
        """Return where the destination of a link stands; a mark goes behind the link."""
        start, end = link.to or (link.end, link.end)
        return Mentioned(start, end, link.shown, link.end)

    def _spot_in_code(self, block: Passage, said: str, line: int) -> Mentioned:
        first = self.start(line)
        found = self.text.find(said, first, self.start(line + 1))
        start, end = (found, found + len(said)) if found >= 0 and said else (first, first)
        opening = self.text[self.start(block.line) : self.start(block.line + 1)]
        match = re.match(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*", opening)
        prefix = re.sub(r"[^ \t>]", " ", match[0] if match else "")
        if block.line == block.first_code_line and not opening.lstrip(" \t>").startswith(
            ("`", "~")
        ):
            # indented code
            prefix = prefix[: -len(prefix) + prefix.rfind(">") + 1] if ">" in prefix else ""
        at = self.start(block.end) if block.is_closed else self.start(block.line)
        return Mentioned(start, end, (start, end), at, prefix)


def _as_report(text: str) -> Document:
    """Return a text; one that stands in a block of markdown, but for a few words, without that."""
    document = parse(text)
    if not may_wrap(text):
        return document
    for block in document.fences:
        is_markdown = block.info.lower() in ("", *MARKDOWN)
        if (
            is_markdown
            and block.is_closed
            and _is_most(document.lines[block.line + 1 : block.end], document)
        ):
            inner = Document(text)
            inner.lines[block.line] = inner.lines[block.end - 1] = ""
            return inner
    broken = unwrapped(text)
    inside = list(itertools.compress(broken.lines, broken.wrapped))
    return broken if _is_most(inside, broken) else document


def _is_most(lines: Sequence[str], document: Document) -> bool:
    """Tell whether lines with a heading (a comment has code right below it) are most of a text."""
    full = sum(map(bool, document.lines))
    has_heading = any(
        heading_line(line) and not following for line, following in itertools.pairwise(lines)
    )
    return has_heading and sum(map(bool, lines)) > full / 2


def read_blocks(text: str) -> list[Passage]:
    """Return the passages of a report."""
    return ReportText(text).blocks


def _behind_marks(text: str, at: int) -> int:
    """Return the place behind marks of emphasis that close."""
    match = re.compile(r"[*_]*").match(text, at)
    return match.end() if match else at


class _Passages:
    """Makes passages of the blocks of a report."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._blocks: Sequence[Block] = document.blocks
        self._inline = InlineReader(document.text, document.starts, document.references)
        self._heads: list[str] = []  # of the columns of the table that is read
        self._numbers: dict[tuple[int, Span], int] = {}  # of list items, by depth and lines

    def read(self) -> Iterator[Passage]:
        for block in self._blocks:
            line, end = block.line + 1, block.end + 1
            if block.kind == "row":
                yield from self._row(block, line, end)
            elif block.kind == "code":
                yield Passage(
                    "code", block.text, line, end, 0, self._items(block),
                    info=block.info, is_closed=block.is_closed,
                )  # fmt: skip
            elif block.kind == "html":
                yield Passage("text", _HTML.sub("", block.text), line, end, 0, self._items(block))
            elif block.kind in ("heading", "text"):
                yield self._text(block, block.text, line, end)

    def _items(self, block: Block) -> tuple[int, ...]:
        """Return numbers for the list items that a block is in."""
        known = self._numbers
        return tuple(known.setdefault(item, len(known)) for item in enumerate(block.items))

    def _row(self, block: Block, line: int, end: int) -> Iterator[Passage]:
        if block.is_head:
            self._heads = []
        for number, cell in enumerate(block.cells):
            known = not block.is_head and number < len(self._heads)
            column = self._heads[number] if known else ""
            passage = self._text(block, cell, line, end, column)
            if block.is_head:
                self._heads.append(passage.text)
            yield passage

    def _text(self, block: Block, content: str, line: int, end: int, column: str = "") -> Passage:
        start, stop = self._document.offset(line - 1), self._document.offset(end - 1)
        found = self._inline.read(content, start, stop)
        return Passage(
            "heading" if block.level else "text", found.text, line, end,
            block.level, self._items(block),
            links=found.links, column=column, places=found.places, atoms=found.atoms,
        )  # fmt: skip
