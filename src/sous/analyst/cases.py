"""What a test of a function has to try, from its lines: branches, errors, values at a limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from sous.analyst.survey import Code, Survey

_MOST = 8
_LONGEST = 100  # characters of a line that is quoted
_LIMIT = re.compile(r"[<>]=?[ \t]*(-?\d{1,9})\b(?![.\w])")


def cases_of(survey: Survey, code: Code) -> list[str]:
    """Return items of a list, each a line that decides or fails, as it stands in the code."""
    path = code.path
    lines = survey.lines(path)
    found = []
    for number in code.function.branches:
        line = lines[number - 1].strip()
        if line and len(line) <= _LONGEST and not (UNSAFE.search(line) or "`" in line):
            place = f"`{path}:{survey.number(path, number)}`"
            found.append(f"- {place}: `{line}`{_beside(line)}")
    rest = len(found) - _MOST
    more = [f"- and {rest} more line{'s' * (rest != 1)} that decide"] if rest > 0 else []
    return found[:_MOST] + more


def _beside(line: str) -> str:
    """Return the values at and beside the limits that a line compares with."""
    limits = sorted({int(number) for number in _LIMIT.findall(line)})[:2]
    values = sorted({value for one in limits for value in (one - 1, one, one + 1)})
    return f" (try {', '.join(map(str, values))})" if values else ""
