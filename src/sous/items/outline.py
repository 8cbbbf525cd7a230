"""What in a markdown file can be the title of an item, and the fields around: fences mended."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import cell_box, without_box
from sous.document.counted import marked
from sous.document.fields import plain_name
from sous.document.markdown import unwrapped
from sous.items.words import without_litter
from sous.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.blocks import Block
    from sous.document.markdown import Document

_MOST = 2_000  # characters of a title that are looked at
_BOLD = re.compile(r"^(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)(?P<rest>.*)$", re.DOTALL)
_COUNTED = re.compile(
    r"^(?:\*\*|__)(?P<bold>[^*_\n]+?):?(?:\*\*|__)\s*:?[ \t]*(?P<rest>\S[^\n]*)"
)  # **Issue 1**: title
_CREATE = re.compile(r"gh issue create\b")
_TITLE_OPTION = re.compile(
    r"(?:--title|-t)[ =]+(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^']*)')"
)


class Node(NamedTuple):
    """A line that can be the title of an item: `kind` is heading, bold, list (bold in it), item, box, row or command.

    `line` to `end` (from 0, behind the last) is the title itself, `stop` where a list item or a row ends (0: open);
    `text` its source without what marks the kind, and without the `box` before it (`[x]`; empty: none); `rest` what
    follows a bold title in its line; `is_wrapped`: it is inside a fence of markdown.
    """

    kind: str
    level: int
    line: int
    end: int
    text: str
    stop: int = 0
    rest: str = ""
    is_wrapped: bool = False
    cells: tuple[tuple[str, str], ...] = ()
    box: str = ""


class Field(NamedTuple):
    """A named value: its lower-case name, the value, its line from 0, the `box` before it.

    `kind`: bold, plain, name alone, or heading.
    """

    name: str
    value: str
    line: int
    kind: str
    box: str = ""


@dataclass(frozen=True)
class Outline:
    """The nodes and fields of a file in their order, the lines that are rules between sections, how many lines it has.

    `codes`: blocks of code, each its first and last line and what is in it.
    """

    nodes: Sequence[Node]
    fields: Sequence[Field]
    rules: Sequence[int]
    lines: int
    codes: Sequence[tuple[int, int, str]]

    @cached_property
    def headings(self) -> list[Node]:
        """The nodes that are headings."""
        return [node for node in self.nodes if node.kind == "heading"]

    @cached_property
    def _heading_lines(self) -> list[int]:
        return [node.line for node in self.headings]

    @cached_property
    def _field_lines(self) -> list[int]:
        return [field.line for field in self.fields]

    def fields_between(self, first: int, last: int) -> Sequence[Field]:
        """Return the fields from one line to before another."""
        return self.fields[
            bisect_left(self._field_lines, first) : bisect_left(self._field_lines, last)
        ]

    def headings_between(self, first: int, last: int) -> Sequence[Node]:
        """Return the headings from one line to before another."""
        return self.headings[
            bisect_left(self._heading_lines, first) : bisect_left(self._heading_lines, last)
        ]

    @cached_property
    def _node_lines(self) -> list[int]:
        return [node.line for node in self.nodes]

    def nodes_between(self, first: int, last: int) -> Sequence[Node]:
        """Return the nodes from one line to before another."""
        return self.nodes[
            bisect_left(self._node_lines, first) : bisect_left(self._node_lines, last)
        ]

    def rules_between(self, first: int, last: int) -> Sequence[int]:
        """Return the rules between two lines."""
        return self.rules[bisect_left(self.rules, first + 1) : bisect_left(self.rules, last)]

    @cached_property
    def _parents(self) -> list[int]:
        """For each heading the place of the one that it stands under, -1 where there is none."""
        found: list[int] = []
        for at, node in enumerate(self.headings):
            above = at - 1
            while above >= 0 and self.headings[above].level >= node.level:
                above = found[above]
            found.append(above)
        return found

    def above(self, node: Node) -> list[str]:
        """Return the texts of the headings that a node stands under, the nearest first."""
        at = bisect_left(self._heading_lines, node.line)
        if node.kind == "heading":
            at = self._parents[at] if at < len(self.headings) else -1
        else:
            at -= 1
        texts = []
        while at >= 0:
            texts.append(self.headings[at].text)
            at = self._parents[at]
        return texts


def read_outline(text: str) -> Outline:
    """Return the outline of a markdown file."""
    document = unwrapped(without_litter(text))
    reader = _Reader(document)
    reader.read()
    lines = len(document.lines) - (not document.lines[-1])
    return Outline(reader.nodes, reader.fields, reader.rules, lines, reader.codes)


class _Reader:
    """Reads blocks into nodes and fields."""

    def __init__(self, document: Document) -> None:
        self.nodes: list[Node] = []
        self.fields: list[Field] = []
        self.rules: list[int] = []
        self.codes: list[tuple[int, int, str]] = []
        self._document = document
        self._wrapped = document.wrapped

    def read(self) -> None:
        for block in self._document.blocks:
            if block.kind == "code":
                self.codes.append((block.line, block.end, block.text))
                self._command(block)
            elif block.kind == "rule" and block.is_outside:
                self.rules.append(block.line)
            elif block.kind == "heading" and block.is_outside:
                self._heading(block)
            elif block.kind == "row" and block.is_outside and not block.is_head:
                self._row(block)
            elif block.kind == "text" and not block.quotes:
                self._paragraph(block)
        self.nodes.sort(key=lambda node: node.line)
        self.fields.sort(key=lambda field: field.line)

    def _heading(self, block: Block) -> None:
        box, text = without_box(_on_one_line(block.text))
        self.nodes.append(
            Node(
                "heading",
                block.level,
                block.line,
                block.end,
                text,
                0,
                "",
                self._wrapped[block.line],
                (),
                box,
            )
        )
        self.fields.append(Field(plain_name(text), "", block.line, "heading"))

    def _row(self, block: Block) -> None:
        box, first = cell_box(block.cells[0])
        cells = tuple(zip(block.heads, (first, *block.cells[1:]), strict=False))
        at = block.line
        self.nodes.append(Node("row", 0, at, at + 1, "", at + 1, "", self._wrapped[at], cells, box))

    def _paragraph(self, block: Block) -> None:
        if block.is_first:
            self._list_item(block)
        elif not block.items:
            self._bold_title(block)
        for field in self._document.fields_of(block):
            said = field.said
            self.fields.append(Field(said.name, said.value, field.line, said.kind, said.box))

    def _bold_title(self, block: Block) -> None:
        line, wrapped = block.line, self._wrapped[block.line]
        box, text = without_box(block.text)
        bold = _BOLD.match(text)
        if bold and not bold["rest"].strip(" :.\uff1a") and "\n" not in bold["bold"]:
            title = _on_one_line(bold["bold"])
            self.nodes.append(Node("bold", 0, line, block.end, title, 0, "", wrapped, (), box))
            return
        counted = _COUNTED.match(text)
        found = marked(counted["bold"]) if counted else None
        if counted and found and not found.title:
            title = _on_one_line(f"{counted['bold']}: {counted['rest']}")
            self.nodes.append(Node("bold", 0, line, line + 1, title, 0, "", wrapped, (), box))

    def _list_item(self, block: Block) -> None:
        line, stop, depth = block.line, block.items[-1].end, len(block.items) - 1
        box, content = without_box(block.text)
        bold = _BOLD.match(content)
        wrapped = self._wrapped[line]
        text = _on_one_line(content.partition("\n")[0])
        for kind in ("box", "item") if box else ("item",):
            self.nodes.append(Node(kind, depth, line, line + 1, text, stop, "", wrapped, (), box))
        if bold and "\n" not in bold["bold"]:
            rest, text = bold["rest"].strip(), _on_one_line(bold["bold"])
            self.nodes.append(
                Node("list", depth, line, line + 1, text, stop, rest, wrapped, (), box)
            )

    def _command(self, block: Block) -> None:
        """Take `gh issue create --title …` in a block of code for an item."""
        first = block.line + bool(block.marks)
        starts = [match.start() for match in _CREATE.finditer(block.text)]
        lines = Lines(block.text)
        for start, stop in zip_longest(starts, starts[1:]):
            title = _TITLE_OPTION.search(
                block.text, start, len(block.text) if stop is None else stop
            )
            if title:
                line = first + lines.number(start) - 1
                said = title["double"] if title["double"] is not None else title["single"]
                self.nodes.append(
                    Node("command", 0, line, line + 1, said.replace('\\"', '"'), block.end)
                )


def _on_one_line(text: str) -> str:
    """Return the text of a title on one line, as much of it as is looked at."""
    return " ".join(text[:_MOST].split())


def sections(outline: Outline, level: int, *, wrapped: bool) -> Iterator[tuple[Node, int]]:
    """Yield the headings of a level, and the line where the section of each ends: the next that is no deeper."""
    headings = [node for node in outline.headings if wrapped or not node.is_wrapped]
    bounds = [node for node in headings if node.level <= level]
    for node, following in zip_longest(bounds, bounds[1:]):
        if node.level == level:
            yield node, following.line if following else outline.lines
