"""Conventional comments: `issue (blocking): the subject`, with its label in bold or not."""

from __future__ import annotations

import re
from typing import NamedTuple

_WANTED = "issue|suggestion|nitpick|nit|todo|chore|typo|polish|bug|fix"
_OTHER = "praise|question|thought|note"
_COMMENT = re.compile(
    rf"""(?:\*\*|__)?(?P<label>{_WANTED}|{_OTHER})[ \t]*
    (?:\((?P<marks>[\w ,-]{{1,60}})\))?[ \t]*(?:\*\*|__)?[:\uff1a](?:\*\*|__)?[ \t]*
    (?P<subject>\S.*)$
    """,
    re.VERBOSE,
)
_WANTS = set(_WANTED.split("|"))
_SEVERITIES = {"blocking": "high", "security": "high", "non-blocking": "low", "if-minor": "low"}


class Comment(NamedTuple):
    """A comment: its label, the marks in brackets, its subject; whether it wants a change."""

    label: str
    marks: tuple[str, ...]
    subject: str

    @property
    def is_wanted(self) -> bool:
        """Whether something is to be changed: praise and questions are no issues."""
        return self.label in _WANTS

    @property
    def severity(self) -> str:
        """How severe it says it is; empty where it does not."""
        found = (_SEVERITIES[mark] for mark in self.marks if mark in _SEVERITIES)
        return next(found, "info" if self.label.startswith("nit") else "")


def comment_in(line: str) -> Comment | None:
    """Return what a line says as a conventional comment; None where it is none."""
    match = _COMMENT.match(line)
    if match is None:
        return None
    marks = tuple(mark.strip().lower() for mark in (match["marks"] or "").split(","))
    return Comment(match["label"].lower(), marks, match["subject"])
