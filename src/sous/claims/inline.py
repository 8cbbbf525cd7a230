"""Code between single ticks that is more than a name: what a report quotes in a sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

from sous.claims.mentions import LONGEST
from sous.claims.sentences import is_hypothetical
from sous.claims.source import words_of
from sous.claims.words import any_of, is_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.mentions import Mention

_SHORT = 7  # characters of code that says nothing
_BEHIND = re.compile(r"`?[*_]{0,2}\)?(?:\s?[:\u2013\u2014-]\s?|\s)[*_]{0,2}`(?P<code>[^`\n]+)`")
_BEFORE = re.compile(r"`(?P<code>[^`\n]+)`\s?(?:\(|at |in |@ )[*_]{0,2}`?")
_LINES = re.compile(r":?[L\d\s,:\u2013-]+")  # `:266-284`
_EMPTY_CALL = re.compile(r"(?:[\w.:$]+!?(?:\(\)|\[\]))+")  # also `vec![]`, `a().b()`
_BEYOND_NAME = re.compile(r"[^\w.:]")
_WORDS = re.compile(r"\w+(?:,\s\w+)+")  # a list of them
_PLACEHOLDER = re.compile(r"(?<=\s)<[a-z][\w-]*>(?=\s)")  # in a message
_CODE_SIGN = re.compile(r"[=(){}\[\];<>]|->|::|[\"']: ")
_PATH_OR_NAME = re.compile(r"[\w./-]+$")
_TYPE_ARGUMENTS = r"(?:<[\w, :*&]{0,60}>)?"
# `Billing::Invoice#pay!`, `Vec<T>::at(size_t)`, `(*Handler).ServeHTTP`.
_QUALIFIED = re.compile(
    rf"""
    (?: \(\*?\w{{1,60}}\)\. )?                         # the receiver of a method
    [A-Za-z_$][\w$]* {_TYPE_ARGUMENTS}
    (?: (?: ::|\.|\#|-> ) ~?[\w$]+ {_TYPE_ARGUMENTS} )*
    [?!]?
    (?: \( [\w\s,:*&<>\[\].]{{0,80}} \) )?             # types or names of parameters
    """,
    re.VERBOSE,
)
_QUALIFIER = re.compile(r"::|#|^\(\*|[?!]$")


@cache
def _no_quote() -> re.Pattern[str]:
    """Return what begins as a route, a selector, what an attacker types in, or a command."""
    route = rf"{any_of('typed', 'methods')}\s+/"
    selector = r"[\w-]+(?:\s>\s[\w-]+)+$"
    injection = r"[\"']\s*(?:OR|AND|UNION|;)\s|<script\b|.*\b1\s?=\s?1\b"
    path = r"[\w${}.~-]*(?:/[\w${}.~*-]+)+$"  # with a variable in it
    option = r"--?[A-Za-z]"
    return re.compile(f"{route}|{selector}|{injection}|{option}|{path}")


def is_quote(code: str) -> bool:
    """Tell whether code is more than a name, a command, a route or what is typed in."""
    code = code.strip()
    if len(code) <= _SHORT or not _BEYOND_NAME.search(code) or is_empty_call(code):
        return False
    if _WORDS.fullmatch(code) or (not words_of(code) and _LINES.fullmatch(code)):
        return False
    is_name = _QUALIFIED.fullmatch(code) and _QUALIFIER.search(code)
    return not is_name and not is_command(code) and not _no_quote().match(code)


def is_code(code: str) -> bool:
    """Tell whether what stands between ticks has the signs of code, and words to look for."""
    signs = _CODE_SIGN.search(_PLACEHOLDER.sub("", code))
    if len(code) <= _SHORT or not signs or _PATH_OR_NAME.match(code):
        return False
    is_name = "::" in code and "(" not in code and "->" not in code and _QUALIFIED.fullmatch(code)
    return bool(words_of(code)) and not is_name


def is_empty_call(code: str) -> bool:
    """Tell whether code is a name with empty brackets."""
    return bool(_EMPTY_CALL.fullmatch(code))


def quoted_beside(text: str, mention: Mention, mentions: Sequence[Mention]) -> str | None:
    """Return the code between ticks right behind lines or right before them: their quote."""
    behind = _BEHIND.match(text, mention.to)
    start = _opening_before(text, mention.at)
    before = _BEFORE.fullmatch(text, start, mention.at) if start >= 0 else None
    in_brackets = before is not None and before[0].endswith(("(", "(`"))
    for match in filter(None, (None if in_brackets else behind, before)):
        code = match["code"]
        is_said = not is_hypothetical(text, match.start("code") - 1, match.end("code"))
        is_free = is_said and not _is_place(mentions, match.start("code") - 1)
        if is_free and is_quote(code):
            return code.strip()
    return None


def _opening_before(text: str, at: int) -> int:
    """Return where the last code between ticks before a place begins, -1 where there is none."""
    lowest = max(0, at - 2 * LONGEST)
    closing = text.rfind("`", lowest, at)
    if closing == at - 1:  # what opens the code that the place is in
        closing = text.rfind("`", lowest, max(0, closing))
    return text.rfind("`", lowest, max(0, closing))


def _is_place(mentions: Sequence[Mention], at: int) -> bool:
    number = bisect_right(mentions, at, key=lambda mention: mention.at) - 1
    return number >= 0 and mentions[number].at == at
