"""What is inside a text of markdown: words, code spans and links, at offsets of the file."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class Link(NamedTuple):
    """A link: where it leads; where it and its destination (None: elsewhere) stand in the file.

    `shown`: where its text does.
    """

    href: str
    start: int
    end: int
    to: tuple[int, int] | None
    shown: tuple[int, int]


class Inline(NamedTuple):
    """A text with code spans between backticks, bold between `**`, all other marks off.

    `places`: pairs of offsets in `text` and in the file, for each piece; `atoms`: from where to
    where in the file a code span or a link stands.
    """

    text: str
    places: tuple[tuple[int, int], ...]
    atoms: tuple[tuple[int, int], ...]
    links: tuple[Link, ...]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("text_join")


class InlineReader:
    """Reads the texts of a file in their order.

    `references`: what links of the form `[a][b]` lead to, as the parse of the file found it.
    """

    def __init__(
        self, text: str, starts: Sequence[int], references: MutableMapping[str, Any]
    ) -> None:
        self._text = text
        self._starts = starts
        self._references = references
        self._cursor = 0  # up to here the file is accounted for
        self._end = len(text)  # of the block that is read
        self._begin()

    def _begin(self) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self._places: list[tuple[int, int]] = []
        self._atoms: list[tuple[int, int]] = []
        self._links: list[Link] = []

    def read(self, content: str, start: int, end: int) -> Inline:
        """Return what a text says that stands from one offset to another."""
        tokens: list[Token] = []
        parser = _parser()
        parser.inline.parse(content.replace("\0", "\ufffd"), parser, self._references, tokens)
        self._begin()
        self._cursor, self._end = max(self._cursor, start), end
        opened: list[tuple[Token, int, int]] = []  # links: where they begin in the file, the text
        for token in tokens:
            if token.type == "link_open":
                mark = "<" if token.markup == "autolink" else "["
                opened.append((token, self._find(mark), self._size))
            elif token.type == "link_close" and opened:
                self._close_link(*opened.pop())
            elif token.type == "image":
                begin = self._find("![")
                self._skip(f"![{token.content}")
                self._close_link(token, begin, self._size)
            else:
                self._piece(token)
        text = "".join(self._pieces)
        return Inline(text, tuple(self._places), tuple(self._atoms), tuple(self._links))

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
        """Take a piece of text that stands as `source` in the file."""
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
        href = str(token.attrs.get("href" if token.type == "link_open" else "src", ""))
        shown = (self._places_from(text_at, start), self._cursor)
        to = None
        if token.markup == "autolink":
            self._skip(">")
        else:
            self._skip("]")
            following = self._text[self._cursor : self._cursor + 1]
            if following == "(":
                to = self._destination()
            elif following == "[":
                self._skip("]")
        self._atoms.append((start, self._cursor))
        self._links.append(Link(href, start, self._cursor, to, shown))

    def _destination(self) -> tuple[int, int] | None:
        """Return where the destination of a link stands, and go behind the link."""
        from markdown_it.helpers import parseLinkDestination, parseLinkTitle

        at = self._blanks(self._cursor + 1)
        found = parseLinkDestination(self._text, at, self._end)
        if not found.ok:
            return None
        behind = title_at = self._blanks(found.pos)
        if title_at > found.pos:
            title = parseLinkTitle(self._text, title_at, self._end)
            behind = self._blanks(title.pos) if title.ok else title_at
        self._cursor = behind
        self._skip(")")
        bracket = int(self._text[at : at + 1] == "<")
        return at + bracket, found.pos - bracket

    def _places_from(self, at: int, default: int) -> int:
        number = bisect_left(self._places, (at, -1))
        return self._places[number][1] if number < len(self._places) else default + 1

    def _blanks(self, at: int) -> int:
        while at < self._end and self._text[at] in " \t\r\n":
            at += 1
        return at
