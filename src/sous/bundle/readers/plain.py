"""The plain style of sous, repomix and repopack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import HEADER, unquoted
from sous.bundle.readers.scan import Piece, Scanner, position_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "plain"
_BEGINS = re.compile(
    rb"\n={64}\r?\n(?:File Summary|User Provided Header|(?:Directory|Repository) Structure"
    rb"|(?:Repository )?Files)"
    rb"\r?\n={64}"
)
_LONG, _SHORT = b"=" * 64, b"=" * 16
_SECTION = re.compile(rb"\n={64}\r?\n(?:Repository )?Files\r?\n={64}\r?(?=\n)")
_OPEN = re.compile(
    rb"(?:\r?\n)+={16}(?: ([0-9a-f]+))?\r?\nFile: ([^\n]*?)\r?\n={16}(?: \1)?\r?(?=\n)"
)
_NEXT = re.compile(
    rb"(?=\n={16}(?: [0-9a-f]+)?\r?\nFile: "
    rb"|\n={64}\r?\n(?:End of Codebase|Git Diffs|Git Logs|Instruction)\r?\n={64})"
)


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files."""
    ours = scan.ahead().lstrip().startswith(HEADER.encode())
    if scan.to(b"\n" + _LONG, _SECTION) is None:
        return
    while found := scan.at(_OPEN):
        if found[1]:
            close = b"\n" + _SHORT + b" " + found[1]
            end = scan.to(close, re.compile(re.escape(close) + rb"\r?(?=\n|\Z)"))
            text = end[0] if end else scan.cut()
            raw = text[1:] + b"\n" if text else b""
        else:
            raw = _open_end(scan, ours=ours)
        yield Piece(unquoted(text_of(found[2])), text_of(raw))


def _open_end(scan: Scanner, *, ours: bool) -> bytes:
    """Return a text whose end is only told by what comes next.

    The blank lines before that belong to the form.
    """
    end = scan.to(b"\n" + _SHORT, _NEXT)
    raw = (end[0] if end else scan.cut())[1:]
    if not ours or end is None:
        return raw.rstrip(b"\r\n") + b"\n"
    last = scan.ahead().startswith(b"\n" + _LONG)
    return raw.removesuffix(b"\n") if last else raw
