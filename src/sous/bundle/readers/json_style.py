"""The json style of sous and repomix: one table of path and text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, position_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "json"
_BEGINS = re.compile(
    rb'\A\s*\{\s*"(?:fileSummary|userProvidedHeader|directoryStructure|files)"\s*:'
)
_TABLE = re.compile(rb'\n  "files": \{\r?(?=\n)')
_LINE_END = re.compile(rb"\n")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files: a line each as both packers write them, else all at once."""
    if b'\n  "' not in scan.ahead():
        yield from _at_once(scan)
        return
    if scan.to(b'\n  "files"', _TABLE) is None:
        return
    scan.at(_LINE_END)
    while line := scan.to(b"\n", _LINE_END):
        entry = line[0].strip().removesuffix(b",")
        if not entry.startswith(b'"'):
            return
        try:
            found = json.loads(b"{" + entry + b"}")
            yield from (Piece(path, text) for path, text in found.items() if isinstance(text, str))
        except ValueError:
            return


def _at_once(scan: Scanner) -> Iterator[Piece]:
    try:
        data = json.loads(scan.rest())
    except (ValueError, RecursionError):
        return
    files = data.get("files") if isinstance(data, dict) else None
    if isinstance(files, dict):
        yield from (Piece(path, text) for path, text in files.items() if isinstance(text, str))
