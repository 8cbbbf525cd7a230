"""The blocks of a markdown file in their order, by one pass of a CommonMark parser.

Each knows its lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.document.fences import fence_line
from sous.document.fields import field_in

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# levels: 50 lists in lists; what is deeper is not parsed, so that no text exhausts the stack
_DEEPEST = 100


class Span(NamedTuple):
    """Lines, from 0: the first, and the one behind the last."""

    line: int
    end: int


class Block(NamedTuple):
    """A heading, a text (a paragraph), a row of a table, code, HTML, or a rule.

    `line` and `end`: its lines, from 0; `text`: its source without what marks the kind; `level` of
    a heading. `items`: the list items that it is in, outermost first; `is_first`: it is the first
    text of the last of them. `quotes`: how many quotes it is in; `marks`: of a heading, or the
    fence of a block of code (empty: indented). `heads` and `cells` of a row: the names of the
    columns, and what stands in them; `is_head`: it names them.
    """

    kind: str
    line: int
    end: int
    text: str = ""
    level: int = 0
    items: tuple[Span, ...] = ()
    is_first: bool = False
    quotes: int = 0
    marks: str = ""
    info: str = ""
    is_closed: bool = True
    heads: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    is_head: bool = False

    @property
    def is_outside(self) -> bool:
        """Whether it is in no list and no quote."""
        return not self.items and not self.quotes


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.options["maxNesting"] = _DEEPEST
    return parser


def read_blocks(
    lines: Sequence[str], references: MutableMapping[str, Any] | None = None
) -> list[Block]:
    """Return the blocks of a text; what is inside a line is not parsed.

    `references` takes what links lead to that are defined in the text.
    """
    tokens: list[Token] = []
    parser = _parser()
    found = {} if references is None else references
    parser.block.parse("\n".join(lines).replace("\0", "\ufffd"), parser, found, tokens)
    return _Walk(lines).blocks_of(tokens)


class _Walk:
    """Goes over tokens and keeps where it is."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._found: list[Block] = []
        self._items: list[Span] = []
        self._fresh: list[bool] = []  # of each open item: no text of it was seen
        self._quotes = 0
        self._heading: Token | None = None
        self._row: Span | None = None
        self._heads: tuple[str, ...] = ()
        self._cells: list[str] = []
        self._in_head = False

    def blocks_of(self, tokens: Sequence[Token]) -> list[Block]:
        for token in tokens:
            kind, _, side = token.type.rpartition("_")
            if side in ("open", "close"):
                self._open_or_close(kind, token)
            elif token.map:
                self._leaf(token, Span(token.map[0], min(token.map[1], len(self._lines))))
        return self._found

    def _open_or_close(self, kind: str, token: Token) -> None:
        is_open = token.nesting > 0
        if kind == "list_item":
            self._item(token)
        elif kind == "blockquote":
            self._quotes += token.nesting
        elif kind == "heading":
            self._heading = token if is_open else None
        elif kind == "thead":
            self._in_head = is_open
            self._heads = () if is_open else self._heads
        elif kind == "tr":
            self._table_row(token)

    def _item(self, token: Token) -> None:
        if token.nesting < 0:
            self._items.pop()
            self._fresh.pop()
            return
        first, end = token.map or (0, 0)
        self._items.append(Span(first, end))
        self._fresh.append(True)

    def _table_row(self, token: Token) -> None:
        if token.map and token.nesting > 0:
            self._row, self._cells = Span(token.map[0], token.map[1]), []
        elif self._row and self._cells:
            cells = tuple(self._cells)
            self._add(
                Block("row", *self._row, heads=self._heads, cells=cells, is_head=self._in_head)
            )
            if self._in_head:
                self._heads = tuple(cell.strip().lower() for cell in cells)
            self._row = None

    def _leaf(self, token: Token, at: Span) -> None:
        if token.type == "inline":
            self._inline(token, at)
        elif token.type == "fence":
            is_closed, info = self._is_closed(token, at), token.info.strip()
            self._add(
                Block(
                    "code", *at, token.content, marks=token.markup, info=info, is_closed=is_closed
                )
            )
        elif token.type == "code_block":
            self._add(Block("code", *at, token.content))
        elif token.type == "html_block":
            self._add(Block("html", *at, token.content))
        elif token.type == "hr":
            self._add(Block("rule", *at))

    def _inline(self, token: Token, at: Span) -> None:
        if self._row is not None:
            self._cells.append(token.content)
        elif self._heading is not None and not _is_underlined_field(self._heading, token):
            level = int(self._heading.tag[1:])
            self._add(Block("heading", *at, token.content, level=level, marks=self._heading.markup))
        else:
            is_first = bool(self._fresh) and self._fresh[-1]
            if is_first and not self._quotes:
                self._fresh[-1] = False
            self._add(Block("text", *at, token.content, is_first=is_first))

    def _is_closed(self, token: Token, at: Span) -> bool:
        """Tell whether the last line of a block is its own fence."""
        line = self._lines[at.end - 1]
        last = (
            fence_line(line if self._quotes else line.replace(">", "x"))
            if at.end - at.line > 1
            else None
        )
        return last is not None and last.closes(token.markup)

    def _add(self, block: Block) -> None:
        self._found.append(block._replace(items=tuple(self._items), quotes=self._quotes))


def _is_underlined_field(heading: Token, inline: Token) -> bool:
    """Tell whether what a parser takes for a heading is a field with a rule below it."""
    field = (
        field_in(inline.content.rpartition("\n")[2], is_item=False)
        if heading.markup == "-"
        else None
    )
    return field is not None and field.kind == "bold" and bool(field.value)
