"""What in a markdown file can be the title of an item, and the fields around: by a CommonMark parser, fences mended."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.blocks import FRONT_MATTER
from sous.items.words import marked, without_litter
from sous.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?:>[ \t]?)*(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})[ \t]+(?P<text>.*)$")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|\u2e3b)$")
_BOLD_LINE = re.compile(r"^(?:[-*+] |\d+[.)] )?\*\*[^*]+\*\*")
_WRAPPERS = ("markdown", "md")
_MOST = 2_000  # characters of a title that are looked at
_BOX = re.compile(r"\[[ xX-]?\][ \t]+")
_BOLD = re.compile(r"^(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)(?P<rest>.*)$", re.DOTALL)
_COUNTED = re.compile(
    r"^(?:\*\*|__)(?P<bold>[^*_\n]+?):?(?:\*\*|__)\s*:?[ \t]*(?P<rest>\S[^\n]*)"
)  # **Issue 1**: title
_SUMMARY = re.compile(r"^[ \t]*(?:<details[^>]*>[ \t]*)?<summary>(?P<text>.*?)</summary>[ \t]*$", re.IGNORECASE)
_DETAILS = re.compile(r"^[ \t]*</?details[^>]*>[ \t]*$", re.IGNORECASE)
_FIELD = re.compile(
    r"^(?:[\u2022\-*+]\s+)?(?:\*\*|__)(?P<name>[^*_:\uff1a`\n]{1,40}?)\s*"
    r"(?:[:\uff1a]\s*(?:\*\*|__)|(?:\*\*|__)\s*[:\uff1a]|[:\uff1a]\s*(?P<inner>[^*\n]+?)(?:\*\*|__))\s*(?P<value>.*)$"
)
_PLAIN_FIELD = re.compile(r"^(?P<name>[^\W\d][^:\uff1a`*\n.,]{0,24}?)\s*[:\uff1a]\s*(?P<value>.*)$")
_BARE_NAME = re.compile(r"^(?:\*\*|__)(?P<name>[^*_`\n]{1,40})(?:\*\*|__)$")
_CREATE = re.compile(r"gh issue create\b")
_TITLE_OPTION = re.compile(r"(?:--title|-t)[ =]+(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^']*)')")


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
        return self.fields[bisect_left(self._field_lines, first) : bisect_left(self._field_lines, last)]

    def headings_between(self, first: int, last: int) -> Sequence[Node]:
        """Return the headings from one line to before another."""
        return self.headings[bisect_left(self._heading_lines, first) : bisect_left(self._heading_lines, last)]

    @cached_property
    def _node_lines(self) -> list[int]:
        return [node.line for node in self.nodes]

    def nodes_between(self, first: int, last: int) -> Sequence[Node]:
        """Return the nodes from one line to before another."""
        return self.nodes[bisect_left(self._node_lines, first) : bisect_left(self._node_lines, last)]

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
    from markdown_it import MarkdownIt

    lines, wrapped = _mended(text)
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    reader = _Reader(wrapped)
    reader.read(tokens)
    return Outline(reader.nodes, reader.fields, reader.rules, len(lines) - (not lines[-1]), reader.codes)


def _mended(text: str) -> tuple[list[str], list[bool]]:
    """Return the lines of a text with the fences of markdown blocks blanked, and which of them such a block holds.

    Models put an issue, or all of them, into a block of markdown, and blocks of code into that; a CommonMark parser
    takes the first fence inside for its end, and everything behind it the wrong way round.
    """
    front = FRONT_MATTER.match(text)
    lines = re.split(r"\r\n?|\n", without_litter(text))
    lines[0] = lines[0].removeprefix("\ufeff")
    for at in range(len(re.split(r"\r\n?|\n", front[0])) if front else 0):
        lines[at] = ""
    lines, wrapped = _Mender(lines).mend()
    return _without_details(lines), wrapped


def _without_details(lines: list[str]) -> list[str]:
    """Return lines in which a summary that counts itself as an issue is a heading, not HTML."""
    found = {
        at: match["text"]
        for at, line in enumerate(lines)
        if (match := _SUMMARY.match(line)) and marked(_without_box(match["text"])[1])
    }
    if not found:
        return lines
    return [
        f"###### {found[at]}" if at in found else "" if _DETAILS.match(line) else line for at, line in enumerate(lines)
    ]


def _mark_of(line: str) -> tuple[int, int] | None:
    """Return level and number of a heading that calls itself an issue."""
    heading = _HEADING.match(line)
    found = marked(_without_box(heading["text"][:_MOST])[1]) if heading else None
    return (len(heading["level"]), int(found.number)) if heading and found and found.number.isdecimal() else None


class _Mender:
    """Goes over lines and keeps count of fences, those inside others too."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.wrapped = [False] * len(lines)
        self._wrapper: tuple[str, int] | None = None  # its marks, and where it begins
        self._code: tuple[str, int] | None = None
        self._last: tuple[int, int] | None = None  # level and number of the last marked heading outside
        self._marks = {at: mark for at, line in enumerate(lines) if (mark := _mark_of(line))}
        self._seen_last = {mark: at for at, mark in self._marks.items()}  # where each stands for the last time

    def mend(self) -> tuple[list[str], list[bool]]:
        for at, line in enumerate(self.lines):
            self._new_item(at)
            match = _FENCE.match(line)
            if match:
                self._fence(at, match["marks"], match["info"].strip().partition(" ")[0].lower())
            if self._wrapper:
                self.wrapped[at] = True
        return self.lines, self.wrapped

    def _fence(self, at: int, marks: str, info: str) -> None:
        if self._code:
            if not info and marks.startswith(self._code[0]):
                self._code = None
        elif self._wrapper and not info and marks.startswith(self._wrapper[0]) and self._is_end(at):
            self.wrapped[at] = True
            self._wrapper = None
            self.lines[at] = ""
        elif not self._wrapper and (info in _WRAPPERS or (not info and self._begins_item(at))):
            self._wrapper = marks, at
            self.lines[at] = ""
        elif self._wrapper is None and not info and not self._has_end(at, marks):
            self.lines[at] = ""  # one more than was opened
        else:
            self._code = marks, at

    def _new_item(self, at: int) -> None:
        """End what was left open before the heading of the next item."""
        mark = self._marks.get(at)
        if mark is None:
            return
        if not self._code and not self._wrapper:
            self._last = mark
        elif self._last and mark == (self._last[0], self._last[1] + 1) and self._seen_last[mark] == at:
            if self._code:
                if at and not self.lines[at - 1].strip():
                    indent = _FENCE.match(self.lines[self._code[1]])
                    self.lines[at - 1] = f"{indent['indent'] if indent else ''}{self._code[0]}"
                else:
                    self.lines[self._code[1]] = ""
            self._code = self._wrapper = None
            self._last = mark

    def _following(self, at: int) -> str:
        return next((line for number in range(at + 1, len(self.lines)) if (line := self.lines[number]).strip()), "")

    def _is_end(self, at: int) -> bool:
        """Tell whether a bare fence in a block of markdown ends it, and does not begin a block inside."""
        line = self._following(at)
        return (
            not line
            or bool(_HEADING.match(line) or _RULE.match(line) or _FENCE.match(line) or _BOLD_LINE.match(line))
            or not self._has_end(at, self._wrapper[0] if self._wrapper else "```")
        )

    def _has_end(self, at: int, marks: str) -> bool:
        """Tell whether a bare fence closes what a fence here would open."""
        return any(
            (match := _FENCE.match(self.lines[number]))
            and not match["info"].strip()
            and match["marks"].startswith(marks[:3])
            for number in range(at + 1, len(self.lines))
        )

    def _begins_item(self, at: int) -> bool:
        line = self._following(at)
        heading = _HEADING.match(line)
        is_markdown = bool(heading and (len(heading["level"]) > 1 or marked(heading["text"]))) or bool(
            re.match(r"\*\*(?:Title|Issue)\b", line)
        )
        return is_markdown or (heading is not None and not any(self.lines[number].strip() for number in range(at)))


class _Reader:
    """Reads tokens into nodes and fields."""

    def __init__(self, wrapped: Sequence[bool]) -> None:
        self.nodes: list[Node] = []
        self.fields: list[Field] = []
        self.rules: list[int] = []
        self.codes: list[tuple[int, int, str]] = []
        self._wrapped = wrapped
        self._items: list[tuple[int, int, bool]] = []  # the list items that are open: their lines, whether it was seen
        self._quotes = 0
        self._heading: Token | None = None
        self._row: tuple[int, int] | None = None
        self._heads: list[str] = []
        self._cells: list[str] = []
        self._in_head = False

    def read(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            self._open_or_close(token)
            if token.type in ("fence", "code_block") and token.map:
                self.codes.append((token.map[0], token.map[1], token.content))
                self._command(token)
            elif token.type == "hr" and token.map and token.level == 0:
                self.rules.append(token.map[0])
            elif token.type == "inline" and not self._quotes:
                self._inline(token)
        self.nodes.sort(key=lambda node: node.line)
        self.fields.sort(key=lambda field: field.line)

    def _open_or_close(self, token: Token) -> None:
        if token.type == "list_item_open" and token.map:
            self._items.append((token.map[0], token.map[1], False))
        elif token.type == "list_item_close":
            self._items.pop()
        elif token.type in ("blockquote_open", "blockquote_close"):
            self._quotes += token.nesting
        elif token.type in ("heading_open", "heading_close"):
            self._heading = token if token.nesting > 0 else None
        elif token.type in ("thead_open", "thead_close"):
            self._in_head = token.nesting > 0
            self._heads = [] if self._in_head else self._heads
        elif token.type == "tr_open" and token.map:
            self._row, self._cells = (token.map[0], token.map[1]), []
        elif token.type == "tr_close" and self._row:
            self._end_row(self._row)
            self._row = None

    def _end_row(self, row: tuple[int, int]) -> None:
        if self._in_head:
            self._heads = [one.strip().lower() for one in self._cells]
        elif not self._items and self._cells:
            alone = re.fullmatch(r"\s*(\[[ xX-]?\])\s*", self._cells[0])
            box, self._cells[0] = (alone[1], "") if alone else _without_box(self._cells[0])
            cells = tuple(zip(self._heads, self._cells, strict=False))
            self.nodes.append(Node("row", 0, row[0], row[0] + 1, "", row[0] + 1, "", self._wrapped[row[0]], cells, box))

    def _inline(self, token: Token) -> None:
        if token.map is None:
            return
        line, end = token.map
        if self._row is not None:
            self._cells.append(token.content)
        elif self._heading is not None:
            if not self._items:
                level = int(self._heading.tag[1:])
                box, text = _without_box(_on_one_line(token.content))
                self.nodes.append(Node("heading", level, line, end, text, 0, "", self._wrapped[line], (), box))
                self.fields.append(Field(_plain(text), "", line, "heading"))
        else:
            self._paragraph(token.content, line, end)

    def _paragraph(self, content: str, line: int, end: int) -> None:
        in_list = len(self._items)
        is_first = bool(in_list) and not self._items[-1][2]
        if is_first:
            first, stop, _ = self._items[-1]
            self._items[-1] = first, stop, True
            self._list_item(content, line, stop)
        elif not in_list:
            box, text = _without_box(content)
            bold = _BOLD.match(text)
            if bold and not bold["rest"].strip(" :.\uff1a") and "\n" not in bold["bold"]:
                self.nodes.append(
                    Node("bold", 0, line, end, _on_one_line(bold["bold"]), 0, "", self._wrapped[line], (), box)
                )
            elif (counted := _COUNTED.match(text)) and (found := marked(counted["bold"])) and not found.title:
                title = _on_one_line(f"{counted['bold']}: {counted['rest']}")
                self.nodes.append(Node("bold", 0, line, line + 1, title, 0, "", self._wrapped[line], (), box))
        for number, one in enumerate(content.split("\n")):
            field = _field_in(one, line + number, is_item=is_first and number == 0)
            if field:
                self.fields.append(field)

    def _list_item(self, content: str, line: int, stop: int) -> None:
        depth = len(self._items) - 1
        box, content = _without_box(content)
        bold = _BOLD.match(content)
        wrapped = self._wrapped[line]
        text = _on_one_line(content.partition("\n")[0])
        for kind in ("box", "item") if box else ("item",):
            self.nodes.append(Node(kind, depth, line, line + 1, text, stop, "", wrapped, (), box))
        if bold and "\n" not in bold["bold"]:
            rest, text = bold["rest"].strip(), _on_one_line(bold["bold"])
            self.nodes.append(Node("list", depth, line, line + 1, text, stop, rest, wrapped, (), box))

    def _command(self, token: Token) -> None:
        """Take `gh issue create --title …` in a block of code for an item."""
        if token.map is None:
            return
        first = token.map[0] + (token.type == "fence")
        starts = [match.start() for match in _CREATE.finditer(token.content)]
        lines = Lines(token.content)
        for start, stop in zip_longest(starts, starts[1:]):
            title = _TITLE_OPTION.search(token.content, start, len(token.content) if stop is None else stop)
            if title:
                line = first + lines.number(start) - 1
                said = title["double"] if title["double"] is not None else title["single"]
                self.nodes.append(Node("command", 0, line, line + 1, said.replace('\\"', '"'), token.map[1]))


def _on_one_line(text: str) -> str:
    """Return the text of a title on one line, as much of it as is looked at."""
    return " ".join(text[:_MOST].split())


def _without_box(text: str) -> tuple[str, str]:
    """Return the box that a text begins with, empty where there is none, and what follows it."""
    match = _BOX.match(text)
    return (match[0].strip(), text[match.end() :]) if match and match.end() < len(text) else ("", text)


def _field_in(line: str, at: int, *, is_item: bool) -> Field | None:
    box, line = _without_box(line.strip())
    match = _FIELD.match(line)
    if match:
        return Field(_plain(match["name"]), (match["inner"] or match["value"] or "").strip(), at, "bold", box)
    match = _BARE_NAME.match(line)
    if match:
        return Field(_plain(match["name"]), "", at, "name")
    match = _PLAIN_FIELD.match(line)
    if match and (is_item or "\uff1a" in line[:30] or match["name"][:1].isupper()) and "//" not in line[:12]:
        return Field(_plain(match["name"]), match["value"].strip(), at, "plain", box)
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w'/-]+", text.casefold()))


def sections(outline: Outline, level: int, *, wrapped: bool) -> Iterator[tuple[Node, int]]:
    """Yield the headings of a level, and the line where the section of each ends: the next that is no deeper."""
    headings = [node for node in outline.headings if wrapped or not node.is_wrapped]
    bounds = [node for node in headings if node.level <= level]
    for node, following in zip_longest(bounds, bounds[1:]):
        if node.level == level:
            yield node, following.line if following else outline.lines
