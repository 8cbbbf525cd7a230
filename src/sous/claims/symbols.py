"""The names in a text, and the places that they belong to."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.mentions import LONGEST, TOKEN
from sous.claims.sentences import is_hypothetical
from sous.claims.words import is_introduced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.mentions import Mention

_SHORTEST = 2  # characters of a name in small letters that says nothing
_IDENTIFIER = r"[A-Za-z_$][\w$]*"
_DOTTED = rf"{_IDENTIFIER}(?:(?:\.|::|#|->|\?\.){_IDENTIFIER})*"
_NAME = re.compile(rf"{_DOTTED}[!?]?")
CALL = re.compile(rf"({_DOTTED})!?\([^()]{{0,200}}\)")
_BARE_CALL = re.compile(rf"(?<![\w./$`-])({_IDENTIFIER}(?:(?:\.|::){_IDENTIFIER})*)\(\)(?![\w`])")
_SLASHED = re.compile(rf"{_IDENTIFIER}(?:/{_IDENTIFIER}){{1,5}}")
_COMMIT = re.compile(r"(?=[a-f]*\d)[0-9a-f]{7,40}")
_CODE_LIKE = re.compile(r"_|[a-z][A-Z]|[a-z]\d|(?:\.|::|->|#)[A-Za-z_]")
# Between a name and the lines that it is in: `name` (path:12), `name` at path:12.
_TO_LINES = re.compile(
    r"""
    (?: \(\) | \([^()]*\) )? `? [*_]* \s?
    (?: \( | at\  | in\  | @\ ? | [-\u2013\u2014:,]\ ? | is\ (?:defined\ )?(?:at|in)\  )?
    [`(*_]*
    """,
    re.VERBOSE,
)
# Between lines and the name of what they contain: path:12 `name`, path:12 - function `name`.
_FROM_LINES = re.compile(
    r"""
    `? [*_]* \)? (?: \s? [-\u2013\u2014:,] \s? | \s ) [`*_]*
    (?: function\  | method\  | class\  )? `?
    """,
    re.VERBOSE,
)
_LISTED = re.compile(r"`,?\s(?:and|or|und|,)?\s?`?$")
_NEXT_PLACE = re.compile(r"`?,\s`?[\w./-]*:\d")
# Between a name and the file that it is in: `name` in path, `name` (path).
_TO_FILE = re.compile(r"(?:\([^()]*\))?`?[*_]*\s(?:(?:function |method |class )?in |\()[`(*_]*")


class Symbol(NamedTuple):
    """A name in a text. `is_firm`: it is written as something that exists: called or dotted.

    `is_listed`: it stands in a list such as `load/save/drop`. `is_called`: it is written as a call
    or named as what it is: `the function x`.
    """

    name: str
    at: int
    is_firm: bool
    is_listed: bool = False
    is_called: bool = False

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.at + len(self.name)


class Symbols:
    """The names in a text, and which of them belong to a place in it."""

    def __init__(self, text: str, mentions: Sequence[Mention]) -> None:
        self._text = text
        self.all = list(_find(text, {mention.at for mention in mentions}))
        self._starts = [symbol.at for symbol in self.all]

    def bound_to(self, mention: Mention) -> str | None:
        """Return the name that lines belong to: `name` (path:12), path:12 `name`."""
        for symbol in self._beside(mention):
            if symbol.end <= mention.at:
                is_bound = _TO_LINES.fullmatch(self._text, symbol.end, mention.at)
                if is_bound and self._is_of_list(symbol, mention):
                    return None
            else:
                is_bound = _FROM_LINES.fullmatch(self._text, mention.to, symbol.at)
            if is_bound:
                return symbol.name
        return None

    def _is_of_list(self, symbol: Symbol, mention: Mention) -> bool:
        """Tell whether a name ends a list, and lines begin one: `a` and `b` (x:1, x:9)."""
        is_first = _NEXT_PLACE.match(self._text, mention.to)
        return bool(is_first and _LISTED.search(self._text[max(0, symbol.at - 9) : symbol.at]))

    def in_file(self, mention: Mention) -> str | None:
        """Return the name that is claimed to be in a file: `name` in path, `name` (path)."""
        for symbol in self._beside(mention):
            is_before = symbol.is_firm and symbol.end <= mention.at
            if is_before and _TO_FILE.fullmatch(self._text, symbol.end, mention.at):
                is_there = not is_hypothetical(self._text, symbol.at, symbol.end)
                return symbol.name if is_there else None
        return None

    def _beside(self, mention: Mention) -> Sequence[Symbol]:
        """Return the last name before a place and the first behind it."""
        number = bisect_right(self._starts, mention.at)
        return self.all[max(0, number - 1) : number + 2]


def _find(text: str, taken: set[int]) -> Iterator[Symbol]:
    """Yield the names in a text but for what begins where paths do."""
    if "`" not in text and ")" not in text:
        return
    for token in TOKEN.finditer(text):
        at, word = token.start(), token["word"]
        if at in taken:
            continue
        if word is None and _SLASHED.fullmatch(token["code"]):
            yield from _in_list(token["code"], at + 1)
        elif word is None:
            symbol = _in_ticks(token["code"].strip(), at + 1)
            if symbol and is_introduced(text, at, token.end()):
                symbol = symbol._replace(is_firm=True, is_called=True)
            if symbol:
                yield symbol
        elif "()" in word or word.endswith(")"):
            call = _BARE_CALL.search(word[:LONGEST])
            if call:
                yield Symbol(call[1], at, bool(_CODE_LIKE.search(call[1])), is_called=True)


def _in_list(code: str, at: int) -> Iterator[Symbol]:
    """Yield the names of a list such as `load/save/drop`; they need not be there."""
    for match in re.finditer(_IDENTIFIER, code):
        yield Symbol(match[0], at + match.start(), is_firm=False, is_listed=True)


def _in_ticks(code: str, at: int) -> Symbol | None:
    """Return the name that code between ticks is; None for a short word and for other code."""
    call = CALL.fullmatch(code)
    if call:
        return Symbol(call[1], at, is_firm=True, is_called=True)
    if len(code) > LONGEST or not _NAME.fullmatch(code):
        return None
    is_code_like = bool(_CODE_LIKE.search(code))
    if _COMMIT.fullmatch(code):
        return None
    if len(code) <= _SHORTEST and not is_code_like and not code[0].isupper():
        return None
    return Symbol(code, at, is_code_like)
