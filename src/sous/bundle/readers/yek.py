"""yek (0.25): its default template and its JSON, as its source makes them.

It is on no registry to install from.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, position_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "yek"
_BEGINS = re.compile(
    rb'\A\n>>>> [^\s][^\n]*\n|\A\s*\[\s*\{\s*"(?:content|filename)":'
    rb"|\A\nDirectory structure:\n(?:[^\n]*\n)*?\n>>>> "
)
_OPEN = re.compile(rb"\n>>>> ([^\n]*)(?=\n|\Z)")
_NEXT = re.compile(rb"(?=\n>>>> [^\n]*(?:\n|\Z))")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files."""
    if scan.ahead().lstrip().startswith(b"["):
        yield from _read_json(scan)
        return
    if scan.to(b"\n>>>> ", _NEXT) is None:
        return
    while found := scan.at(_OPEN):
        end = scan.to(b"\n>>>> ", _NEXT)
        raw = end[0][1:] if end else scan.rest()[1:]
        yield Piece(text_of(found[1]), text_of(raw))


def _read_json(scan: Scanner) -> Iterator[Piece]:
    try:
        data = json.loads(scan.rest())
    except (ValueError, RecursionError):
        return
    for one in data:
        if (
            isinstance(one, dict)
            and isinstance(one.get("filename"), str)
            and isinstance(one.get("content"), str)
        ):
            yield Piece(one["filename"], one["content"])
