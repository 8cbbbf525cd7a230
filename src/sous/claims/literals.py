"""Literals that a sentence names: `the version is 0.9.0`, `limit = 20`."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERB = r"(?:is|are|stands|ist|est|es|равен|равна)"
_IS = rf"(?:\s*[=:]\s*|\s{_VERB}\s(?:(?:still|only|now|at|set to)\s){{0,2}})"
_VALUE = r"(?:(?P<quote>[\"'`])(?P<string>[^\"'`\n]{1,60})(?P=quote)|(?P<number>\d+(?:\.\d+)*))"
_NAME = r"(?:(?<![\w`./-])(?P<name>[A-Za-z][\w-]{2,60})|`(?P<ticked>[A-Za-z_]\w{2,60})`)"
_UNIT = r"(?:\s(?P<unit>ms|milliseconds|s|seconds?|minutes?|hours?|days?|bytes?|[KM]i?B))"
_SAID = re.compile(rf"{_NAME}{_IS}{_VALUE}(?![\w%/]){_UNIT}?(?!\w)")
_IN_BRACKETS = re.compile(rf"{_NAME}\s\({_VALUE}{_UNIT}\)")
_FACTORS = {
    "ms": (1, 0.001), "millisecond": (1, 0.001), "s": (1, 1000), "second": (1, 1000),
    "minute": (60, 60_000), "hour": (3600, 3_600_000), "day": (86_400, 86_400_000),
    "byte": (1,), "KB": (1000, 1024), "KiB": (1024,), "MB": (10**6, 2**20), "MiB": (2**20,),
}  # fmt: skip
_MAY_HAVE_VALUE = re.compile(r"[\d\"']")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*(?![\w.])")
_STRING = re.compile(r"([\"'])((?:(?!\1).){1,200})\1")
_SHORT_NAME = 3  # characters
_SAME = 0.01
_NO_NAMES = frozenset(("line", "lines", "and", "this", "that", "which", "there", "here", "it"))


class Literal(NamedTuple):
    """A value that a name is said to have, of what, and where it stands in the text."""

    name: str
    value: str
    at: int
    unit: str

    @property
    def is_of_constant(self) -> bool:
        """Whether the name is one of a constant, which has one value everywhere."""
        return self.name.isupper() and len(self.name) > _SHORT_NAME


def literals_in(text: str) -> Iterator[Literal]:
    """Yield what names are said to be, outside of code."""
    forms = (_SAID, _IN_BRACKETS) if _MAY_HAVE_VALUE.search(text) else ()
    for match in itertools.chain.from_iterable(form.finditer(text) for form in forms):
        group = "string" if match["string"] else "number"
        is_long_enough = group == "string" or "." in match[group] or len(match[group]) > 1
        name = match["name"] or match["ticked"]
        found = Literal(name, match[group], match.start(group), match["unit"] or "")
        if (is_long_enough or found.is_of_constant) and name.lower() not in _NO_NAMES:
            yield found


def number_of(name: str, line: str) -> int | None:
    """Return the number that a line gives to a constant, of the product of several."""
    product = r"(?P<product>[\d_]+(?:\s*\*\s*[\d_]+)*)\s*(?![\w.*/+-])"
    match = re.search(rf"(?<!\w){re.escape(name)}\b[^=\n]{{0,60}}=\s*{product}", line)
    if match is None:
        return None
    return math.prod(int(one.replace("_", "") or 1) for one in match["product"].split("*"))


def is_number(said: str, unit: str, number: int) -> bool:
    """Tell whether what is said in a unit is a number, in whatever unit that may be."""
    factors = _FACTORS.get(unit if unit in _FACTORS else unit.removesuffix("s"), (1,))
    return any(abs(float(said) * factor - number) < _SAME for factor in factors)


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
