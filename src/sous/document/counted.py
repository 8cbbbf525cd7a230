"""Titles that count themselves: `Issue 3: x`, `Vorgang 3: x`, `3. x`.

In the languages that models answer in.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sous.document.words import any_of

_NUMBER = r"(?P<number>\d+(?:[.\-]\d+)*[a-z]?|[A-Z]{1,5}-?\d+)"
_BEHIND = (
    r"\s*(?:\*\*|__)?\s*(?:[:\uff1a.)\]]|[\u2013\u2014-](?=\s))\s*(?:\*\*|__)?\s*(?P<title>.*)$"
)
_FORGE = r"^[\W_]*?(?:(?:github|gitlab)\s+)?"
_NOTE = r"(?:\s*[(\uff08](?P<note>[^()\uff08\uff09]{1,30})[)\uff09](?=\s*[:\uff1a\u2013\u2014-]))?"
_MARKED = re.compile(
    rf"{_FORGE}(?:{any_of('issue')})s?\s*(?:#|no\.?\s|n[º°]\s*|№\s*)?\s*"
    rf"(?:{_NUMBER}|(?-i:(?P<letter>[A-Z])(?=\s*[:\uff1a(\uff08]))){_NOTE}(?:{_BEHIND}|[\s*_]*$)",
    re.IGNORECASE,
)
_PREFIXED = re.compile(
    rf"{_FORGE}(?:{any_of('issue_alone')})(?:\s*[:\uff1a]\s*|\s+[\u2013\u2014-]\s+)(?P<title>.+)$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"[\W_]*?(?P<word>{any_of('issue')})\s*[:\uff1a]\s*(?P<title>\S.*)$", re.IGNORECASE
)
_ANY_WORD = re.compile(
    rf"^[\W_]*?(?![vV]\d+\.\d)(?P<word>[^\W\d_]+(?:\s[^\W\d_]+)?)\s*(?:#|№)?\s*{_NUMBER}"
    rf"(?!\.\d){_BEHIND}"
)
_NO_ISSUE = re.compile(any_of("no_issue"), re.IGNORECASE)
_COUNTS_ELSE = re.compile(rf"[\W_]*(?:{any_of('no_issue')})\s+\d", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^[^\w\[#]*?\[?#?(?P<number>\d+(?:\.\d+)*|\d{1,2}-\d{1,2}(?=[.)]?\s)|[A-Z]{1,5}-?\d+|[A-Z](?=\.))"
    r"(?:\s*(?:\*\*|__)?\s*(?:[:\uff1a.)\]]|[\u2013\u2014-](?=\s))+|(?<=[.-]\d)(?=\s))\s*(?P<title>.*)$"
)


class Marked(NamedTuple):
    """What counts a title: its number as it is written (empty: none), the rest, the word."""

    number: str
    title: str
    word: str = ""


def marked(text: str) -> Marked | None:
    """Return number and rest of a title that says issue: `Issue 3: x`, `GitHub Issue: x`."""
    match = _MARKED.match(text)
    if match:
        note = f" ({match['note']})" if match["note"] and match["title"] else ""
        number = match["number"] or match["letter"]
        return Marked(number, f"{match['title'] or ''}{note}", "issue")
    match = _PREFIXED.match(text)
    return Marked("", match["title"], "issue") if match else None


def issue_word(text: str) -> Marked | None:
    """Return the word for an issue that a title begins with, and what follows it: `Bug: x`."""
    match = _NAMED.match(text)
    return Marked("", match["title"], match["word"].casefold()) if match else None


def worded(text: str) -> Marked | None:
    """Return the number and the rest of a title with any word before a number: `Vorgang 3: x`."""
    found = counted_by_word(text)
    if found and is_part_word(found.word):
        return None
    return found


def is_part_word(word: str) -> bool:
    """Tell whether a word before a number names a part of a text or of a plan: phase, week."""
    return bool(_NO_ISSUE.fullmatch(word))


def counted_by_word(text: str) -> Marked | None:
    """Return number and rest of a title with a word before its number, those of parts too."""
    match = _ANY_WORD.match(text)
    if match is None:
        return None
    return Marked(match["number"], match["title"], match["word"].casefold())


def counts_else(text: str) -> bool:
    """Tell whether a title counts what is no issue: `Milestone 2: x`, `Phase 1`."""
    return bool(_COUNTS_ELSE.match(text))


def numbered(text: str) -> Marked | None:
    """Return number and rest of a title that begins with a number: `3. x`, `#3: x`, `B.2 x`."""
    match = _NUMBERED.match(text)
    return Marked(match["number"], match["title"]) if match else None
