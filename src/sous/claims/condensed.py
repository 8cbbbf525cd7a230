"""Code that a report tells in fewer lines: brackets dropped, lines and comments left out."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.quotes import SHORTEST, fold_quote
from sous.project.languages import is_comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.source import Source

_TOKEN = re.compile(r"\w+|[^\w\s(){};,\[\]\"'`]")  # brackets and quotation marks tell nothing
_COMMENT_BEHIND = re.compile(r"/\*.*?\*/|(?<=\s)(?://|#\s|--\s).*$")
_ELLIPSIS = re.compile(r"\.\.\.|\u2026")
_FEWEST = 6  # tokens of such a quote
_MOST_TOKENS = 600
_MOST_LINES = 120  # of the file that a quote is told from
_FEWEST_LINES = 3  # whole ones of a quote that is retold
_TIMES = 4  # as many lines as a quote may be told from for each of its own
_LEFT_OUT = ""  # a token: here the quote itself says that something is missing


class _Token(NamedTuple):
    text: str
    line: int
    begins_line: bool


def is_condensed(source: Source, quote: str, first: int, last: int) -> bool:
    """Tell whether all of a quote is in lines that are cited, in its order, but for their form.

    Whole lines may be missing, and anything where a comment or `...` stands instead.
    """
    wanted = list(_wanted(quote.split("\n")))
    said = sum(map(bool, wanted))
    is_shorter = "\n" in quote or _LEFT_OUT in wanted
    if source.is_reduced or not is_shorter or not _FEWEST <= said <= _MOST_TOKENS:
        return False
    lines = [line for _, line in source.between(first, min(last, first + _MOST_LINES))]
    there = list(_tokens(lines))
    return _is_in(there, wanted)


def is_retold(source: Source, quote: str, first: int, last: int) -> bool:
    """Tell whether most lines of a quote are in lines that are cited, and all its words in order.

    The other lines are told shorter: `async (idea) => {` of a list of parameters with their types.
    """
    lines = [line for line in quote.split("\n") if not is_comment(line.strip())]
    bare = [_COMMENT_BEHIND.sub("", line) for line in lines]
    told = [folded for folded in map(fold_quote, bare) if len(folded) >= SHORTEST]
    last += len(lines) * _TIMES
    there = [line for _, line in source.between(first, min(last, first + _MOST_LINES))]
    whole = {fold_quote(_COMMENT_BEHIND.sub("", line)) for line in there}
    known = sum(folded in whole for folded in told)
    if source.is_reduced or known < _FEWEST_LINES or known * 2 < len(told):
        return False
    tokens = iter([token.text for token in _tokens(there)])
    wanted = filter(None, _wanted(lines))
    return all(token in tokens for token in itertools.islice(wanted, _MOST_TOKENS))


def _is_in(there: Sequence[_Token], wanted: Sequence[str]) -> bool:
    """Tell whether all that is wanted is there, from the beginning of a line to that of one."""
    starts = {at for at, token in enumerate(there) if token.begins_line}
    starts.add(len(there))
    reached, may_skip = starts, False
    for want in wanted:
        if want == _LEFT_OUT:
            may_skip = True
            continue
        if may_skip:
            reached = set(range(min(reached), len(there)))
        elif reached & starts:
            first = min(reached & starts)
            reached = reached | {at for at in starts if at >= first}
        reached = {at + 1 for at in reached if at < len(there) and there[at].text == want}
        may_skip = False
        if not reached:
            return False
    return may_skip or not reached.isdisjoint(starts)


def _wanted(lines: Sequence[str]) -> Iterator[str]:
    """Yield the tokens of a quote, with one that is empty where it says that it leaves out."""
    for line in lines:
        if is_comment(line.strip()):
            yield _LEFT_OUT
            continue
        bare = re.sub(r"/\*.*?\*/", "\u2026", line)
        for number, part in enumerate(_ELLIPSIS.split(_COMMENT_BEHIND.sub("", bare))):
            if number:
                yield _LEFT_OUT
            yield from _TOKEN.findall(part)


def _tokens(lines: Sequence[str]) -> Iterator[_Token]:
    for number, line in enumerate(lines):
        bare = "" if is_comment(line.strip()) else _COMMENT_BEHIND.sub("", line)
        for at, text in enumerate(_TOKEN.findall(bare)):
            yield _Token(text, number, at == 0)
