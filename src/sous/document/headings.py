"""A line that is a heading, wherever it stands: authors put titles into blocks of code too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(r"^ {0,3}(?P<level>#{1,6})\s+(?P<text>.*)$")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|\u2e3b)$")
_SUMMARY = re.compile(
    r"^[ \t]*(?:<details[^>]*>[ \t]*)?<summary>(?P<text>.*?)</summary>[ \t]*$", re.IGNORECASE
)
_DETAILS = re.compile(r"^[ \t]*</?details[^>]*>[ \t]*$", re.IGNORECASE)

_LIST = r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+"
_BEFORE_TITLE = {  # what stands before a title, by its kind
    "heading": re.compile(
        r"[ \t]*(?:<details[^>]*>[ \t]*)?<summary>[ \t]*|[ ]{0,3}(?:#{1,6}[ \t]+)?"
    ),
    "list": re.compile(_LIST),
    "row": re.compile(r"[ ]{0,3}\|[ \t]*"),
    "bold": re.compile(r"[ ]{0,3}"),
    "line": re.compile(r"[ ]*"),
    "prose": re.compile(r"[ ]*"),
    "comment": re.compile(r"[ ]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"),
    "front": re.compile(r"title:[ \t]*[\"']?"),
    "field": re.compile(r"[ ]{0,3}(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"),
}


class HeadingLine(NamedTuple):
    """A line `## text`: its level from 1, and its text without the marks at its end."""

    level: int
    text: str


def heading_line(line: str) -> HeadingLine | None:
    """Return what a line says as a heading, None where it is none."""
    match = _LINE.match(line) if "#" in line else None
    return HeadingLine(len(match["level"]), _without_end(match["text"].strip())) if match else None


def _without_end(text: str) -> str:
    """Return the text of a heading without the marks that may close it."""
    bare = text.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else text


def is_rule(line: str) -> bool:
    """Tell whether a line is a rule between sections."""
    return bool(_RULE.match(line))


def summary_line(line: str) -> str:
    """Return the text of a line that is the summary of something folded away; empty for another."""
    match = _SUMMARY.match(line)
    return match["text"].strip() if match else ""


def is_details(line: str) -> bool:
    """Tell whether a line begins or ends what is folded away, and nothing else."""
    return bool(_DETAILS.match(line))


class Folded(NamedTuple):
    """What is folded away: from its summary to the line behind it; `parent`: its place, or -1."""

    line: int
    end: int
    summary: str
    parent: int


def folded_away(lines: Sequence[str]) -> list[Folded]:
    """Return what a file folds away, in the order of the summaries."""
    found: list[Folded] = []
    opened: list[int] = []
    for at, line in enumerate(lines):
        if "<" not in line:
            continue
        text = summary_line(line.replace("<blockquote>", ""))
        if text:
            found.append(Folded(at, len(lines), text, opened[-1] if opened else -1))
            opened.append(len(found) - 1)
        for _ in range(min(len(opened), line.lower().count("</details"))):
            number = opened.pop()
            found[number] = found[number]._replace(end=at + 1)
    return found


def title_at(line: str, kind: str) -> int:
    """Return where in a line the title begins.

    `kind`: heading, list, item, box, row, bold, line, prose, comment, field or front.
    """
    match = _BEFORE_TITLE["list" if kind in ("item", "box") else kind].match(line)
    return match.end() if match else 0
