"""Code in pieces that a page colors: Pygments does the reading, in a time that is limited."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sous.effort import OutOfTime, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pygments.lexer import Lexer

_MOST = 100_000  # characters of a file
_SECONDS = 2.0  # for one file


class Colored(NamedTuple):
    """Some of a line: `kind` is k, s, m, f, c or "", as review.css has them."""

    kind: str
    text: str
    is_name: bool = False


def highlighted(path: str, lines: Sequence[str]) -> list[list[Colored]]:
    """Return the pieces of each line; whole lines where no lexer is known or it takes too long."""
    plain = [[Colored("", line)] for line in lines]
    lexer = _lexer(path.rpartition("/")[2])
    if lexer is None or sum(map(len, lines)) > _MOST:
        return plain
    try:
        found = within(_SECONDS, _read, lexer, lines)
    except OutOfTime:
        return plain
    is_same = ["".join(piece.text for piece in row) for row in found] == list(lines)
    return found if is_same else plain


@lru_cache(maxsize=256)
def _lexer(name: str) -> Lexer | None:
    from pygments.lexers import find_lexer_class_for_filename

    found = find_lexer_class_for_filename(name)
    return found(stripnl=False, ensurenl=False) if found else None


def _read(lexer: Lexer, lines: Sequence[str]) -> list[list[Colored]]:
    rows: list[list[Colored]] = [[]]
    for token, text in lexer.get_tokens("\n".join(lines)):
        kind, is_name = _kind(str(token))
        for number, line in enumerate(text.split("\n")):
            rows += [[]] if number else []
            rows[-1] += [Colored(kind, line, is_name)] if line else []
    return rows


@lru_cache(maxsize=512)
def _kind(token: str) -> tuple[str, bool]:
    """Return the letter of a token, and whether it is a name that code defines."""
    parts = token.removeprefix("Token.").split(".")
    kinds = {"Keyword": "k", "Comment": "c", "String": "s", "Number": "m"}
    kind = next((kinds[part] for part in parts[:2] if part in kinds), "")
    is_name = parts[0] == "Name" and parts[1:2] not in (["Builtin"], ["Tag"], ["Attribute"])
    is_title = is_name and parts[1:2] in (["Function"], ["Class"], ["Decorator"])
    return ("f" if is_title else kind), is_name
