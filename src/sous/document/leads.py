"""What stands before the words of a title: an emoji, a code, a severity, a place."""

from __future__ import annotations

import re
from typing import NamedTuple

from sous.document.words import any_of

_SEVERITIES = "|".join(
    any_of(f"is_{name}") for name in ("critical", "high", "medium", "low", "info")
)
_FLAG = rf"(?:(?:{any_of('severity')})\s*[:\uff1a]\s*)?(?:{_SEVERITIES})"
_BEHIND = (
    r"\s*(?:[:\uff1a\u00b7\u2022|]|(?:--|[\u2013\u2014-])(?=\s))"  # what parts it from the words
)
_PATH = r"(?:[\w@.~-]+[/\\])*[\w@.~-]+\.\w{1,8}"
_LINES = r"(?::\d+(?:[-\u2013]\d+)?(?::\d+)?|\#L\d+(?:[-\u2013]L?\d+)?)"
_PIECE = re.compile(
    rf"""(?P<marks>\*\*|__)?\s*(?:
        (?P<emoji>[\U0001f534\U0001f535\U0001f7e0-\U0001f7eb\u26aa\u26ab\U0001f6a8\u26a0\U0001f6d1\u26d4\u274c\u2757\u203c
            \U0001f525\U0001f41b\U0001f41e\U0001f4a5]\ufe0f?)
        | (?:\[|\(|\u3010)\s*(?P<boxed>(?i:{_FLAG}))\s*(?:\]|\)|\u3011)(?!\()
        | (?P<flag>(?i:{_FLAG}))(?=\s*(?:\*\*|__)?{_BEHIND})
        | (?P<code>\#\d{{1,5}}|\[?[A-Z][A-Z0-9]{{0,7}}-\d{{1,5}}\]?|[A-Z]{{1,3}}\d{{1,3}})
            (?=\s|\*\*|__|[:\uff1a.)\u00b7|\u3010])
        | (?P<number>\d{{1,4}})[.)](?=\s|\*)
        | `(?P<quoted>{_PATH}(?:{_LINES})?|\d+[-\u2013]\d+)`(?=\s*(?:\*\*|__)?{_BEHIND})
        | (?P<bare>{_PATH}{_LINES})(?=\s*(?:\*\*|__)?{_BEHIND})
        | (?P<column>\d+:\d+)(?=[ \t]+(?:error|warning)[ \t])
    )\s*(?P<after>\*\*|__)?(?:{_BEHIND}|(?<=[\dA-Z])[.)](?=\s))?\s*""",
    re.VERBOSE,
)
_LEVEL = re.compile(r"(?:fatal error|error|warning|note|info)(?::[ \t]*|[ \t]+)(?=\S)")
_SITE = re.compile(rf"(?<![\w/\\.@~-]){_PATH}{_LINES}(?!\w)")
_ONLY_SITE = re.compile(rf"(?:\[`?|`)?{_PATH}{_LINES}`?(?:\]\([^()\s]*\))?[.:]?")
_TOOL = re.compile(r"(?:^|:)\d+:\d+$")
_RATING = re.compile("[\U0001f534\U0001f535\U0001f7e0-\U0001f7e2\u26aa\u26ab]")
_ANY_FLAG = re.compile(rf"(?<![^\W_])(?:{_SEVERITIES})(?![^\W_])", re.IGNORECASE)
_MOST = 6
_LONGEST = 200  # characters of a place


def flag_in(text: str) -> str:
    """Return the first severity that a text names as a word of its own; empty: none."""
    match = _ANY_FLAG.search(text)
    return match[0] if match else ""


def has_site(text: str) -> bool:
    """Tell whether a text names a file with a line: `It leaks (a.py:3)`."""
    return bool(_SITE.search(text))


def is_site(text: str) -> bool:
    """Tell whether a text is a file with a line and nothing else."""
    return len(text) < _LONGEST and bool(_ONLY_SITE.fullmatch(text.strip()))


class Lead(NamedTuple):
    """What a title begins with: where its words begin, and what is before them, empty: it is not.

    `is_open`: the words stand in the bold that began before them; `boxed`: a flag in brackets.
    """

    end: int = 0
    code: str = ""
    number: str = ""
    flag: str = ""
    place: str = ""
    is_open: bool = False
    boxed: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether a code counts a title, and is no word such as UTF-8."""
        return not self.code or self.code[0] == "#" or bool(re.search(r"-0\d|^P\d-", self.code))

    @property
    def is_of_tool(self) -> bool:
        """Whether a place has line and column, as compilers and linters print it."""
        return bool(_TOOL.search(self.place))

    @property
    def is_rated(self) -> bool:
        """Whether a severity stands apart from the words: in brackets, as a dot, in capitals."""
        return bool(self.boxed or _RATING.match(self.flag)) or (
            len(self.flag) > 1 and self.flag.isupper()
        )


def lead_in(text: str) -> Lead:
    """Return what stands before the words of a title; nothing where no words follow it."""
    lead = Lead()
    for _ in range(_MOST):
        match = _PIECE.match(text, lead.end)
        if match is None:
            break
        lead = _longer(lead, match)
        level = _LEVEL.match(text, lead.end) if lead.is_of_tool else None
        lead = lead._replace(end=level.end()) if level else lead
    return lead if re.search(r"\w", text[lead.end :]) else Lead()


def _longer(lead: Lead, match: re.Match[str]) -> Lead:
    """Return a lead with one more piece; of two of a kind the first counts."""

    def first(*names: str) -> str:
        return next((match[name] for name in names if match[name]), "")

    return Lead(
        end=match.end(),
        code=lead.code or first("code").strip("[]"),
        number=lead.number or first("number"),
        flag=lead.flag or first("boxed", "flag", "emoji"),
        place=lead.place or first("quoted", "bare", "column"),
        is_open=lead.is_open ^ bool(match["marks"]) ^ bool(match["after"]),
        boxed=lead.boxed or first("boxed"),
    )
