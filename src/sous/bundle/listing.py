"""The files of a folder that are not ignored: asked of git where it agrees, else walked."""

from __future__ import annotations

import os
import re
import stat
import struct
from typing import TYPE_CHECKING

from sous.bundle.ignore import IGNORE, REPOMIXIGNORE, IgnoreFiles, walk
from sous.git import Later, read_git
from sous.proc import ProgramFailed
from sous.programs import ProgramMissing
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


# Size, times of the last change of content and of anything in ns, inode: as bytes, which take a
# third of the memory, for each file has one.
Identity = bytes
_IDENTITY = struct.Struct("<QqqQ")
_MOST, _HALF = (1 << 64) - 1, 1 << 63


def identity_of(status: os.stat_result) -> Identity:
    """Return what tells a file from one that was there before."""
    size, inode = status.st_size, status.st_ino
    times = status.st_mtime_ns, status.st_ctime_ns
    try:
        return _IDENTITY.pack(size, *times, inode)
    except struct.error:  # an inode of 128 bits (Windows), a time after 2262
        changed, touched = ((time + _HALF) % (1 << 64) - _HALF for time in times)
        return _IDENTITY.pack(size & _MOST, changed, touched, inode & _MOST)


def identity_from(fields: Iterable[int]) -> Identity:
    """Return an identity that was kept as `fields_of` gave it. Raises struct.error."""
    return _IDENTITY.pack(*fields)


def fields_of(identity: Identity) -> tuple[int, int, int, int]:
    """Return size, time of the last change of content, of anything, and inode."""
    size, changed, touched, inode = _IDENTITY.unpack(identity)
    return size, changed, touched, inode


def list_files(
    base: Path,
    files: IgnoreFiles,
    parts: tuple[str, ...] = (),
    *,
    unreadable: dict[str, str] | None = None,
) -> dict[str, Identity | None]:
    """Return the regular files below `base`: paths with `/`, unordered, and their kind if seen.

    Raises SousError.

    With `parts` only those files are looked for. `unreadable` gets the folders that cannot be read,
    and why.

    A tracked file that an ignore file names is left out, as repomix does. git alone cannot answer
    where there are ignore files that it does not read, or repositories inside this one.
    """
    missed: dict[str, str] = {} if unreadable is None else unreadable
    found = None
    if files.gitignore and not _has_foreign_rules(base):
        found = _ask_git(base, parts, files.excludes, missed)
    if found is None:
        missed.clear()
        return dict.fromkeys(walk(base, files, unreadable=missed))
    return found


def list_folders(base: Path, files: IgnoreFiles, *, only_empty: bool) -> list[str]:
    """Return the folders below `base` that no ignore file excludes, each with one `/` behind it."""
    return [
        path.rstrip("/") + "/"
        for path in walk(base, files, folders=True)
        if path.endswith("//" if only_empty else "/")
    ]


def _has_foreign_rules(base: Path) -> bool:
    return any((base / name).exists() for name in (IGNORE, REPOMIXIGNORE))


def _ask_git(
    base: Path, parts: tuple[str, ...], excludes: Path | None, unreadable: dict[str, str]
) -> dict[str, Identity | None] | None:
    where = [f":(literal){part}" for part in parts] or ["."]
    # before the rules of the repository, which count more, as with core.excludesFile
    rules = [*(["-X", str(excludes)] if excludes else []), "--exclude-standard", "--", *where]
    warnings: list[str] = []
    try:
        later = Later(base, "ls-files", "-z", "--cached", "--ignored", *rules)
        listed = _names(
            read_git(base, "ls-files", "-z", "--cached", "--others", *rules, warnings=warnings)
        )
        ignored = set(_names(later.result()))
    except ProgramMissing:
        return None
    except ProgramFailed as exc:
        if "not a git repository" not in exc.stderr:
            say(f"git cannot list {base} ({exc}); reading the folder and its ignore files instead")
        return None
    unreadable |= not_opened(warnings)
    inside = _InsideCheck(base, unreadable)
    found: dict[str, Identity | None] = {}
    for path in dict.fromkeys(listed):
        # a crafted index can hold such names
        if path in ignored or path.startswith("/") or ".." in path.split("/"):
            continue
        if path.rpartition("/")[2] in (IGNORE, REPOMIXIGNORE):
            return None
        kind, identity = inside.look(path)
        if kind == stat.S_IFDIR:  # a submodule or another repository
            return None
        if kind == stat.S_IFREG:
            found[path] = identity
    return found


def not_opened(warnings: list[str]) -> dict[str, str]:
    """Return the folders that git could not open, and why."""
    found = (re.match(r"warning: could not open directory '(.+)': (.+)", one) for one in warnings)
    return {one[1].rstrip("/") + "/": one[2] for one in found if one}


def _names(listed: bytes) -> list[str]:
    return [os.fsdecode(path) for path in listed.split(b"\0") if path]


class _InsideCheck:
    """Tells regular files from the rest, even if a folder above became a link out of the tree."""

    def __init__(self, base: Path, unreadable: dict[str, str]) -> None:
        self._unreadable = unreadable
        self._base = f"{base}{os.sep}"
        self._real_folders = {"": True}

    def look(self, path: str) -> tuple[int, Identity | None]:
        """Return the kind of file (stat.S_IFREG, …) and its stat, 0 if gone or behind a link."""
        try:
            status = os.lstat(self._base + path)
        except PermissionError as exc:
            self._unreadable[path.rpartition("/")[0] + "/"] = exc.strerror or ""
            return 0, None
        except (OSError, ValueError):  # tracked but deleted
            return 0, None
        if not self._is_real_folder(path.rstrip("/").rpartition("/")[0]):
            return 0, None
        return stat.S_IFMT(status.st_mode), identity_of(status)

    def _is_real_folder(self, folder: str) -> bool:
        above = []
        while (known := self._real_folders.get(folder)) is None:
            above.append(folder)
            folder = folder.rpartition("/")[0]
        for one in reversed(above):
            known = known and not os.path.islink(self._base + one)  # noqa: PTH114  # a Path a file costs more
            self._real_folders[one] = known
        return known
