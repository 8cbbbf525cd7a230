"""A line that is a heading, wherever it stands: authors put titles into blocks of code too."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(r"^ {0,3}(?P<level>#{1,6})\s+(?P<text>\S.*?)\s*$")
_CLOSING = re.compile(r"(?:^|\s+)#+$")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|\u2e3b)$")


class HeadingLine(NamedTuple):
    """A line `## text`: its level from 1, and its text without the marks at its end."""

    level: int
    text: str


def heading_line(line: str) -> HeadingLine | None:
    """Return what a line says as a heading, None where it is none."""
    match = _LINE.match(line)
    return HeadingLine(len(match["level"]), _CLOSING.sub("", match["text"])) if match else None


def is_rule(line: str) -> bool:
    """Tell whether a line is a rule between sections."""
    return bool(_RULE.match(line))
