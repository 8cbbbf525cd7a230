"""Files that git does not track: each is known by git's blob of its bytes and by its mode.

Big ones are known by size and time only.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from typing import TYPE_CHECKING

from sous.files import read_file
from sous.git import write_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sous.runner.workplace import Workplace

BIG = 50_000_000  # bytes of one file
_ODD_NAME = re.compile(r'[\r\n]|^"')  # which `--stdin-paths` reads as something else


def blobs_of(place: Workplace, paths: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return files as blobs of git's, to the byte, with their modes.

    What is no file or link is left out.
    """
    found: dict[str, tuple[str, int]] = {}
    plain: dict[str, int] = {}
    for path in paths:
        file = place.top / path
        with contextlib.suppress(OSError):
            mode = file.lstat().st_mode
            if stat.S_ISLNK(mode):
                found[path] = _blob_of(place, os.fsencode(file.readlink())), mode
            elif stat.S_ISREG(mode) and os.access(file, os.R_OK):
                plain[path] = mode
    even = [path for path in plain if not _ODD_NAME.search(path)]
    for path, blob in zip(even, _blobs_of_files(place, even), strict=True):
        found[path] = blob, plain[path]
    for path in plain.keys() - set(even):
        found[path] = _blob_of(place, read_file(place.top / path, root=None)), plain[path]
    return found


def _blob_of(place: Workplace, data: bytes) -> str:
    """Have git keep some bytes, and return its name of them."""
    raw = write_git(place.top, "hash-object", "-w", "--stdin", input=data)
    return raw.decode().strip()


def _blobs_of_files(place: Workplace, paths: Sequence[str]) -> list[str]:
    """Have git keep files as they are; return its names of them, in this order."""
    if not paths:
        return []
    names = b"".join(os.fsencode(path) + b"\n" for path in paths)
    wanted = ("-w", "--no-filters", "--stdin-paths")
    return write_git(place.top, "hash-object", *wanted, input=names).decode().split()


def size_and_time(path: Path) -> tuple[int, int]:
    """Return the size of a file in bytes and when it was written; zeros for what is no file."""
    try:
        found = path.lstat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else (0, 0)
