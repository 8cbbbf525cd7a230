"""files-to-prompt (0.6): its default form, `--cxml` and `--markdown`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, closed_by, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "files-to-prompt"
_PATH = rb"(?!\s)(?:(?!: )[^\n]){1,4000}(?<!\s)"
_OPEN = re.compile(rb"\n+(" + _PATH + rb")\n---(?=\n)")
_CLOSE = re.compile(rb"\n\n---(?=\n|\Z)")
_FOLLOWS = re.compile(rb"\n" + _PATH + rb"\n---\n|\s*\Z")
_XML_OPEN = re.compile(
    rb"\n+(?:<documents>\n)?"
    rb'<document index="\d+">\n<source>([^\n]*)</source>\n<document_content>(?=\n)'
)
_XML_CLOSE = re.compile(rb"\n</document_content>\n</document>(?=\n|\Z)")
_XML_FOLLOWS = re.compile(rb'\n(?:<document index="|</documents>)|\s*\Z')
_FENCE_OPEN = re.compile(rb"\n+(" + _PATH + rb")\n(`{3,})[^`\n]*(?=\n)")
_LOOKS_LIKE_A_PATH = re.compile(rb"[^\n]*[./][^\n]*\n")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle one of these forms shows, None where none does."""
    if re.match(rb'(?:<documents>\n)?<document index="1">\n<source>', head):
        return 0
    first = re.match(rb"[^\s#>*:<{\[-][^\n]*[^\s:]\n(---\n|`{3,}[\w+#.-]*\n)", head)
    if first is None or not _LOOKS_LIKE_A_PATH.match(head):
        return None
    return 0 if first[1] != b"---\n" or b"\n\n---\n" in head or len(head) > 1 << 15 else None


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files; what it puts in front of a path (`./`) is no part of it."""
    head = scan.ahead().lstrip(b"\n")
    if head.startswith(b"<document"):
        yield from _read(scan, _XML_OPEN, b"\n</document_content>", _XML_CLOSE, _XML_FOLLOWS)
    elif head.partition(b"\n")[2].startswith(b"---"):
        yield from _read(scan, _OPEN, b"\n\n---", _CLOSE, _FOLLOWS)
    else:
        while found := scan.at(_FENCE_OPEN):
            close = b"\n" + found[2]
            end = scan.to(close, re.compile(close + rb"(?=\n|\Z)"))
            yield _piece(found[1], end[0] if end else scan.cut())


def _read(
    scan: Scanner,
    opened: re.Pattern[bytes],
    mark: bytes,
    close: re.Pattern[bytes],
    follows: re.Pattern[bytes],
) -> Iterator[Piece]:
    while found := scan.at(opened):
        raw = closed_by(scan, mark, close, follows)
        yield _piece(found[1], raw)


def _piece(path: bytes, raw: bytes) -> Piece:
    return Piece(text_of(path).removeprefix("./"), text_of(raw[1:]))
