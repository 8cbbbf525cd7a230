"""The xml style of sous, repomix and repopack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.readers.scan import Piece, Scanner, closed_by, position_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "xml"
_BEGINS = re.compile(
    rb"\n<(?:file_summary|user_provided_header|(?:directory|repository)_structure|(?:repository_)?files"
    rb'|file path="[^\n]*)>'
)
_OPEN = re.compile(rb'(?:\r?\n)+<file path="([^\n]*?)"(?: fence="([0-9a-f]+)")?>\r?(?=\n)')
_CLOSE = re.compile(rb"\n</file>[ \t]*\r?(?=\n|\Z)")
# What may come behind a file: repomix escapes nothing, so a text may hold `</file>` and even
# `</files>`.
_FOLLOWS = re.compile(
    rb'\s*(?:<file path="|(?:</(?:repository_)?files>\s*)?(?:<git_|<instruction>|\Z))'
)
# The section of files, or where there is none the first file.
_FIRST = re.compile(
    rb"\n<(?:repository_)?files>[ \t]*\r?"
    rb'(?=(?:\n[^<\n]*){0,4}\n<(?:file path="|/(?:repository_)?files>))'
    rb'|(?=\n<file path="[^\n]*>\r?\n)'
)
_SENTENCE = re.compile(rb"(?:\r?\n)+[^<\r\n][^\n]*(?=\n)")


def sniff(head: bytes) -> int | None:
    """Return where in the head of a bundle this form shows, None where it does not."""
    return position_of(_BEGINS, head)


def read(scan: Scanner) -> Iterator[Piece]:
    """Yield the files."""
    if scan.to(b"\n<", _FIRST) is None:
        return
    scan.at(_SENTENCE)
    while found := scan.at(_OPEN):
        if found[2]:
            close = b"\n</file " + found[2] + b">"
            end = scan.to(close, re.compile(re.escape(close) + rb"\r?(?=\n|\Z)"))
            raw = end[0] if end else scan.cut()
        else:
            raw = closed_by(scan, b"\n</file>", _CLOSE, _FOLLOWS)
        yield Piece(path_of(text_of(found[1])), text_of(raw[1:] + b"\n" if raw else b""))


def path_of(attribute: str) -> str:
    """Return the path that the value of an attribute stands for."""
    name = re.sub(r"&#(\d{1,7});", character_of, attribute)
    return name.replace("&quot;", '"').replace("&amp;", "&")


def character_of(match: re.Match[str]) -> str:
    """Return the character that a reference to a number stands for."""
    number = int(match[1])
    return chr(number) if number < 0x110000 else match[0]  # noqa: PLR2004  # the last character that there is
