"""What a test of a function has to try, from its lines: branches, errors, values at a limit."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from sous.project.languages import comments_at, is_comment
from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sous.analyst.survey import Code, Survey

_MOST = 8
_LONGEST = 100  # characters of a line that is quoted
_BRANCH = re.compile(
    r"[ \t]*(?:\}[ \t]*)?(?:(?:else[ \t]+)?(?:if|elif|elsif|unless|while|switch|match|case|when|catch)\b"
    r"|throw\b|raise\b|panic(?:!|\()|return Err\(|return .*\b[eE]rr(?:or)?\b)"
)
_LIMIT = re.compile(r"[<>]=?[ \t]*(-?\d{1,9})\b(?![.\w])")
_NODES = (ast.If, ast.While, ast.Raise, ast.ExceptHandler, ast.match_case)


def cases_of(survey: Survey, code: Code) -> list[str]:
    """Return items of a list, each a line that decides or fails, as it stands in the code."""
    path = code.path
    lines = survey.lines(path)
    found = []
    for number in _branches(survey, code):
        line = lines[number - 1].strip()
        if line and len(line) <= _LONGEST and not (UNSAFE.search(line) or "`" in line):
            place = f"`{path}:{survey.number(path, number)}`"
            found.append(f"- {place}: `{line}`{_beside(line)}")
    rest = len(found) - _MOST
    more = [f"- and {rest} more line{'s' * (rest != 1)} that decide"] if rest > 0 else []
    return found[:_MOST] + more


def _branches(survey: Survey, code: Code) -> Iterable[int]:
    """Return the numbers of lines that decide or fail."""
    function = code.function
    numbers = range(function.first + 1, min(function.last, len(survey.lines(code.path))) + 1)
    if survey.facts[code.path].language == "Python":
        known = _python_branches(survey, code.path)
        return [number for number in numbers if number in known]
    return list(_by_words(survey, code.path, numbers))


def _by_words(survey: Survey, path: str, numbers: Iterable[int]) -> Iterator[int]:
    marks = comments_at(path)
    lines = survey.lines(path)
    for number in numbers:
        if _BRANCH.match(lines[number - 1]) and not is_comment(lines[number - 1], marks):
            yield number


def _python_branches(survey: Survey, path: str) -> set[int]:
    key = f"branches {path}"
    if key not in survey.memo:
        survey.memo[key] = set(_nodes(survey.files[path].text))
    found: set[int] = survey.memo[key]
    return found


def _nodes(text: str) -> Iterator[int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, _NODES):
            yield node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno


def _beside(line: str) -> str:
    """Return the values at and beside the limits that a line compares with."""
    limits = sorted({int(number) for number in _LIMIT.findall(line)})[:2]
    values = sorted({value for one in limits for value in (one - 1, one, one + 1)})
    return f" (try {', '.join(map(str, values))})" if values else ""
