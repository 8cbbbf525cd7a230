"""The content of one file as text, or why it is not in the bundle."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.encodings import decoded
from sous.bundle.listing import identity_of
from sous.bundle.named import is_binary_name

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


class Content(NamedTuple):
    """A file of the tree: its text, or `left_out` with a reason ("binary", "too big", …).

    `note`: what people should know of its encoding.
    """

    path: str
    text: str = ""
    left_out: str = ""
    identity: Identity | None = None
    note: str = ""


def read_content(file: File, max_size: int) -> Content:
    """Read one file; never raises for what a file is or has become. `max_size` is in bytes."""
    path = file.path
    if is_binary_name(file.name):
        return Content(path, left_out="binary")
    try:
        data, identity = _read_bytes(file.full, max_size)
    except OSError as exc:
        return Content(path, left_out=f"unreadable: {exc.strerror or exc}")
    if data is None:
        return Content(path, left_out="too big", identity=identity)
    found = decoded(data, lambda: _editors_charset(file))
    if found is None:
        return Content(path, left_out="binary", identity=identity)
    return Content(path, found.text, "", identity, found.note())


def _editors_charset(file: File) -> str | None:
    from sous.bundle.editorconfig import editors_charset  # hardly a file needs it

    return editors_charset(file)


def _read_bytes(path: str, max_size: int) -> tuple[bytes | None, Identity]:
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        identity = identity_of(status)
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
