"""The content of one file as text, or why it is not in the bundle."""

from __future__ import annotations

import codecs
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.bundle.lists import BINARY_EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BYTES = 50 * 1024 * 1024  # as repomix's input.maxFileSize

# A link put in place after selection is not followed, and a FIFO never blocks (open(2)); Windows has neither flag.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_UTF_16_AND_32 = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so asked first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Content:
    """A file of the tree: its text, or `left_out` with the reason ("binary", "too big", "unreadable: …")."""

    path: str
    text: str = ""
    left_out: str = ""


def read_contents(base: Path, paths: Iterable[str]) -> Iterator[Content]:
    """Yield the content of each of `paths` below `base`, one in memory at a time."""
    for path in paths:
        yield read_content(base, path)


def read_content(base: Path, path: str) -> Content:
    """Read one file; never raises for what a file is or has become."""
    if path.rpartition("/")[2].rpartition(".")[0] and path.rpartition(".")[2].lower() in BINARY_EXTENSIONS:
        return Content(path, left_out="binary")
    try:
        data = _read_bytes(base / path)
    except OSError as exc:
        return Content(path, left_out=f"unreadable: {exc.strerror or exc}")
    if data is None:
        return Content(path, left_out="too big")
    text = decode(data)
    return Content(path, left_out="binary") if text is None else Content(path, text)


def decode(data: bytes) -> str | None:
    """Return the text of a file's bytes, or None for a binary file (a NUL byte and no UTF-16/32 mark)."""
    for mark, encoding in _UTF_16_AND_32:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if _looks_like_text(data) else None


def _looks_like_text(data: bytes) -> bool:
    head = data[:8192]
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\b\x1b" for byte in head)  # noqa: PLR2004
    return odd * 100 <= len(head)


def _read_bytes(path: Path) -> bytes | None:
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "not a regular file")
        if status.st_size > MAX_BYTES:
            return None
        pieces, size = [], 0
        while piece := os.read(descriptor, 1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:  # grew while being read
                return None
        return b"".join(pieces)
    finally:
        os.close(descriptor)
