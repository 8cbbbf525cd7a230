"""A report as blocks of text and code in the order in which they stand, by a CommonMark parser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_BREAKS = {"softbreak": "\n", "hardbreak": "\n"}


@dataclass(frozen=True)
class Block:
    """A heading, a text (a paragraph, a cell) or a block of code.

    `text` has code spans between backticks, bold between `**` and underscores as they are, all other marks off;
    that of code is as it stands.
    `line` and `end`: its first line in the report and the one behind its last, from 1; `level` of a heading from 1,
    else 0; `items`: the list items that it is in, outermost first; `info` what stands behind the fence; `links`: where
    they lead.
    """

    kind: Literal["heading", "text", "code"]
    text: str
    line: int
    end: int
    level: int = 0
    items: tuple[int, ...] = ()
    info: str = ""
    links: tuple[str, ...] = field(default=())

    @property
    def first_code_line(self) -> int:
        """The line of the report where the text of a block of code begins."""
        return self.line + 1 if self.info or self.end - self.line > self.text.count("\n") else self.line


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a report. One that stands in a single fence as a whole is read as what is in the fence."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(text)
    if len(tokens) == 1 and tokens[0].type == "fence" and tokens[0].info.strip().lower() in ("", "md", "markdown"):
        inner = parser.parse(tokens[0].content)
        if any(token.type == "heading_open" for token in inner):
            return list(_blocks(inner, 1))
    return list(_blocks(tokens, 0))


def _blocks(tokens: Sequence[Token], offset: int) -> Iterator[Block]:
    items: list[int] = []
    level = 0
    at = 0  # lines before the block, for tokens that have no map of their own
    for number, token in enumerate(tokens):
        if token.map:
            at = token.map[0]
        end = (token.map[1] if token.map else at + 1) + offset + 1
        line = at + offset + 1
        if token.type == "list_item_open":
            items.append(number)
        elif token.type == "list_item_close":
            items.pop()
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            kind: Literal["heading", "text"] = "heading" if level else "text"
            flat, links = _flattened(token)
            yield Block(kind, flat, line, end, level, tuple(items), links=links)
        elif token.type in ("fence", "code_block"):
            yield Block("code", token.content, line, end, 0, tuple(items), info=token.info.strip())
        elif token.type == "html_block":
            yield Block(
                "text",
                re.sub(r"<!--.*?(?:-->|\Z)|<[^<>]*>", "", token.content, flags=re.DOTALL),
                line,
                end,
                0,
                tuple(items),
            )


def _flattened(inline: Token) -> tuple[str, tuple[str, ...]]:
    pieces: list[str] = []
    links: list[str] = []
    for child in inline.children or ():
        if child.type == "code_inline":
            pieces.append(f"`{child.content}`")
        elif child.type in ("text", "text_special"):
            pieces.append(child.content.replace("`", "'"))
        elif child.type in ("link_open", "image"):
            links.append(str(child.attrs.get("href" if child.type == "link_open" else "src", "")))
        else:
            pieces.append(_BREAKS.get(child.type) or _mark_of(child))
    return "".join(pieces), tuple(links)


def _mark_of(token: Token) -> str:
    """Return the mark of emphasis that is kept: of bold, and underscores, which may be part of a name."""
    return token.markup if token.markup in ("**", "__", "_") and token.nesting else ""
