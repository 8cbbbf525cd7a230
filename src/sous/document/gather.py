"""Gather what in a markdown file can be the title of a sibling, and the named values around."""

from __future__ import annotations

import re
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import cell_box, without_box
from sous.document.conventional import comment_in
from sous.document.counted import marked
from sous.document.fields import plain_name, several
from sous.document.headings import folded_away
from sous.document.leads import flag_in, has_site, is_site, lead_in
from sous.document.outline import MOST, Named, Outline, Title, on_one_line
from sous.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.blocks import Block
    from sous.document.markdown import Document

_BOLD = re.compile(r"^(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)(?P<rest>.*)$", re.DOTALL)
_COUNTED = re.compile(  # **Issue 1**: title
    r"^(?:\*\*|__)(?P<bold>[^*_\n]+?):?(?:\*\*|__)\s*:?[ \t]*(?P<rest>\S[^\n]*)"
)
_AROUND = " ()[]:\u2013\u2014-"  # of a place behind a title
_SHORT = 40  # characters of a sentence that only leads to the next one
_LONG = 200  # characters of a line with marks alone
_FRONT = 50  # lines of front matter
_TITLE = re.compile(r"title:[ \t]*\S")
_YAML = re.compile(r"\w+:(?:\s|$)|\s+\S|- ")
_ENTRY = re.compile(r"^- title:[ \t]*(?P<title>\S.*)$", re.MULTILINE)
_CREATE = re.compile(r"gh issue create\b")
_MARKS_ALONE = re.compile(  # what is said of an issue in a line of its own, before its words
    r"!\[(?P<alt>[^\]\n]*)\]\([^()\s]*\)|(?<![\w*_])[_*]{1,3}(?P<said>[^_*\n]+)[_*]{1,3}(?![\w*_])"
    r"|`[^`\n]+`|[^\w\s]"
)
_MARK_ONLY = re.compile(r"(?:[A-Z]{1,5}-?\d{1,5}[.:]?[ \t]*)?[\[(][^\[\]()\n]*[\])][.:]?")
_SENTENCE = re.compile(r".+?[.!?\u3002](?=\s+[^\W\d_])|.+", re.DOTALL)
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[`\w])|(?<=\u3002)")
_SAMPLE = re.compile(
    r"\.\.\.|\u2026|<[^<>]+>|\[[^\[\]]*title[^\[\]]*\]|\$\{?\w|\{\{", re.IGNORECASE
)
_TITLE_OPTION = re.compile(
    r"""(?:--title|-t)[ =]+(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)')"""
)


def read_outline(document: Document) -> Outline:
    """Return the outline of a markdown file."""
    gatherer = _Gatherer(document)
    gatherer.read()
    lines = len(document.lines) - (not document.lines[-1])
    return Outline(
        gatherer.titles,
        gatherer.fields,
        gatherer.rules,
        lines,
        gatherer.codes,
        gatherer.front,
        sorted(gatherer.sites),
        folded_away(document.lines),
        gatherer.leads,
    )


class _Gatherer:
    """Goes over blocks and gathers titles and named values."""

    def __init__(self, document: Document) -> None:
        self.titles: list[Title] = []
        self.fields: list[Named] = []
        self.rules: list[int] = []
        self.codes: list[tuple[int, int, str]] = []
        self.front: dict[int, int] = {}
        self.sites: set[int] = set()
        self.leads: dict[int, str] = {}
        self._marks: Block | None = None  # a line that says something of what follows
        self._document = document

    def read(self) -> None:
        for first, end in _front_matters(self._document.written):
            self._front_matter(first, end)
        for block in self._document.blocks:
            if block.kind == "code":
                self.codes.append((block.line, block.end, block.text))
                self._commands(block)
                self._listed(block)
            elif block.kind == "text" and not block.quotes:
                self._paragraph(block)
            elif block.is_outside:
                self._outside(block)
            if block.kind not in ("text", "html"):
                self._marks = None
        self.titles.sort(key=lambda title: title.line)
        self.fields.sort(key=lambda field: field.line)

    def _outside(self, block: Block) -> None:
        """Take what counts in no list and no quote."""
        if block.kind == "rule":
            self.rules.append(block.line)
        elif block.kind == "heading":
            title = self._title("heading", block, *without_box(on_one_line(block.text)))
            self.titles.append(title._replace(level=block.level))
            self.fields.append(Named(plain_name(title.text), "", block.line, "heading"))
        elif block.kind == "row" and not block.is_head:
            box, first = cell_box(block.cells[0])
            if len(block.cells) == 2:  # noqa: PLR2004
                name = None if any(block.heads) else _BOLD.match(block.cells[0])
                said = plain_name(name["bold"] if name else block.cells[0])
                kind = "bold" if name else "cell"
                self.fields.append(Named(said, block.cells[1].strip(), block.line, kind))
            cells = tuple(zip(block.heads, (first, *block.cells[1:]), strict=False))
            end = block.line + 1
            title = self._title("row", block, box, "")
            self.titles.append(title._replace(end=end, stop=end, cells=cells))

    def _front_matter(self, first: int, end: int) -> None:
        """Take the values of front matter, which stands before each issue of a file of several."""
        for at, line in enumerate(self._document.written[first:end], first):
            name, _, value = line.partition(":")
            if re.fullmatch(r"\w+", name):
                box, value = without_box(value.strip().strip("\"'"))
                self.fields.append(Named(name.lower(), value, at, "front", box))
                if name == "title":
                    self.front[at] = end

    def _paragraph(self, block: Block) -> None:
        if block.is_first:
            self._list_item(block)
        elif not block.items:
            is_lead = block.text.rstrip(" *_").endswith((":", "\uff1a"))
            self.leads[block.line] = block.text if is_lead else ""
            self._bold_title(block)
            self._line_titles(block)
            self._told(block)
        self._comments(block)
        for named in self._document.fields_of(block):
            for said in several(named.said):
                self.fields.append(Named(said.name, said.value, named.line, said.kind, said.box))
                if is_site(said.value):
                    self.sites.add(named.line)
        for number, line in enumerate(block.text.split("\n")):
            if is_site(line):
                self.sites.add(block.line + number)

    def _comments(self, block: Block) -> None:
        """Take conventional comments: each line that begins with a label, and ends another."""
        for at, line in enumerate(block.text.split("\n"), block.line):
            box, text = without_box(line.strip())
            found = comment_in(text[:MOST])
            if found:
                flag = f"[{found.severity}] " if found.severity else ""
                title = self._title("comment", block, box, on_one_line(flag + found.subject))
                kind = "comment" if found.is_wanted else "no comment"
                self.titles.append(title._replace(kind=kind, line=at, end=at + 1))

    def _line_titles(self, block: Block) -> None:
        """Take lines that begin with a code, a severity or a place, or stand below marks alone."""
        if _is_marks_alone(without_box(block.text)[1]):
            self._marks = block
            return
        if self._marks is not None:
            self._below_marks(self._marks, block)
            self._marks = None
            return
        for at, line in enumerate(block.text.split("\n"), block.line):
            box, text = without_box(line.strip())
            lead = lead_in(text[:MOST])
            if lead.code or lead.place or (lead.flag and lead.is_rated):
                title = self._title("line", block, box, on_one_line(_columns_off(text)))
                self.titles.append(title._replace(line=at, end=at + 1))

    def _below_marks(self, marks: Block, block: Block) -> None:
        """Take a paragraph for a title of which the line above says how severe it is, and where."""
        box, text = without_box(marks.text)
        bold = _BOLD.match(block.text)
        words = bold["bold"] if bold else _SENTENCE.match(block.text)
        said = words if isinstance(words, str) else words[0] if words else ""
        flag = flag_in(text)
        title = self._title("line", marks, box, on_one_line(f"[{flag}] {said}" if flag else said))
        site = f"({text})" if is_site(text) else ""
        end = block.line + said.count("\n") + 1
        self.titles.append(title._replace(end=end, rest=site))

    def _told(self, block: Block) -> None:
        """Take a paragraph that names a line of a file: its first sentence, or the one with it."""
        if has_site(block.text[:MOST]):
            said = _SENTENCES.split(block.text[:MOST])
            is_clear = len(said[0]) > _SHORT or has_site(said[0])
            text = said[0] if is_clear else next(filter(has_site, said), said[0])
            title = self._title("prose", block, "", on_one_line(text.strip().rstrip(".\u3002")))
            self.titles.append(title._replace(end=block.line))

    def _bold_title(self, block: Block) -> None:
        box, text = without_box(block.text)
        title = self._title("bold", block, box, "")
        bold = _BOLD.match(text)
        if bold and not bold["rest"].strip(" :.\uff1a") and "\n" not in bold["bold"]:
            self.titles.append(title._replace(text=on_one_line(bold["bold"])))
            return
        sited = _sited(text)
        if sited:
            end = block.line + 1
            self.titles.append(title._replace(text=sited.text, end=end, rest=sited.rest))
            return
        counted = _COUNTED.match(text)
        found = marked(counted["bold"]) if counted else None
        led = _led(text)
        is_counted = led and (lead_in(text).end or marked(led.text))
        if led and is_counted and not (found and not found.title):
            self.titles.append(title._replace(text=led.text, rest=led.rest))
            return
        if counted and found and not found.title:
            text = on_one_line(f"{counted['bold']}: {counted['rest']}")
            self.titles.append(title._replace(text=text, end=block.line + 1))

    def _list_item(self, block: Block) -> None:
        box, content = without_box(block.text)
        title = self._title("item", block, box, on_one_line(content.partition("\n")[0]))._replace(
            level=len(block.items) - 1, end=block.line + 1, stop=block.items[-1].end
        )
        if box:
            self.titles.append(title._replace(kind="box"))
        self.titles.append(title)
        led = _led(content)
        if led:
            self.titles.append(title._replace(kind="list", text=led.text, rest=led.rest))

    def _title(self, kind: str, block: Block, box: str, text: str) -> Title:
        """Return a title that is a whole block."""
        wrapped = self._document.wrapped[block.line]
        return Title(kind, 0, block.line, block.end, text, is_wrapped=wrapped, box=box)

    def _listed(self, block: Block) -> None:
        """Take a list of YAML in which each entry begins with its title for items."""
        first = block.line + bool(block.marks)
        found = [*_ENTRY.finditer(block.text)]
        lines = Lines(block.text)
        for match, following in zip_longest(found, found[1:]):
            line = first + lines.number(match.start()) - 1
            end = first + lines.number(following.start()) - 1 if following else block.end
            text = on_one_line(_unquoted(match["title"]))
            self.titles.append(Title("entry", 0, line, line + 1, text, end))

    def _commands(self, block: Block) -> None:
        """Take `gh issue create --title …` in a block of code for an item."""
        first = block.line + bool(block.marks)
        starts = [match.start() for match in _CREATE.finditer(block.text)]
        lines = Lines(block.text)
        for start, stop in zip_longest(starts, starts[1:], fillvalue=len(block.text)):
            title = _TITLE_OPTION.search(block.text, start, stop)
            if title and not _SAMPLE.search(title[0]):
                line = first + lines.number(start) - 1
                said = title["double"] if title["double"] is not None else title["single"]
                text = said.replace('\\"', '"')
                self.titles.append(Title("command", 0, line, line + 1, text, block.end))


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _is_marks_alone(text: str) -> bool:
    """Tell whether a text only says how severe something is, or where: `_🔴 Critical_`."""
    if len(text) > _LONG or "\n" in text:
        return False
    said = " ".join(filter(None, (part for pair in _MARKS_ALONE.findall(text) for part in pair)))
    return bool(is_site(text) or flag_in(said)) and not re.search(r"\w", _MARKS_ALONE.sub("", text))


def _columns_off(text: str) -> str:
    """Return what a tool says without the name of its rule, in a column of its own."""
    return re.sub(r"(?<=\S)\s{2,}\S+$", "", text) if lead_in(text[:MOST]).is_of_tool else text


def _front_matters(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where front matter with a title stands: at the rule before it, and behind the last."""
    rules = [at for at, line in enumerate(lines) if line.rstrip() == "---"]
    for first, last in pairwise(rules):
        inside = lines[first + 1 : last] if last - first < _FRONT else []
        if any(_TITLE.match(line) for line in inside) and all(map(_YAML.match, inside)):
            yield first, last + 1


class _Led(NamedTuple):
    """A bold title with what stands before it, and what follows it."""

    text: str
    rest: str


def _sited(text: str) -> _Led | None:
    """Return the bold title that a text begins with, where the line ends with a place behind it."""
    bold = _BOLD.match(text)
    site = bold["rest"].partition("\n")[0].strip() if bold else ""
    if bold is None or "\n" in bold["bold"] or not is_site(site.strip(_AROUND)):
        return None
    return _Led(on_one_line(bold["bold"]), site)


def _led(text: str) -> _Led | None:
    """Return the bold title that a text begins with; marks, codes and places may come first."""
    lead = lead_in(text[:MOST])
    bold = _BOLD.match(f"**{text[lead.end :]}" if lead.is_open else text[lead.end :])
    if bold is None or "\n" in bold["bold"]:
        return None
    before = text[: lead.end].replace("**", "").replace("__", "")
    said, rest = bold["bold"], bold["rest"].strip()
    if _MARK_ONLY.fullmatch(said) and (words := _SENTENCE.match(rest)):
        said, rest = f"{said} {words[0].rstrip('.')}", rest[words.end() :].strip()
    return _Led(on_one_line(before + said), rest)
