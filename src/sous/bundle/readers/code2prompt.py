"""code2prompt: the default template of the Python package (0.8), and that of the Rust one (4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, closed_by, position_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "code2prompt"
_BEGINS = re.compile(rb"\A\n(?:# Table of Contents\n- |Project Path: [^\n]*\n\nSource Tree:\n\n)")
_DETAILS = (
    rb"- Extension: [^\n]*\n- Language: [^\n]*\n- Size: (\d+) bytes\n(?:- [^\n]*\n)*\n### Code\n\n"
)
_OPEN = re.compile(rb"\n+## File: ([^\n]*)\n\n" + _DETAILS + rb"(`{3,})[^`\n]*(?=\n)")
_FIRST = re.compile(rb"(?=\n## File: [^\n]*\n\n- Extension: )")
_BARE = re.compile(rb"\n+## File: ([^\n]*)\n\n" + _DETAILS.removesuffix(rb"\n"))
_NEXT = re.compile(rb"(?=\n\n## File: [^\n]*\n\n- Extension: )")
_FOLLOWS = re.compile(rb"\n+## File: [^\n]*\n\n- Extension: |\s*\Z")
_RUST_OPEN = re.compile(rb"\n+`([^`\n]+)`:\n\n(`{3,})[^`\n]*(?=\n)")
_RUST_FIRST = re.compile(rb"(?=\n`[^`\n]+`:\n\n`{3,}[^`\n]*\n)")
_RUST_FOLLOWS = re.compile(rb"\n+`[^`\n]+`:\n\n`{3,}|\s*(?:Git Diff|\Z)")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files."""
    if scan.ahead().lstrip(b"\n").startswith(b"Project Path:"):
        mark, first, opened, follows, fence = b"\n`", _RUST_FIRST, _RUST_OPEN, _RUST_FOLLOWS, 2
    else:
        mark, first, opened, follows, fence = b"\n## File: ", _FIRST, _OPEN, _FOLLOWS, 3
    if scan.to(mark, first) is None:
        return
    if opened is _OPEN and not scan.comes(_OPEN):  # --no-codeblock
        while found := scan.at(_BARE):
            end = scan.to(b"\n\n## File: ", _NEXT)
            yield Piece(text_of(found[1]), text_of((end[0] if end else scan.rest())[1:]))
        return
    while found := scan.at(opened):
        close = re.compile(b"\n" + found[fence] + rb"(?=\n|\Z)")
        raw = closed_by(scan, b"\n" + found[fence], close, follows)
        yield Piece(text_of(found[1]), text_of(raw[1:]))
