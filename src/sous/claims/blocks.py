"""A report as blocks of text and code in their order, by a CommonMark parser; each knows its place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from sous.document.markdown import FRONT_MATTER
from sous.lines import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_HTML = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)


class Link(NamedTuple):
    """A link: where it leads; where it and its destination (None: elsewhere) stand in the report.

    Its text's place.
    """

    href: str
    start: int
    end: int
    to: tuple[int, int] | None
    shown: tuple[int, int]


class Spot(NamedTuple):
    """Where something stands in a report, as offsets: it itself, what of it is seen, and where a mark to it goes.

    `prefix`: what the line begins with that a mark needs for itself (None: it stands behind other text).
    """

    start: int
    end: int
    shown: tuple[int, int]
    mark_at: int
    prefix: str | None = None


@dataclass(frozen=True)
class Block:
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

    def line_of(self, at: int) -> int:
        """Return the line of the report that an offset in the text is in."""
        return self.line + bisect_right(self._ends, at - 1)

    def in_report(self, at: int) -> int | None:
        """Return where in the report an offset in the text is."""
        number = bisect_right(self.places, (at, 1 << 60)) - 1
        return self.places[number][1] + at - self.places[number][0] if number >= 0 else None


class Report:
    """The text of a report, its blocks, and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = line_starts(text)
        self.blocks = _Reader(text, self.starts).read()

    def start(self, line: int) -> int:
        """Return the offset where a line (from 1) begins; that of the end for lines behind it."""
        return self.starts[line - 1] if line <= len(self.starts) else len(self.text)

    def spot(self, block: Block, at: int, said: str, line: int) -> Spot | None:
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
        behind = max((end for first, end in block.atoms if first <= last < end), default=last + 1)
        return Spot(start, last + 1, (start, last + 1), _behind_marks(self.text, behind))

    def spot_of_link(self, link: Link) -> Spot:
        """Return where the destination of a link stands; a mark goes behind the link."""
        start, end = link.to or (link.end, link.end)
        return Spot(start, end, link.shown, link.end)

    def _spot_in_code(self, block: Block, said: str, line: int) -> Spot:
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
        return Spot(start, end, (start, end), at, prefix)


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a report."""
    return Report(text).blocks


def _behind_marks(text: str, at: int) -> int:
    """Return the place behind marks of emphasis that close."""
    match = re.compile(r"[*_]*").match(text, at)
    return match.end() if match else at


class _Reader:
    """Reads a report.

    One that stands in a single fence as a whole is read as what is in the fence.
    """

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self._text = text
        self._starts = starts
        self._cursor = 0  # up to here the report is accounted for
        self._end = len(text)  # of the block that is read
        self._items: list[int] = []
        self._level = 0  # of the heading that is read
        self._heads: list[str] = []  # of the columns of the table that is read
        self._in_head = False
        self._column = -1
        self._pieces: list[str] = []
        self._size = 0
        self._places: list[tuple[int, int]] = []
        self._atoms: list[tuple[int, int]] = []
        self._links: list[Link] = []

    def read(self) -> list[Block]:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark").enable("table").disable("text_join")
        front = FRONT_MATTER.match(self._text)
        text = f" {self._text[1:]}" if self._text.startswith("\ufeff") else self._text
        if front:  # would be read as a rule and a heading
            text = re.sub(r"[^\r\n]", "", front[0]) + text[front.end() :]
        tokens = parser.parse(text)
        if (
            len(tokens) == 1
            and tokens[0].type == "fence"
            and tokens[0].info.strip().lower() in ("", "md", "markdown")
        ):
            inner = parser.parse(tokens[0].content)
            if any(token.type == "heading_open" for token in inner):
                return list(self._blocks(inner, (tokens[0].map or [0])[0] + 1))
        return list(self._blocks(tokens, 0))

    def _offset(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def _blocks(self, tokens: Sequence[Token], offset: int) -> Iterator[Block]:
        at = 0  # lines before the block, for tokens that have no map of their own
        for number, token in enumerate(tokens):
            if token.map:
                at = token.map[0]
            last = token.map[1] if token.map else at + 1
            line, end = at + offset + 1, last + offset + 1
            self._list_or_heading(token, number)
            self._table(token)
            if token.type == "inline":
                self._cursor, self._end = (
                    max(self._cursor, self._offset(line - 1)),
                    self._offset(end - 1),
                )
                yield self._inline(token, line, end)
            elif token.type in ("fence", "code_block"):
                is_closed = token.type == "code_block" or self._has_closing(token, line, end)
                info = token.info.strip()
                yield Block(
                    "code",
                    token.content,
                    line,
                    end,
                    0,
                    tuple(self._items),
                    info=info,
                    is_closed=is_closed,
                )
            elif token.type == "html_block":
                yield Block("text", _HTML.sub("", token.content), line, end, 0, tuple(self._items))

    def _list_or_heading(self, token: Token, number: int) -> None:
        if token.type == "list_item_open":
            self._items.append(number)
        elif token.type == "list_item_close":
            self._items.pop()
        elif token.type in ("heading_open", "heading_close"):
            self._level = int(token.tag[1:]) if token.nesting > 0 else 0

    def _table(self, token: Token) -> None:
        if token.type in ("thead_open", "thead_close"):
            self._in_head = token.nesting > 0
            self._heads = [] if self._in_head else self._heads
        elif token.type == "tr_open":
            self._column = -1
        elif token.type in ("th_open", "td_open"):
            self._column += 1
        elif token.type == "table_close":
            self._heads = []

    def _has_closing(self, token: Token, line: int, end: int) -> bool:
        closing = self._text[self._offset(end - 2) : self._offset(end - 1)].strip(" \t>\r\n")
        return (
            end - line > 1
            and closing.startswith(token.markup)
            and not closing.strip(token.markup[:1])
        )

    def _inline(self, inline: Token, line: int, end: int) -> Block:
        """Return a block with the text of an inline token, and where each piece of it stands."""
        self._pieces, self._size = [], 0
        self._places, self._atoms, self._links = [], [], []
        # links: with where they begin in the report and in the text
        opened: list[tuple[Token, int, int]] = []
        for child in inline.children or ():
            if child.type == "link_open":
                opened.append(
                    (child, self._find("<" if child.markup == "autolink" else "["), self._size)
                )
            elif child.type == "link_close" and opened:
                self._close_link(*opened.pop())
            elif child.type == "image":
                start = self._find("![")
                self._skip(f"![{child.content}")
                self._close_link(child, start, self._size)
            else:
                self._piece(child)
        text = "".join(self._pieces)
        column = ""
        if self._in_head:
            self._heads.append(text)
        elif 0 <= self._column < len(self._heads):
            column = self._heads[self._column]
        return Block(
            "heading" if self._level else "text", text, line, end, self._level, tuple(self._items), column=column,
            links=tuple(self._links), places=tuple(self._places), atoms=tuple(self._atoms),
        )  # fmt: skip

    def _piece(self, token: Token) -> None:
        if token.type == "code_inline":
            self._code_span(token)
        elif token.type in ("text", "text_special"):
            source = token.content if token.type == "text" else token.markup
            self._add(token.content.replace("`", "'"), source)
        elif token.type == "html_inline":
            self._skip(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            self._pieces.append("\n")
            self._size += 1
            self._cursor = self._next_line()
        elif token.nesting and token.markup in ("**", "__", "_"):
            self._add(token.markup, token.markup)

    def _find(self, text: str) -> int:
        found = self._text.find(text, self._cursor, self._end)
        return found if found >= 0 else self._cursor

    def _skip(self, text: str) -> None:
        found = self._text.find(text, self._cursor, self._end)
        self._cursor = found + len(text) if found >= 0 else self._cursor

    def _next_line(self) -> int:
        number = bisect_right(self._starts, self._cursor)
        return self._starts[number] if number < len(self._starts) else self._cursor

    def _add(self, piece: str, source: str) -> None:
        """Take a piece of text that stands as `source` in the report."""
        if not piece:
            return
        self._places.append((self._size, self._find(source)))
        self._pieces.append(piece)
        self._size += len(piece)
        self._skip(source)

    def _code_span(self, token: Token) -> None:
        opening = self._find(token.markup)
        inside = opening + len(token.markup)
        closing = self._text.find(token.markup, inside, self._end)
        closing = closing if closing >= 0 else self._end
        blanks = closing - inside - len(token.content)  # one on each side is no part of it
        self._places += [
            (self._size, inside - 1),
            (self._size + 1, inside + (blanks // 2 if blanks > 0 else 0)),
        ]
        self._cursor = min(self._end, closing + len(token.markup))
        self._places.append((self._size + len(token.content) + 1, self._cursor - 1))
        self._atoms.append((opening, self._cursor))
        self._pieces.append(f"`{token.content}`")
        self._size += len(token.content) + 2

    def _close_link(self, token: Token, start: int, text_at: int) -> None:
        from markdown_it.helpers import parseLinkDestination, parseLinkTitle

        href = str(token.attrs.get("href" if token.type == "link_open" else "src", ""))
        shown = (self._places_from(text_at, start), self._cursor)
        if token.markup == "autolink":
            self._skip(">")
            to = None
        else:
            self._skip("]")
            to, following = None, self._text[self._cursor : self._cursor + 1]
            if following == "(":
                at = self._blanks(self._cursor + 1)
                found = parseLinkDestination(self._text, at, self._end)
                if found.ok:
                    bracket = int(self._text[at : at + 1] == "<")
                    to = (at + bracket, found.pos - bracket)
                    title_at = self._blanks(found.pos)
                    title = (
                        parseLinkTitle(self._text, title_at, self._end)
                        if title_at > found.pos
                        else None
                    )
                    self._cursor = self._blanks(title.pos if title and title.ok else found.pos)
                    self._skip(")")
            elif following == "[":
                self._skip("]")
        self._atoms.append((start, self._cursor))
        self._links.append(Link(href, start, self._cursor, to, shown))

    def _places_from(self, at: int, default: int) -> int:
        number = bisect_left(self._places, (at, -1))
        return self._places[number][1] if number < len(self._places) else default + 1

    def _blanks(self, at: int) -> int:
        while at < self._end and self._text[at] in " \t\r\n":
            at += 1
        return at
