"""How lines of a file are named: `:12-20`, `#L12`, `lines 3, 8 and 12-14`, in several languages."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sous.claims.words import any_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_RANGES = 200  # in one list
_NUMBER = r"[~≈]?[Ll]?\d{1,7}"
_SHORT_RANGE = rf"{_NUMBER}(?:\s?[-\u2013\u2014]\s?[Ll]?\d{{1,7}})?"
_COLUMN = r"(?::\d{1,5}(?:-\d{1,5})?)?"
# Right behind a path: `:12`, `:12-20`, `#L12-L20`, `:48,65`, and with a column `:12:5`.
BEHIND_PATH = rf"(?::|\#|:line\s?|,\s?)(?P<list>{_SHORT_RANGE}(?:,\s?{_SHORT_RANGE})*){_COLUMN}"
# `(370, 396)` and `(12-20)` right behind a path.
IN_BRACKETS = re.compile(
    rf"[`*_]{{0,3}}\s?[(\[](?P<list>{_SHORT_RANGE}(?:\s?,\s?{_SHORT_RANGE})*)[)\]]"
)
# `(570-575)` and `(156, 163)` apart from a path, which is named before them.
_APART = re.compile(
    r"(?<=\s)\((?P<list>[1-9]\d{0,5}\s?(?:[-\u2013]\s?\d{1,6}|,\s?\d{1,6})(?:,\s?\d{1,6})*)\)"
)
# `:12-20` alone between ticks.
_TICKED = re.compile(
    r"(?<=`):(?P<list>\d{1,6}[-\u2013]\d{1,6}(?:,\s?\d{1,6}(?:[-\u2013]\d{1,6})?)*)(?=`)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGIT = re.compile(r"\d")
# `L12-L20` alone.
_SHORT_LINES = re.compile(
    r"(?<![\w/.#-])(?P<list>L\d{1,7}(?:\s?[-\u2013\u2014]\s?L?\d{1,7})?)(?!\w)"
)
# `L5 (of low severity)` beside `M14 (...)`: numbers of findings.
_NUMBER_OF_FINDING = re.compile(r"(?<![\w/.#-])[A-KM-Z]\d{1,3}(?=\s\()")
_SHORT_NUMBER = re.compile(r"L\d{1,3}(?=\s\()")
# Behind the address of a file.
_ANCHOR = re.compile(r"L(?P<first>\d{1,7})(?:-L?(?P<last>\d{1,7}))?")


@cache
def _to() -> str:
    return rf"\s?{any_of('line', 'to')}\s?"


@cache
def _list() -> str:
    """Return the expression for a list of lines in words: `3, 8 and 12-14`, `~10 to 20`."""
    one = rf"[~≈]?\s?L?\d{{1,7}}(?:{_to()}[~≈]?L?\d{{1,7}}(?![\w%]))?"
    return rf"(?P<list>{one}(?:\s?{any_of('line', 'and')}\s?(?:and\s)?{one})*)"


@cache
def _lines() -> re.Pattern[str]:
    """Return what finds lines in words: `line 12`, `lines ~10 to 20`, `Lines 3, 8 and 12-14`."""
    number = r"(?:\(s\)|\s(?:numbers?|nos?\.|nrs?\.))?"
    between = r"(?:[\s:#`]|\*\*){0,6}"
    word = any_of("line", "words")
    return re.compile(rf"(?<![\w/.-]){word}{number}{between}{_list()}(?![\w%])", re.IGNORECASE)


def lists_of_lines(text: str) -> Iterator[Iterator[re.Match[str]]]:
    """Yield the lists of lines in a text, first those in words, then the short ones: `L12-L20`."""
    if _DIGIT.search(text):
        yield _lines().finditer(text)
        yield _short_lines(text)
        yield _TICKED.finditer(text)


def _short_lines(text: str) -> Iterator[re.Match[str]]:
    """Yield `L12` and `L12-L20`, but for what is the number of a finding."""
    has_numbers = _NUMBER_OF_FINDING.search(text) is not None
    for match in _SHORT_LINES.finditer(text):
        if not has_numbers or not _is_number_of_finding(text, match):
            yield match


def _is_number_of_finding(text: str, match: re.Match[str]) -> bool:
    number = _SHORT_NUMBER.match(text, match.start())
    return number is not None and number.end() == match.end()


def lines_apart(text: str) -> Iterator[re.Match[str]]:
    """Yield lists of lines in brackets that rise and are no years; a path has to stand before."""
    for match in _APART.finditer(text) if "(" in text else ():
        numbers = [int(number) for number in re.findall(r"\d+", match["list"])]
        is_rising = numbers == sorted(set(numbers))
        if is_rising and not any(_YEAR.fullmatch(str(number)) for number in numbers):
            yield match


@cache
def between_path_and_lines() -> re.Pattern[str]:
    """Return what stands between a path and the lines of it that follow."""
    opening = r"[\s`*_]{0,4}(?:[(\[,:;\u2013\u2014-]\s?)?[*_`]{0,2}"
    return re.compile(rf"{opening}(?:\s?{any_of('line', 'at')}\s)?[`*_]{{0,2}}")


@cache
def between_lines_and_path() -> re.Pattern[str]:
    """Return what stands between lines and the path that follows."""
    article = r"[\s`*_(]{0,4}(?:the\s)?(?:file\s)?[`*_]{0,2}"
    return re.compile(rf"[`*_]{{0,3}}\s?{any_of('line', 'of')}{article}", re.IGNORECASE)


def list_in_cell(text: str, *, column: str) -> str:
    """Return the lines that a cell of a table names, where that is what its column is for."""
    head, cell = _column_and_cell()
    match = cell.fullmatch(text) if column and head.fullmatch(column) else None
    return match["list"] if match else ""


@cache
def _column_and_cell() -> tuple[re.Pattern[str], re.Pattern[str]]:
    word = any_of("line", "words")
    head = rf"\W*{word}(?:\(s\)|\s(?:numbers?|nos?\.?))?\W*"
    cell = rf"[\s`*_]*{_list()}[\s`*_]*"
    return re.compile(head, re.IGNORECASE), re.compile(cell, re.IGNORECASE)


@cache
def _range() -> re.Pattern[str]:
    return re.compile(rf"L?(\d{{1,7}})(?:{_to()}[~≈]?L?(\d{{1,7}}))?", re.IGNORECASE)


def ranges_in(text: str) -> list[tuple[int, int]]:
    """Return the lines that a list of them names, as first and last."""
    found = []
    for match in _range().finditer(text):
        start, end = int(match[1]), int(match[2] or match[1])
        found.append((start, max(start, end)))
    return found[:_MOST_RANGES]


def lines_of_anchor(anchor: str) -> tuple[int, int] | None:
    """Return the lines that the end of a link names: `L12`, `L12-L20`."""
    match = _ANCHOR.fullmatch(anchor)
    return (int(match["first"]), int(match["last"] or match["first"])) if match else None
