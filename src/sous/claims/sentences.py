"""What is around a place in a text: its sentence, the code in that, and what it claims."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.claims import words

if TYPE_CHECKING:
    from sous.claims.mentions import Mention

CODE_SPAN = re.compile(r"`([^`]+)`")
_ANY_SPAN = re.compile(r"`[^`]*`")
_LONGEST = 2000  # characters of half a sentence
_NO_WORDS = re.compile(r"(?:[^\w`]|\d{1,3}[.)]|(?i:the|function|method|class|code|line)\b)*`?")
_HAS_NONE = re.compile(
    r"`?[*_]*\s(?:(?:defines?|has|declares?|exports?)\sno|does\snot\s(?:define|declare|export|have))"
    r"\s(?:an?\s)?`?",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"(?<![\w#/.-])(?=\w*\d)(?=\w*[a-f])[0-9a-f]{7,40}(?![\w/.-])")
_BEFORE = 160  # characters that are looked at for what a name is asked for
_MOST_CODE = 10  # code spans of one sentence


def sentence_start(text: str, at: int) -> int:
    """Return where the sentence begins that a place is in."""
    begin = max(0, at - _LONGEST)
    return max(text.rfind(end, begin, at) for end in (". ", "\n", "; ")) + 1


def code_beside(text: str, at: int) -> tuple[str, ...]:
    """Return the code between ticks in the sentence of a place, what comes behind it first."""
    start = sentence_start(text, at)
    stop = min(len(text), at + _LONGEST)
    ends = [found for sign in ("\n", ". ") if (found := text.find(sign, at, stop)) >= 0]
    spans = list(CODE_SPAN.finditer(text, start, min([*ends, stop])))
    spans.sort(key=lambda span: span.start() < at)
    return tuple(span[1] for span in spans[:_MOST_CODE])


def is_subject(text: str, begin: int, at: int) -> bool:
    """Tell whether nothing but signs and what a name is called stands before it."""
    return at - begin < _BEFORE and bool(_NO_WORDS.fullmatch(text, begin, at))


def is_reported(text: str, at: int) -> bool:
    """Tell whether a sentence says of code that it is there: `it calls …`, `contains …`."""
    return words.is_reported(_before(text, at))


def has_none(text: str, start: int, end: int) -> bool:
    """Tell whether a text says between a file and a name that the file does not define it."""
    return bool(_HAS_NONE.fullmatch(text, start, end))


def is_of_a_commit(text: str, at: int) -> bool:
    """Tell whether a sentence names a commit before a place: it tells what was, not what is."""
    begin = text.rfind(". ", max(0, at - _LONGEST), at) + 1
    return bool(_COMMIT.search(text, begin, at))


def is_hypothetical(text: str, at: int, end: int) -> bool:
    """Tell whether a name is reported missing, or could be there, or should."""
    return words.is_hypothetical(_before(text, at)) or words.is_missing(text, end)


def is_hypothetical_path(text: str, mention: Mention) -> bool:
    """Tell whether a file is reported missing, or is to be made."""
    before = _before(text, mention.at)
    return words.is_to_be_made(before) or words.is_missing(text, mention.to)


def _before(text: str, at: int) -> str:
    """Return what stands before a place in its sentence."""
    return _ANY_SPAN.sub("`", text[max(0, at - _BEFORE) : at].rstrip("`*_ ("))
