"""Which values a setting may have, and how the text of a variable is read as one."""

from __future__ import annotations

import re
from typing import Any

from sous.command_lines import split_command
from sous.notify import is_safe_url

STYLES = ("xml", "markdown", "plain", "json")
LISTS = ("ignore", "include", "allow_secrets", "sarif")
_ALLOWED = re.compile(r"[0-9a-f]{12}|comments")
_FLAGS = ("line_numbers", "evidence", "git_excludes")
# Numbers: what they are called when they are wrong, the least, and whether they must be whole.
_NUMBERS = {
    "budget": ("a number of tokens", 1, True),
    "context_window": ("a number of tokens", 1, True),
    "jobs": ("a number of calls", 1, True),
    "retries": ("a number", 0, True),
    "timeout": ("a number of seconds, more than 0", 1e-9, False),
    "max_cost": ("a number of US dollars", 0, False),
}
_TOO_MUCH = 10**12
NOTIFY = ("auto", "always", "never")
_ONE_OF = {"notify": NOTIFY, "notebooks": ("whole", "cells")}
_BOOLEANS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def from_text(key: str, text: str) -> Any:
    """Return the value of a setting as the text of a variable writes it.

    What is none stays as it is, and is told of like any wrong value.
    """
    if key in LISTS:
        return split_list(text)
    if key == "options":
        return _options(text)
    if key in _NUMBERS:
        return _number(text, whole=_NUMBERS[key][2])
    return _BOOLEANS.get(text.lower(), text) if key in _FLAGS else text


def _number(value: str, *, whole: bool) -> int | float | str:
    """Return the number that a text is; what is none stays as it is."""
    try:
        return int(value) if whole else float(value)
    except ValueError:
        return value


def split_list(value: str) -> list[str]:
    """Split `a,b,{c,d}` at the commas outside braces; empty pieces are dropped."""
    pieces, depth, start = [], 0, 0
    for index, char in enumerate(value):
        depth += (char == "{") - (char == "}")
        if char == "," and depth <= 0:
            pieces.append(value[start:index])
            start = index + 1
    pieces.append(value[start:])
    return [piece.strip() for piece in pieces if piece.strip()]


def _options(value: str) -> dict[str, str] | str:
    """Return `a=1,b=2` as a table; what is not of this form stays as it is."""
    pairs = [part.partition("=") for part in value.split(",")]
    return {key: one for key, _, one in pairs} if all(equals for _, equals, _ in pairs) else value


def fits(key: str, value: Any) -> tuple[bool, str]:
    """Tell whether a value is one that a setting may have, and say which ones are."""
    if key == "allow_secrets":
        what = "a list of fingerprints (12 digits, from --secrets-report) or `comments`"
        return _is_list_of(value, _ALLOWED), what
    if key in LISTS:
        is_list = isinstance(value, (list, tuple))
        what = "a list of files" if key == "sarif" else "a list of globs"
        return is_list and all(isinstance(one, str) for one in value), what
    if key == "options":
        return isinstance(value, dict), "a table (in a variable: a=1,b=2)"
    if key in _FLAGS:
        return isinstance(value, bool), "true or false"
    return _fits_number(key, value) if key in _NUMBERS else _fits_text(key, value)


def command_words(value: Any) -> tuple[str, ...] | None:
    """Return a command line in words; None for what is none."""
    try:
        words = split_command(value) if isinstance(value, str) else value
    except ValueError:  # quotes that do not end
        return None
    is_list = isinstance(words, (list, tuple)) and all(isinstance(one, str) for one in words)
    return tuple(words) if is_list and words and words[0] else None


def _is_list_of(value: Any, pattern: re.Pattern[str]) -> bool:
    texts = isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
    return texts and all(map(pattern.fullmatch, value))


def _fits_number(key: str, value: Any) -> tuple[bool, str]:
    what, least, whole = _NUMBERS[key]
    kinds = (int,) if whole else (int, float)
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    return is_number and least <= value < _TOO_MUCH, what


def _fits_text(key: str, value: Any) -> tuple[bool, str]:
    if known := _ONE_OF.get(key):
        return value in known, f"one of {', '.join(known)}"
    if key == "notify_command":
        what = "a command line, or a list of a program and its arguments"
        return command_words(value) is not None, what
    if key == "notify_url":
        return isinstance(value, str) and is_safe_url(value), "a URL: https, or http on loopback"
    is_text = isinstance(value, str)
    if key == "style":
        return is_text and value.lower() in STYLES, f"one of {', '.join(STYLES)}"
    return is_text and bool(value), "a text"
