"""gitingest: of today (0.3, `FILE: a/b`), and of its first year (`File: /a/b`, or backslashes)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, position_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "gitingest"
_BEGINS = re.compile(
    rb"\n={48}\n(?:FILE|File): [^\n]*\n={48}\n|\A\n(?:[^\n]*\n){0,6}?Directory structure:\n"
)
_RULE = b"=" * 48
_OPEN = re.compile(rb"\n={48}\n([A-Z]+|File): ([^\n]*)\n={48}(?=\n)")
_NEXT = re.compile(rb"(?=\n={48}\n(?:FILE|File|SYMLINK|DIRECTORY): [^\n]*\n={48}\n)")
_MARKERS = ("[Binary file]", "[Error decoding file]", "[Error reading file]")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files; what it only lists (binary, links) is left out."""
    if scan.to(b"\n" + _RULE, _NEXT) is None:
        return
    while found := scan.at(_OPEN):
        end = scan.to(b"\n" + _RULE, _NEXT)
        raw = end[0][1:].removesuffix(b"\n\n") if end else scan.rest()[1:].removesuffix(b"\n\n")
        text = text_of(raw)
        if found[1] in (b"FILE", b"File") and text.strip() not in _MARKERS:
            path = text_of(found[2])
            path = path if "/" in path else path.replace("\\", "/")
            yield Piece(path.lstrip("/"), "" if text.strip() == "[Empty file]" else text)
