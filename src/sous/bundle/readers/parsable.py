"""The parsable xml style of sous and repomix: everything escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import unquoted
from sous.bundle.formats.xml import unescaped
from sous.bundle.readers.scan import Piece, Scanner, position_of, text_of
from sous.bundle.readers.xml import character_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "parsable xml"
_BEGINS = re.compile(rb"\A\s*<repomix>")
_OPEN = re.compile(rb'<file path="([^"<]*)">')
_CLOSE = re.compile(rb"</file>")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def path_of(attribute: str) -> str:
    """Return the path that the value of an attribute stands for."""
    return unquoted(unescaped(re.sub(r"&#(\d{1,7});", character_of, attribute)))


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files."""
    while opened := scan.to(b"<file ", _OPEN):
        closed = scan.to(b"</file>", _CLOSE)
        if closed is None:
            scan.cut()
            return
        yield Piece(path_of(text_of(opened[1][1])), unescaped(text_of(closed[0])))
