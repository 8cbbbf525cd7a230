"""The markdown style of sous, repomix and repopack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import unquoted
from sous.bundle.readers.scan import Piece, Scanner, closed_by, position_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "markdown"
_BEGINS = re.compile(
    rb"\n# (?:File Summary|User Provided Header|(?:Directory|Repository) Structure"
    rb"|(?:Repository )?Files)\r?\n"
)
_SECTION = re.compile(rb"\n# (?:Repository )?Files[ \t]*\r?(?=\n)")
_OPEN = re.compile(rb"(?:\r?\n)+## File: ([^\n]*?)\r?\n(`{3,})[^`\n]*(?=\n)")
# A text may hold a line like the fence (repopack's were always three long), so what comes next must
# fit too.
_FOLLOWS = re.compile(
    rb"\s*(?:## File: [^\n]*\n`{3,}|# (?:Git Diffs|Git Logs|Instruction)\r?\n|\Z)"
)


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files."""
    if scan.to(b"\n# ", _SECTION) is None:
        return
    while found := scan.at(_OPEN):
        close = re.compile(b"\n" + found[2] + rb"[ \t]*\r?(?=\n|\Z)")
        raw = closed_by(scan, b"\n" + found[2], close, _FOLLOWS)
        yield Piece(unquoted(text_of(found[1])), text_of(raw[1:] + b"\n" if raw else b""))
