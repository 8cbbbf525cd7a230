"""The content of one file as text, or why it is not in the bundle."""

from __future__ import annotations

import codecs
import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.lists import BINARY_EXTENSIONS

if TYPE_CHECKING:
    from sous.bundle.listing import Identity
    from sous.bundle.select import File

# A link put in place after selection is not followed, and a FIFO never blocks (open(2)); Windows
# has neither flag.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_MULTIBYTE = ("cp932", "shift_jis", "euc_jp", "euc_kr", "cp949", "big5", "gb18030")
_CYRILLIC = ("cp1251", "koi8_r")
_LEGACY = (*_MULTIBYTE, *_CYRILLIC, "cp1252", "latin_1")
_JUDGED = 1 << 16  # bytes by which an encoding is guessed
_UTF_16_AND_32 = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so asked first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Content(NamedTuple):
    """A file of the tree: its text, or `left_out` with a reason ("binary", "too big", …)."""

    path: str
    text: str = ""
    left_out: str = ""
    identity: Identity | None = None


def read_content(file: File, max_size: int) -> Content:
    """Read one file; never raises for what a file is or has become. `max_size` is in bytes."""
    path, name = file.path, file.name.rpartition("/")[2]
    if is_binary_name(name):
        return Content(path, left_out="binary")
    try:
        data, identity = _read_bytes(file.full, max_size)
    except OSError as exc:
        return Content(path, left_out=f"unreadable: {exc.strerror or exc}")
    if data is None:
        return Content(path, left_out="too big", identity=identity)
    text = decode(data)
    return (
        Content(path, left_out="binary", identity=identity)
        if text is None
        else Content(path, text, identity=identity)
    )


def is_binary_name(name: str) -> bool:
    """Tell whether a file's extension says that it is no text; a leading dot begins none."""
    stem, _, ending = name.rpartition(".")
    return bool(stem) and ending.lower() in BINARY_EXTENSIONS


def decode(data: bytes) -> str | None:
    """Return the text of a file's bytes, or None for a binary file (NUL and no byte order mark)."""
    for mark, encoding in _UTF_16_AND_32:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    if b"\0" in data and not data.startswith(codecs.BOM_UTF8):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data) if _looks_like_text(data) else None


def _decode_legacy(data: bytes) -> str:
    """Return text in an encoding before Unicode, by charset-normalizer, else Western European.

    Western letters outside ASCII stand alone between others, those of other scripts in runs.
    """
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data[:_JUDGED])]
    if sum(runs) >= len(runs) * 2:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:_JUDGED], cp_isolation=list(_LEGACY), threshold=0.3).best()
        if best is not None and best.encoding in _MULTIBYTE + _CYRILLIC:
            try:
                return data.decode(best.encoding)
            except UnicodeDecodeError:
                pass
    return data.decode("cp1252", "replace")


def _looks_like_text(data: bytes) -> bool:
    if data.startswith(b"%PDF-"):
        return False
    head = data[:8192]
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\b\x1b" for byte in head)  # noqa: PLR2004
    return odd * 100 <= len(head)


def _read_bytes(path: str, max_size: int) -> tuple[bytes | None, Identity]:
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        identity = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "not a regular file")
        if status.st_size > max_size:
            return None, identity
        data = os.read(descriptor, status.st_size + 1)
        if len(data) == status.st_size:
            return data, identity
        pieces, size = [data], len(data)
        while piece := os.read(descriptor, 1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > max_size:  # grew while being read
                return None, identity
        return b"".join(pieces), identity
    finally:
        os.close(descriptor)
