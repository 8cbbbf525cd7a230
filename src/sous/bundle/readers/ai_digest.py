"""ai-digest (npm, 1.5.1): a heading and a fence a file; three backticks in a file are escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, closed_by, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "ai-digest"
_BEGINS = re.compile(rb"# [^\n]+\n\n(?:```[^`\n]*\n|This is a )")
# A README may begin so; its headings are no paths whose ending is the tag of the fence below.
_TAGGED = re.compile(rb"^# [^\n]+\.(\w+)\n\n```\1\n", re.MULTILINE)
_OPEN = re.compile(
    rb"\n+# ([^\n]+)\n\n(?:(```)[^`\n]*(?=\n)|This is a [^\n]*file of the type: [^\n]*)"
)
_CLOSE = re.compile(rb"\n```(?=\n|\Z)")
_FOLLOWS = re.compile(rb"\n+# [^\n]+\n\n(?:```|This is a )|\s*\Z")
_ESCAPED, _FENCE = rb"\`\`\`", b"```"


def sniff(head: bytes) -> int | None:
    """Return 0 for the head of a bundle of this form, None for any other."""
    return 0 if _BEGINS.match(head) and _TAGGED.search(head) else None


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files, without those that are not text, of which only a line says so."""
    while found := scan.at(_OPEN):
        if found[2]:
            raw = closed_by(scan, b"\n```", _CLOSE, _FOLLOWS)
            yield Piece(text_of(found[1]), text_of(raw[1:].replace(_ESCAPED, _FENCE)))
