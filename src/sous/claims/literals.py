"""Literals that a sentence names: `the version is 0.9.0`, `limit = 20`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERB = r"(?:is|are|stands|ist|est|es|равен|равна)"
_IS = rf"(?:\s*[=:]\s*|\s{_VERB}\s(?:(?:still|only|now|at|set to)\s){{0,2}})"
_VALUE = r"(?:(?P<quote>[\"'`])(?P<string>[^\"'`\n]{1,60})(?P=quote)|(?P<number>\d+(?:\.\d+)*))"
_NAME = r"(?:(?<![\w`./-])(?P<name>[A-Za-z][\w-]{2,60})|`(?P<ticked>[A-Za-z_]\w{2,60})`)"
_SAID = re.compile(rf"{_NAME}{_IS}{_VALUE}(?![\w%/])")
_MAY_HAVE_VALUE = re.compile(r"[\d\"']")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*(?![\w.])")
_STRING = re.compile(r"([\"'])((?:(?!\1).){1,200})\1")
_NO_NAMES = frozenset(("line", "lines", "and", "this", "that", "which", "there", "here", "it"))


class Literal(NamedTuple):
    """A value that a name is said to have, and where the value stands in the text."""

    name: str
    value: str
    at: int


def literals_in(text: str) -> Iterator[Literal]:
    """Yield what names are said to be, outside of code."""
    for match in _SAID.finditer(text) if _MAY_HAVE_VALUE.search(text) else ():
        group = "string" if match["string"] else "number"
        is_long_enough = group == "string" or "." in match[group] or len(match[group]) > 1
        name = match["name"] or match["ticked"]
        if is_long_enough and name.lower() not in _NO_NAMES:
            yield Literal(name, match[group], match.start(group))


def value_of(name: str, line: str) -> str:
    """Return the one literal behind a name in a line of code; empty where there is not one."""
    word = rf"(?<!\w){re.escape(name)}(?!\w)[\"']?"
    match = re.search(rf"{word}\s*(?::[^=]*)?[=:]\s*(?P<value>.*)", line, re.IGNORECASE)
    if match is None:
        return ""
    value = match["value"].strip().rstrip(",;")
    string = _STRING.fullmatch(value)
    number = _NUMBER.fullmatch(value)
    return string[2] if string else number[0] if number else ""
