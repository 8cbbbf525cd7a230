"""Code that a report has nearly right: one word, number or sign of it is another in the file."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.quotes import COMMENT_ENDS, SHORTEST, fold_quote, is_alike
from sous.project.languages import is_comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.claims.source import Source

_TOKEN = re.compile(
    r"\"[^\"\n]*\"|'[^'\n]*'|-?\d+|\w+|[()\[\]{},;.]|(?:(?!-\d)[^\w\s()\[\]{},;.\"'`])+|[\"'`]"
)  # a string is one, and so are the signs of an operator
_PUNCTUATION = frozenset("()[]{},;.:\"'`")
_NEGATIONS = frozenset(("not", "!"))
_CONSTANTS = frozenset(("true", "false", "none", "null", "nil", "undefined"))
_FEWEST = 3  # tokens of code that is told by all but one of them
_MANY = 6  # tokens that tell it in a whole file, or twice as many where a name is another
_TELLING = 9  # letters and digits of these
_MOST_TOKENS = 120
_MOST_LINES = 60  # of a quote
_CLOSE = 12  # lines between the lines around an altered one
_FEW_PLACES = 8  # of the line of a quote by which the others are found
_LONGEST = 1000  # characters of a line that is looked at
_RARE = 12  # characters of such a line


class Instead(NamedTuple):
    """What a file has instead of a part of a quote, and in which of its lines, from 0."""

    line: int
    said: str
    there: str

    @property
    def is_of_words(self) -> bool:
        """Whether a name stands there for another."""
        return _is_word(self.said) and _is_word(self.there)


def part_instead(
    quote: str, lines: Sequence[tuple[int, str]], *, is_long: bool = False
) -> Instead | None:
    """Return what one of some lines, each with its number, has instead of one token of a quote.

    Or two of its words in the other order. None for a quote that says too little; `is_long`: it has
    to say more, or a number is what differs.
    """
    said = _tokens(fold_quote(quote))
    telling = sum(len(_bare(token)) for token in said if re.search(r"\w", token))
    if not _FEWEST <= len(said) <= _MOST_TOKENS or telling < _TELLING:
        return None
    words = sorted({token for token in said if _is_word(token)}, key=len)[-3:]
    for number, line in lines:
        if len(line) <= _LONGEST and sum(word in line for word in words) * 2 >= len(words):
            there = _tokens_of_line(line)
            for part in _windows(there, len(said), is_longer=_NEGATIONS.isdisjoint(said)):
                found = _difference(said, part)
                if found and not (is_long and _is_common(found, len(said))):
                    return Instead(number, *found)
    return None


class _Quoted(NamedTuple):
    """A line of a quote, and where a file has it."""

    line: str
    places: list[int]

    def is_near(self, place: int) -> bool:
        """Tell whether the file has it about a line."""
        return any(abs(at - place) <= _CLOSE for at in self.places)


def line_instead(quote: str, source: Source) -> Instead | None:
    """Return what a file has instead of a part of a line of a quote; all others stand around it.

    Of several such lines each has to be nearly so there, and no more than those that are there.

    Comments and blank lines of either do not count.
    """
    lines = [] if source.is_reduced else _looked_up(quote, source)
    other = [one.line for one in lines if not one.places]
    known = [one for one in lines if 0 < len(one.places) <= _FEW_PLACES]
    anchor = next((one for one in known if len(fold_quote(one.line)) >= _RARE), None)
    if anchor is None or not 1 <= len(other) <= len(known):
        return None
    for at in anchor.places:
        if all(one.is_near(at) for one in known):
            found = [_line_around(line, source, at) for line in other]
            if all(found):
                return found[0]
    return None


def _line_around(line: str, source: Source, place: int) -> Instead | None:
    """Return what a line of a file about another has instead of a part of a line of a quote."""
    most = len(_tokens(fold_quote(line))) + 1
    around = _around(source, place, most)
    folded = fold_quote(line)
    alike = ((at, fold_quote(there)) for at, there in around if is_alike(fold_quote(there), folded))
    return part_instead(line, around) or next((Instead(at, folded, one) for at, one in alike), None)


def _looked_up(quote: str, source: Source) -> list[_Quoted]:
    """Return the full lines of a quote with their places."""
    full = _full_lines(enumerate(quote.split("\n")[:_MOST_LINES]))
    return [
        _Quoted(line, [span.first for span in source.find(fold_quote(line))]) for _, line in full
    ]


def _around(source: Source, place: int, most: int) -> list[tuple[int, str]]:
    """Return the lines about one of a file that have at most so many tokens."""
    there = range(max(0, place - _CLOSE), min(len(source.lines), place + _CLOSE + 1))
    lines = _full_lines((at, source.lines[at]) for at in there)
    return [(at, line) for at, line in lines if len(_tokens(fold_quote(line))) <= most]


def _full_lines(lines: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines with code, each with its number, and without its comment."""
    bare = ((number, COMMENT_ENDS.sub("", line)) for number, line in lines)
    return [
        (number, line)
        for number, line in bare
        if not is_comment(line) and len(fold_quote(line)) >= SHORTEST
    ]


def _tokens(code: str) -> list[str]:
    return _TOKEN.findall(code)


@lru_cache(maxsize=10_000)
def _tokens_of_line(line: str) -> list[str]:
    return _tokens(fold_quote(line))


def _windows(there: Sequence[str], size: int, *, is_longer: bool) -> Iterator[Sequence[str]]:
    """Yield all runs of tokens of a size, and those with a negation more or less."""
    sizes = (size + 1, size) if is_longer else (size - 1, size)
    for length in sizes:
        for start in range(len(there) - length + 1):
            yield there[start : start + length]


def _difference(said: Sequence[str], there: Sequence[str]) -> tuple[str, str] | None:
    """Return the one thing that differs in two runs of tokens; None where more or nothing does."""
    if len(said) != len(there):
        return _negation(said, there)
    pairs = [(ours, theirs) for ours, theirs in zip(said, there, strict=True) if ours != theirs]
    if len(pairs) == 1:
        return pairs[0] if _may_be_changed(*pairs[0]) else None
    is_swapped = len(pairs) == 2 and pairs[0] == pairs[1][::-1]  # noqa: PLR2004
    if is_swapped and all(map(_is_word, pairs[0])):
        return (f"{pairs[0][0]} … {pairs[0][1]}", f"{pairs[0][1]} … {pairs[0][0]}")
    return None


def _is_common(found: tuple[str, str], size: int) -> bool:
    """Tell whether code of so many tokens may be like other code of a file by chance."""
    if size >= _MANY:
        return size < 2 * _MANY and all(map(_is_word, found)) and " " not in found[0]
    return not all(map(str.isdecimal, found))


def _negation(said: Sequence[str], there: Sequence[str]) -> tuple[str, str] | None:
    longer, shorter = (said, there) if len(said) > len(there) else (there, said)
    for at in range(1, len(longer)):
        rest = itertools.chain(longer[:at], longer[at + 1 :])
        if longer[at] in _NEGATIONS and list(rest) == list(shorter):
            before = longer[at - 1]
            with_it = f"{before} {longer[at]}"
            return (with_it, before) if longer is said else (before, with_it)
    return None


def _may_be_changed(ours: str, theirs: str) -> bool:
    """Tell whether one token may have been put for another: both are signs, or words, or values."""
    if {ours, theirs} & _PUNCTUATION or _bare(ours) == _bare(theirs):
        return False
    kinds = (_is_sign(ours), _is_literal(ours)), (_is_sign(theirs), _is_literal(theirs))
    return kinds[0] == kinds[1]


def _bare(token: str) -> str:
    return token.strip("_\"'").casefold()


def _is_sign(token: str) -> bool:
    return not re.search(r"\w", token)


def _is_literal(token: str) -> bool:
    return token[:1] in "\"'" or token.lstrip("-")[:1].isdigit() or token.lower() in _CONSTANTS


def _is_word(token: str) -> bool:
    return not _is_sign(token) and not _is_literal(token)
