"""A report that says by itself that nothing was found."""

from __future__ import annotations

import re

from sous.document.markdown import parse

_SAYS_NONE = re.compile(
    r"(?:there (?:are|were) |i (?:have )?found )?"
    r"(?P<none>no (?:\w+ )?(?:findings?|issues?|problems?|bugs?|defects?|missing tests))"
    r"(?: (?:were|was) found| found)?(?: in (?:the|this|your) \w+)?[.!]?",
    re.IGNORECASE,
)
_LONG = 60  # characters of a heading or line that says so


def nothing_found(text: str) -> str:
    """Return in the report's words that nothing was found: `no findings`; empty: it says no such.

    A heading of its own says so (`## No findings`), or a line of its own (`No issues found.`).
    """
    for block in parse(text).blocks:
        if block.is_outside and block.kind in ("heading", "text") and len(block.text) < _LONG:
            match = _SAYS_NONE.fullmatch(block.text.strip(" *_"))
            if match:
                return match["none"].lower()
    return ""
