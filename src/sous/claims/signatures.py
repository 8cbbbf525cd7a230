"""How many parameters a report says that a function has, and how many it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.source import LineSpan, Source

_CALLED = re.compile(
    r"(?:(?:async |pub )?(?:def|fn|func|function)\s)?(?:[\w*&]+(?:\.|::|->|#))*"
    r"(?P<name>[A-Za-z_]\w{2,})\("
)
_OPENS, _CLOSES = "([{", ")]}"
_ITSELF = re.compile(r"[&*]?(?:mut\s)?(?:self|this|cls|super|\$this)\b(?!\.)|[*/]?$")
_ANY_NUMBER = re.compile(r"\*+\w|&\w|\.\.\.|.*\.\.\.|params\s")
_NAME = re.compile(r"\w+")
# `path: Path`, `n int`, `ctx context.Context`, `const Path& path`
_TYPED = re.compile(
    r"[\w*&]+\??\s?:\s?[^:\s]|[\w.:*&<>\[\]]+\s[\w.*&<>\[\]]+(?:\s[\w*&]+)?(?:\s?=.*)?$"
)
_MOST_LINES = 12  # of the head of a definition
_LONGEST = 1000  # characters between brackets


class Signature:
    """A function as a report writes it, with what is between its brackets."""

    def __init__(self, code: str) -> None:
        called = _CALLED.match(code)
        self.name = called["name"] if called else ""
        self._all = parameters(code, called.end()) if called else None
        self._own = _own(self._all or [])

    def differs(self, source: Source, span: LineSpan) -> bool:
        """Tell whether a definition has surely other parameters: fewer than a call has arguments.

        Or another number of them than where types stand with them.
        """
        head = "\n".join(source.lines[span.first : span.first + _MOST_LINES])
        name = rf"(?<!\w)(?<!class )(?<!struct ){re.escape(self.name)}(?:<[^()\n]{{0,80}}>)?"
        form = rf"{name}\s?(?:[=:]\s?(?:async\s)?)?\("
        defined = re.search(form, head)
        there = parameters(head, defined.end()) if defined else None
        if there is None or not self._own:
            return False
        count = len(_own(there))
        if any(map(_TYPED.match, self._own)):
            return len(self._own) != count
        is_plain = all(map(_NAME.fullmatch, self._own))
        return is_plain and len(self._own) > count and not any(map(_ANY_NUMBER.match, there))


def parameters(code: str, at: int) -> list[str] | None:
    """Return what stands between brackets that open before an offset; None where they never close.

    Commas in inner brackets part nothing.
    """
    depth, begin, found = 0, at, list[str]()
    for number in range(at, min(len(code), at + _LONGEST)):
        sign = code[number]
        is_type = sign in "<>" and code[number - 1] not in "-=< "
        if depth == 0 and sign in ",)":
            found.append(code[begin:number].strip())
            begin = number + 1
            if sign == ")":
                return found
        depth += sign in _OPENS or (is_type and sign == "<")
        depth -= sign in _CLOSES or (is_type and sign == ">" and depth > 0)
    return None


def _own(listed: Sequence[str]) -> list[str]:
    """Return parameters but for the object itself."""
    return [one for one in listed if not _ITSELF.fullmatch(one.partition(":")[0].strip())]
