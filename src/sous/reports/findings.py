"""Findings in a report: where each begins and ends, what it claims, and its identity."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.items.words import said_in
from sous.lines import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it.token import Token

SEVERITIES = ("critical", "high", "medium", "low", "info")
_FIELD = re.compile(r"\*\*([\w /-]{1,40}?):?\*\*:?\s*(.*)", re.DOTALL)
_PLACE = re.compile(r"(?P<path>[^`\s].*?)(?::(?P<first>\d{1,7})(?:[-\u2013](?P<last>\d{1,7}))?)?")
_NUMBER = re.compile(r"^\s*\d+(?::| \|)\s?")


@dataclass(frozen=True)
class Finding:
    """A `## …` section that says where: its title, its source to the byte, its fields (lower-case names), its quote.

    `start`: where the source stands in the report; `line`: the line of the report that it begins in, from 1.
    `first` and `last` are lines of the file at `path`, counted from 1; None where the finding names none.
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
    def identity(self) -> str:
        """SHA-256 of path, quote (white space folded, line numbers off) and kind; of the title where nothing is quoted.

        Two findings with one identity are the same, whatever they are called and wherever the lines have moved.
        """
        quote = folded(self.quote)
        about = ("quote", quote) if quote else ("title", said_in(self.title).title.lower())
        where = self.path or self.fields.get("target", "")
        return hashlib.sha256(repr((where, *about, self.kind)).encode("utf-8", "replace")).hexdigest()


def folded(quote: str) -> str:
    """Return a quote without line numbers before its lines, each run of white space one blank."""
    lines = quote.splitlines()
    if lines and all(_NUMBER.match(line) for line in lines if line.strip()):
        lines = [_NUMBER.sub("", line) for line in lines]
    return " ".join(" ".join(lines).split())


def split_report(text: str) -> tuple[list[Finding], str]:
    """Return the findings of a report, and all the rest of it as it stands."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt().parse(text)
    offsets = line_starts(text)
    starts = [
        index
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup == "##" and token.level == 0
    ]
    if not starts:
        return [], text
    rest = [text[: offsets[_line(tokens[starts[0]])]]]
    findings = []
    for index, following in zip(starts, [*starts[1:], len(tokens)], strict=True):
        line = _line(tokens[index])
        start = offsets[line]
        end = offsets[_line(tokens[following])] if following < len(tokens) else len(text)
        source = text[start:end]
        found = _finding(tokens[index:following], source, start, line + 1)
        if found:
            findings.append(found)
        else:
            rest.append(source)
    return findings, "".join(rest)


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _finding(tokens: list[Token], source: str, start: int, line: int) -> Finding | None:
    fields = dict(_fields(tokens))
    where = fields.get("location") or fields.get("target")
    if where is None:
        return None
    place = _PLACE.fullmatch(where.strip().split("`")[1] if where.count("`") > 1 else where.strip().strip("`"))
    path = place["path"].removeprefix("./").replace("\\", "/") if place and "location" in fields else None
    first = int(place["first"]) if place and place["first"] else None
    last = int(place["last"]) if place and place["last"] else first
    return Finding(tokens[1].content.strip(), source, start, line, fields, path, first, last, _quote(tokens))


def _fields(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    for token in tokens[2:]:
        match = _FIELD.match(token.content) if token.type == "inline" else None
        if match:
            yield match[1].strip().lower(), match[2].strip()


def _quote(tokens: list[Token]) -> str:
    """Return the first block of code behind the field `Quote`; what comes behind another field is a fix."""
    quoting = False
    for token in tokens[2:]:
        match = _FIELD.match(token.content) if token.type == "inline" else None
        if match:
            quoting = match[1].strip().lower() == "quote"
            if quoting and match[2].strip():
                return match[2].strip().strip("`")
        elif quoting and token.type in ("fence", "code_block"):
            return token.content
    return ""
