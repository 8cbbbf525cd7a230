"""Braces in a glob: `{a,b}` and `{1..3}` stand for several globs."""

from __future__ import annotations

import re
from functools import lru_cache

from sous.errors import UsageProblem

_LIMIT = 1000
_LONGEST, _MOST_BRACES = 4_096, 100  # characters, as of a path
_RANGE = re.compile(r"(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?")


@lru_cache(maxsize=1024)
def expand_braces(glob: str) -> tuple[str, ...]:
    r"""Return the globs that `a{b,c}` stands for, each once.

    Nested braces and ranges (`{1..10..2}`, `{a..c}`) work; `{a}`, `${a,b}`, `\{` and unbalanced
    ones are plain text, and so are those in a class. Raises UsageProblem where they are too many.
    """
    if len(glob) > _LONGEST or glob.count("{") > _MOST_BRACES:
        raise UsageProblem(f"the glob `{glob[:60]}` is too long, or has too many braces")
    if "{" not in glob:
        return (glob,)
    return tuple(dict.fromkeys(_expand(glob, glob)))


def _expand(text: str, whole: str) -> list[str]:
    done = [""]
    at = 0
    while at < len(text):
        end = _end_of_piece(text, at)
        if text[at] == "{" and end > at + 1:
            pieces = _alternatives(text[at + 1 : end - 1], whole)
            if at and text[at - 1] == "$":
                pieces = [text[at:end]]
        else:
            pieces = [text[at:end]]
        if len(done) * len(pieces) > _LIMIT:
            raise UsageProblem(
                f"the glob `{whole[:60]}` expands to more than {_LIMIT} globs; shorten its braces"
            )
        done = [before + piece for before in done for piece in pieces]
        at = end
    return done


def _end_of_piece(text: str, at: int) -> int:
    """Return where the character, the escape, the class or the braces at `at` end."""
    if text[at] == "\\":
        return min(at + 2, len(text))
    if text[at] == "[":
        return (text.find("]", at + 2) + 1) or at + 1
    return _end_of_braces(text, at) if text[at] == "{" else at + 1


def _end_of_braces(text: str, at: int) -> int:
    """Return where the braces that open at `at` end; behind the `{` if they never do."""
    opened: list[str] = []
    index = at
    while index < len(text):
        char = text[index]
        if char in "{(":
            opened.append(char)
        elif char == "}" and opened[-1] == "{":
            opened.pop()
            if not opened:
                return index + 1
        elif char == ")" and opened[-1] == "(":
            opened.pop()
        index = _end_of_piece(text, index) if char in "\\[" else index + 1
    return at + 1


def _alternatives(inside: str, whole: str) -> list[str]:
    """Return what the text between two braces stands for."""
    parts = _split(inside)
    if len(parts) > 1:
        return [one for part in parts for one in _expand(part, whole)]
    span = _RANGE.fullmatch(inside)
    members = _span(span, whole) if span else []
    return members or [f"{{{one}}}" for one in _expand(inside, whole)]


def _split(inside: str) -> list[str]:
    """Split at the commas that are in no braces and no parentheses of their own."""
    parts, begin, index, depth = [], 0, 0, 0
    while index < len(inside):
        char = inside[index]
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char == "," and not depth:
            parts.append(inside[begin:index])
            begin = index + 1
        index = _end_of_piece(inside, index)
    return [*parts, inside[begin:]]


def _span(span: re.Match[str], whole: str) -> list[str]:
    """Return the members of `1..3`, with leading zeros where an end has them; none for `a..3`."""
    first, last, by = span[1], span[2], abs(int(span[3] or 1)) or 1
    if first.isalpha() != last.isalpha():
        return []
    low, high = (ord(first), ord(last)) if first.isalpha() else (int(first), int(last))
    if abs(high - low) // by >= _LIMIT:
        raise UsageProblem(
            f"the glob `{whole[:60]}` expands to more than {_LIMIT} globs; shorten its braces"
        )
    members = range(low, high + 1, by) if low <= high else range(low, high - 1, -by)
    if first.isalpha():
        return [chr(one) for one in members]
    is_padded = any(re.match(r"-?0\d", one) for one in (first, last))
    width = max(len(first), len(last)) if is_padded else 0
    return [f"{one:0{width}d}" for one in members]
