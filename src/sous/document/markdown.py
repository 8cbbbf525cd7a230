"""A markdown file, parsed once: blocks, headings, fences, boxes, fields, at exact offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.document.blocks import Block, read_blocks
from sous.document.boxes import box_line
from sous.document.fields import FieldText, field_in
from sous.document.mend import mended, rejoined
from sous.lines import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.blocks import Span

FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?:(?!---[ \t]*\r?$)[^\n]*\n){0,200}---[ \t]*\r?$", re.MULTILINE
)
_LINE_END = re.compile(r"\r\n?|\n")
_BULLET = re.compile(r"(?P<head>[ \t]*[-*+][ \t]+)[^\s`~<>]")
_OPENS_INSIDE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:```|~~~|<)"
)  # a list, a quote
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Place(NamedTuple):
    """From where to where something stands in the text."""

    start: int
    end: int


class Box(NamedTuple):
    """A check box: its text, whether it is ticked, depth from 0, line from 1, place of its mark.

    `state`: open, in progress, dropped or done.
    """

    text: str
    done: bool
    depth: int
    line: int
    mark: Place
    state: str = "open"


class Field(NamedTuple):
    """A named value, the line (from 0) that it begins in, and where it stands.

    `said` says what it is.
    """

    said: FieldText
    line: int
    place: Place


class Document:
    """A text and what stands in it.

    `lines` are those that the parser reads: without their ends, a byte order mark and front matter,
    fences mended; line for line those of the text. `wrapped`: which of them stand in a block of
    markdown.
    """

    def __init__(self, text: str, *, is_unwrapped: bool = False) -> None:
        self.text = text
        self.starts = line_starts(text)
        self.front_matter = _front_matter(text)
        lines: list[str] = _LINE_END.split(text)
        lines[0] = lines[0].removeprefix("\ufeff")
        if self.front_matter:
            behind = self.line_at(self.front_matter.end) + 1
            lines[:behind] = [""] * behind
        self.wrapped = [False] * len(lines)
        if is_unwrapped:
            lines, self.wrapped = mended(lines)
        self.lines = rejoined(lines)
        self.references: dict[str, Any] = {}  # what links lead to, known with the blocks

    @cached_property
    def written(self) -> list[str]:
        """The lines as they stand in the text, without their ends."""
        return _LINE_END.split(self.text)

    def offset(self, line: int) -> int:
        """Return the offset where a line (from 0) begins.

        That of the end for lines behind the last.
        """
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def line_at(self, offset: int) -> int:
        """Return the line, from 0, that an offset is in."""
        return bisect_right(self.starts, offset) - 1

    def place(self, span: Block | Span) -> Place:
        """Return where lines stand, with the end of the last."""
        return Place(self.offset(span.line), self.offset(span.end))

    def source(self, span: Block | Span) -> str:
        """Return lines as they stand in the text."""
        return self.text[self.offset(span.line) : self.offset(span.end)]

    @cached_property
    def blocks(self) -> list[Block]:
        """All blocks in their order."""
        return read_blocks(self.lines, self.references)

    @cached_property
    def headings(self) -> list[Block]:
        """The headings that are in no list and no quote."""
        return [block for block in self.blocks if block.kind == "heading" and block.is_outside]

    @cached_property
    def titles(self) -> list[Block]:
        """The headings `## …`; an underlined line may be a paragraph before a rule."""
        return [block for block in self.headings if block.marks.startswith("#")]

    @cached_property
    def fences(self) -> list[Block]:
        """The blocks of code that have fences, those in lists and quotes too."""
        if not any("```" in line or "~~~" in line for line in self.lines):
            return []
        return [block for block in self._thinned() if block.kind == "code" and block.marks]

    def _thinned(self) -> list[Block]:
        """Return blocks without a parse of what says nothing of a fence or a comment."""
        return self.blocks if "blocks" in self.__dict__ else self._blocks_of_thinned

    @cached_property
    def _blocks_of_thinned(self) -> list[Block]:
        kept = _telling(self.lines)
        return [
            block._replace(line=kept[block.line], end=kept[block.end - 1] + 1)
            for block in read_blocks([self.lines[at] for at in kept])
        ]

    def content(self, fence: Block) -> Place:
        """Return where what is in a block of code stands, its fences off."""
        first = fence.line + bool(fence.marks)
        last = fence.end - (bool(fence.marks) and fence.is_closed)
        return Place(self.offset(first), self.offset(max(first, last)))

    @cached_property
    def comments(self) -> list[Place]:
        """The HTML comments that are no part of a line of text."""
        if "<!--" not in self.text:
            return []
        found = []
        for block in self.blocks:
            if block.kind == "html":
                start, end = self.place(block)
                found += [
                    Place(*match.span()) for match in _COMMENT.finditer(self.text, start, end)
                ]
        return found

    def is_hidden(self, offset: int) -> bool:
        """Tell whether what is at an offset is in a comment, which may be open to the end."""
        number = bisect_right(self._hidden, offset, key=lambda place: place.start) - 1
        return number >= 0 and offset < self._hidden[number].end

    @cached_property
    def _hidden(self) -> list[Place]:
        if "<!--" not in self.text:
            return []
        found = []
        for block in self._thinned():
            if block.kind == "html":
                start, end = self.place(block)
                hidden = _HIDDEN.finditer(self.text, start, end)
                found += [Place(*match.span()) for match in hidden]
        return found

    @cached_property
    def fenced(self) -> list[bool]:
        """Of each line whether it is in a block of code with fences, these too."""
        found = [False] * len(self.lines)
        for fence in self.fences:
            found[fence.line : fence.end] = [True] * (fence.end - fence.line)
        return found

    def is_code(self, offset: int) -> bool:
        """Tell whether what is at an offset is in a block of code."""
        line = self.line_at(offset)
        return self.fenced[line] or line in self._indented

    @cached_property
    def _indented(self) -> set[int]:
        code = [block for block in self.blocks if block.kind == "code" and not block.marks]
        return {line for block in code for line in range(block.line, block.end)}

    @cached_property
    def boxes(self) -> list[Box]:
        """The check boxes outside of fences; depth comes from nesting, not from columns."""
        found: list[Box] = []
        indents: list[int] = []
        for at, line in enumerate(self.lines):
            if self.fenced[at]:
                continue
            box = box_line(line)
            if box and self.is_hidden(self.offset(at) + box.mark[0]):
                continue
            if box is None:
                if line.strip() and not line[0].isspace():
                    indents = []
                continue
            while indents and indents[-1] >= box.indent:
                indents.pop()
            start = self.starts[at] + (at == 0 and self.text.startswith("\ufeff"))
            mark = Place(start + box.mark[0], start + box.mark[1])
            depth = 0 if box.is_cell else len(indents)
            found.append(Box(box.text, box.done, depth, at + 1, mark, box.state))
            if not box.is_cell:
                indents.append(box.indent)
        return found

    @cached_property
    def fields(self) -> list[Field]:
        """The named values in paragraphs and list items, in no quote."""
        return [field for block in self.blocks for field in self.fields_of(block)]

    def fields_of(self, block: Block) -> Iterator[Field]:
        """Yield the named values in a text."""
        if block.kind != "text" or block.quotes:
            return
        for number, line in enumerate(block.text.split("\n")):
            said = field_in(line, is_item=block.is_first and number == 0)
            if said:
                at = block.line + number
                yield Field(said, at, Place(self.offset(at), self.offset(at + 1)))

    def sections(self, level: int) -> Iterator[tuple[Block, int]]:
        """Yield the headings `## …` of a level, and the line of the next one."""
        found = [block for block in self.titles if block.level == level]
        for block, following in zip_longest(found, found[1:]):
            yield block, following.line if following else len(self.lines)

    @cached_property
    def is_open(self) -> str:
        """What would end a block of code or a comment that is open at the end of the text.

        Empty: nothing is.
        """
        last = self.blocks[-1] if self.blocks else None
        if last is None or not last.is_outside or last.end < len(self.lines) - (not self.lines[-1]):
            return ""  # what is open in a list or a quote ends with that
        if last.kind == "code" and last.marks and not last.is_closed:
            return last.marks
        if last.kind == "html" and last.text.rfind("<!--") > last.text.rfind("-->"):
            return "-->"
        return ""


def _telling(lines: Sequence[str]) -> list[int]:
    """Return which lines say what contains a fence or a comment.

    Where all that opens one begins its line, what stands between says nothing but that it is text,
    and that a line is empty. Else of items alike in a list the last is enough.
    """
    if any(map(_is_inside, lines)):
        return _without_alike(lines)
    kept = []
    has_gap = False
    for at, line in enumerate(lines):
        is_gap = not (has_gap or line.strip())
        following = lines[at + 1] if at + 1 < len(lines) else "```"
        if is_gap or _may_open(line) or _may_open(following):
            kept.append(at)
        has_gap = not _may_open(line) and (has_gap or is_gap)
    return kept


def _without_alike(lines: Sequence[str]) -> list[int]:
    heads = [match["head"] if (match := _BULLET.match(line)) else "" for line in lines]
    return [
        at
        for at, (head, following) in enumerate(zip_longest(heads, heads[1:], fillvalue=""))
        if not head or head != following or _may_open(lines[at])
    ]


def _is_inside(line: str) -> bool:
    """Tell whether a line may open a fence or a comment in a list, a quote or indented."""
    return not line.startswith(("`", "~", "<")) and bool(_OPENS_INSIDE.match(line))


def _may_open(line: str) -> bool:
    """Tell whether a line may begin or end a fence, a comment or other HTML."""
    return any(mark in line for mark in ("```", "~~~", "<", "-->", "?>", "]]>"))


def _front_matter(text: str) -> Place | None:
    match = FRONT_MATTER.match(text)
    return Place(*match.span()) if match else None


@lru_cache(maxsize=4)
def parse(text: str) -> Document:
    """Return a text as it is: what a CommonMark parser takes for code is code."""
    return Document(text)


def unwrapped(text: str) -> Document:
    """Return a text with its blocks of markdown read as text, and broken fences mended."""
    return Document(text, is_unwrapped=True)


def closed(text: str) -> str:
    """Return a text that swallows nothing behind it: an open fence or comment is closed."""
    text = text.rstrip("\n") + "\n"
    end = Document(text).is_open
    return f"{text}{end}\n" if end else text
