"""A finding: what it claims and where, its identity; and how a section of our shape says it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.claims.quotes import unnumbered
from sous.document.blocks import Span
from sous.document.fields import own_field
from sous.document.markdown import parse
from sous.items.words import said_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sous.document.blocks import Block
    from sous.document.markdown import Document

SEVERITIES = ("critical", "high", "medium", "low", "info")
NOWHERE = "not named"  # the location of a finding that says none
_PLACE = re.compile(r"(?P<path>[^`\s].*?)(?::(?P<first>\d{1,7})(?:[-\u2013](?P<last>\d{1,7}))?)?")


@dataclass(frozen=True)
class Finding:
    """A `## …` section with a place: title, source to the byte, fields (lower-case), quote.

    `start`: where the source stands in the report; `line`: the line of the report that it begins
    in, from 1. `first` and `last` are lines of the file at `path`, counted from 1; None where the
    finding names none.
    """

    title: str
    source: str
    start: int = 0
    line: int = 1
    fields: Mapping[str, str] = field(default_factory=dict)
    path: str | None = None
    first: int | None = None
    last: int | None = None
    quote: str = ""

    @property
    def end(self) -> int:
        """Where the source ends in the report."""
        return self.start + len(self.source)

    @property
    def severity(self) -> str:
        """One of SEVERITIES, or what else is written there."""
        return self.fields.get("severity", "").strip("`*_. ").lower()

    @property
    def kind(self) -> str:
        """What sort of thing it is: a test that is missing, or a fault."""
        return "test" if {"target", "test file"} & self.fields.keys() else "fault"

    @property
    def is_own(self) -> bool:
        """Whether it is a section of our own shape, which says where."""
        return bool({"location", "target"} & self.fields.keys())

    @property
    def identity(self) -> str:
        """SHA-256 of path, quote (white space folded, line numbers off) and kind.

        Of the title where nothing is quoted.

        Two findings with one identity are the same, whatever they are called and wherever the lines
        have moved.
        """
        quote = folded(self.quote)
        about = ("quote", quote) if quote else ("title", said_in(self.title).title.lower())
        where = self.path or self.fields.get("target", "")
        return hashlib.sha256(
            repr((where, *about, self.kind)).encode("utf-8", "replace")
        ).hexdigest()


def folded(quote: str) -> str:
    """Return a quote without line numbers before its lines, each run of white space one blank."""
    return " ".join(unnumbered(quote).split())


def own_finding(source: str) -> Finding | None:
    """Return the finding that a section of our own shape is, None for any other text."""
    document = parse(source)
    sections = list(document.sections(2))
    if len(sections) != 1 or sections[0][0].line:
        return None
    title, end = sections[0]
    return _finding(document, title, source, end)


def _finding(document: Document, title: Block, source: str, end: int) -> Finding | None:
    fields, quote = _fields_and_quote(document, Span(title.end, end))
    where = fields.get("location") or fields.get("target")
    if where is None:
        return None
    place = _PLACE.fullmatch(
        where.strip().split("`")[1] if where.count("`") > 1 else where.strip().strip("`")
    )
    has_path = place is not None and "location" in fields and where != NOWHERE
    path = place["path"].removeprefix("./").replace("\\", "/") if place and has_path else None
    first = int(place["first"]) if place and place["first"] else None
    last = int(place["last"]) if place and place["last"] else first
    return Finding(title.text.strip(), source, 0, 1, fields, path, first, last, quote)


def _fields_and_quote(document: Document, span: Span) -> tuple[dict[str, str], str]:
    """Return the fields of a section, and the block of code of its `Quote`, or beside it."""
    fields: dict[str, str] = {}
    quote = ""
    quoting = False
    for block in document.blocks:
        if not span.line <= block.line < span.end:
            continue
        if block.kind == "code" and quoting and not quote:
            quote = block.text
        for name, value in _own_fields(block) if block.kind == "text" else ():
            fields[name] = value
            quoting = name == "quote"
            if quoting and value and not quote:
                quote = value.strip("`")
    return fields, quote


def _own_fields(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the fields that the lines of a paragraph begin with.

    A line that is none continues the one before.
    """
    name, value = "", ""
    for line in block.text.split("\n"):
        field = own_field(line)
        if field:
            if name:
                yield name, value.strip()
            name, value = field.name, field.value
        else:
            value += f"\n{line}"
    if name:
        yield name, value.strip()
