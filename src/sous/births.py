"""The birth time of a file or folder: no archive can set it, as it can the other times."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# statx(2) of Linux; Python asks it from 3.15 on.
_HERE, _BIRTH = -100, 0x800  # AT_FDCWD, STATX_BTIME
_SIZE, _SECONDS, _NANOSECONDS = 256, 80, 88  # of struct statx, and where stx_btime is in it


def birth_time(path: Path) -> int | None:
    """Return when a path was made, in nanoseconds since the epoch.

    None where the system does not know.

    Raises OSError for a path that is not there.
    """
    status: Any = path.stat()
    if hasattr(status, "st_birthtime_ns"):  # Windows, from Python 3.12 on
        return int(status.st_birthtime_ns)
    if hasattr(status, "st_birthtime"):  # macOS
        return int(status.st_birthtime * 1e9)
    if os.name == "nt":
        return int(status.st_ctime_ns)
    return _by_statx(path)


def _by_statx(path: Path) -> int | None:
    try:
        statx = ctypes.CDLL(None, use_errno=True).statx
    except (OSError, AttributeError):  # an old library
        return None
    found = (ctypes.c_ubyte * _SIZE)()
    if statx(_HERE, os.fsencode(path), 0, _BIRTH, found) != 0:
        return None
    data = bytes(found)
    known = int.from_bytes(data[:4], sys.byteorder)
    if not known & _BIRTH:
        return None
    seconds = int.from_bytes(data[_SECONDS : _SECONDS + 8], sys.byteorder, signed=True)
    return seconds * 1_000_000_000 + int.from_bytes(
        data[_NANOSECONDS : _NANOSECONDS + 4], sys.byteorder
    )
