"""A folder held open: what is read and written in it is never reached through a link."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY_SUFFIX = ".sous-tmp"
LARGEST = 64_000_000  # bytes of a file of ours
# POSIX opens relative to a folder that is held, and refuses links while doing so (openat(2)).
# Windows has neither:
# there each name is looked at first.
BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# A FIFO must not block, a terminal must not become ours.
_SAFELY = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_REPARSE_POINT = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT of Windows: links, junctions, mount points


class OddFileError(SousError):
    """A link, a second name of a file, a pipe or a device is where a file or folder should be."""


@dataclass(frozen=True)
class HeldFolder:
    """A folder that is open; names in it are single names, without `/`.

    All methods raise OddFileError for what is not a plain file of one name, and OSError as the
    system does.
    """

    path: Path
    _descriptor: int | None  # None on Windows

    def read(self, name: str, *, most: int = LARGEST) -> bytes | None:
        """Return what a file holds, None where there is none.

        Raises SousError for more than `most` bytes.
        """
        try:
            descriptor = self._open(name, os.O_RDONLY)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise SousError(
                f"{self.path / name} has more than {most:,} bytes; sous does not read it"
            )
        return data

    def new_file(self, name: str, mode: int = 0o666) -> int:
        """Return the descriptor of a file that was not there, open for writing.

        Raises FileExistsError.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY
        return os.open(self._at(name), flags, mode, dir_fd=self._descriptor)

    def write(self, name: str, data: bytes, *, durable: bool = True) -> None:
        """Replace a file: it is there complete, or as it was before."""
        self._refuse_odd(name)
        temporary = temporary_name(name)
        try:
            with os.fdopen(self.new_file(temporary), "wb") as stream:
                stream.write(data)
                stream.flush()
                if durable:
                    os.fsync(stream.fileno())
            self.rename(temporary, name)
        except BaseException:
            self.remove(temporary)
            raise

    def rename(self, old: str, new: str) -> None:
        """Give a file another name; what had that name before is gone."""
        os.replace(
            self._at(old), self._at(new), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor
        )

    def create(self, name: str) -> bool:
        """Make an empty file; tell whether nothing of that name was there."""
        try:
            os.close(self.new_file(name))
        except FileExistsError:
            return False
        return True

    def append(self, name: str, line: str) -> None:
        """Add a line and have it on the disk; half a line that a crash left is closed first."""
        with os.fdopen(self._open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND), "rb+") as stream:
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                line = line if stream.read(1) == b"\n" else f"\n{line}"
            stream.write(f"{line}\n".encode("utf-8", "replace"))
            stream.flush()
            os.fsync(stream.fileno())

    def open_lock(self, name: str) -> int:
        """Return the descriptor of a file to be locked, made where there is none."""
        return self._open(name, os.O_RDWR | os.O_CREAT)

    def link(self, name: str, target: str) -> None:
        """Make a symbolic link."""
        os.symlink(target, self._at(name), dir_fd=self._descriptor)

    def remove(self, name: str) -> None:
        """Delete a file or link if it is there."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._at(name), dir_fd=self._descriptor)

    def names(self) -> list[str]:
        """Return the names of the plain files, sorted."""
        listed = os.listdir(self.path if self._descriptor is None else self._descriptor)  # noqa: PTH208
        return sorted(
            name for name in listed if (found := self.status(name)) and stat.S_ISREG(found.st_mode)
        )

    def sync(self) -> None:
        """Have the names on the disk."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._descriptor)

    def status(self, name: str) -> os.stat_result | None:
        """Return what the system knows of a name, links not followed; None where nothing has it."""
        try:
            return os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def is_plain(self, name: str) -> bool:
        """Tell whether a name is that of a plain file with no other name."""
        found = self.status(name)
        return found is not None and stat.S_ISREG(found.st_mode) and found.st_nlink == 1

    def change_mode(self, name: str, mode: int) -> None:
        """Set the permissions of a file."""
        os.chmod(self._at(name), mode, dir_fd=self._descriptor)

    def change_owner(self, name: str, user: int, group: int) -> None:
        """Set the owner of a file (POSIX)."""
        os.chown(self._at(name), user, group, dir_fd=self._descriptor)

    def _at(self, name: str) -> str | Path:
        return self.path / name if self._descriptor is None else name

    def _open(self, name: str, flags: int) -> int:
        if self._descriptor is None and is_link(self.path / name):
            raise _linked(self.path / name)
        try:
            descriptor = os.open(self._at(name), flags | _SAFELY, 0o666, dir_fd=self._descriptor)
        except OSError as exc:
            if exc.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR):
                self._refuse_odd(name)
            raise
        try:
            refuse_odd(os.fstat(descriptor), self.path / name)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _refuse_odd(self, name: str) -> None:
        found = self.status(name)
        if found is None:
            return
        if is_link(self.path / name):
            raise _linked(self.path / name)
        refuse_odd(found, self.path / name)


@contextlib.contextmanager
def hold(base: Path, *names: str, create: bool = False) -> Iterator[HeldFolder]:
    """Yield the folder `base/names…`, held open.

    `base` may be reached through links, what is below it not.

    `create`: folders that are not there are made. Raises OddFileError for a link among `names`,
    OSError for the rest (FileNotFoundError where a folder is not there).
    """
    if create:
        base.mkdir(parents=True, exist_ok=True)
    if not BY_DESCRIPTOR:
        yield HeldFolder(_looked_at(base, names, create=create), None)
        return
    descriptor = os.open(base, os.O_RDONLY | _FOLDER)
    path = base
    try:
        for name in names:
            path = path / name
            below = _folder_in(descriptor, name, path, create=create)
            os.close(descriptor)
            descriptor = below
        yield HeldFolder(path, descriptor)
    finally:
        os.close(descriptor)


def _folder_in(descriptor: int, name: str, path: Path, *, create: bool) -> int:
    if create:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=descriptor)
    try:
        return os.open(name, os.O_RDONLY | _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
    except OSError as exc:
        if exc.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR):
            found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            raise _linked(path) if stat.S_ISLNK(found.st_mode) else _no_folder(path) from exc
        raise


def _looked_at(base: Path, names: tuple[str, ...], *, create: bool) -> Path:
    """Return a folder below `base`, each part looked at, where folders cannot be held open."""
    path = base
    for name in names:
        path = path / name
        if is_link(path):
            raise _linked(path)
        if create:
            path.mkdir(exist_ok=True)
        if not path.is_dir():
            raise (
                _no_folder(path)
                if path.exists()
                else FileNotFoundError(errno.ENOENT, "No such folder", str(path))
            )
    return path


def is_link(path: Path) -> bool:
    """Tell whether a path is a link, or on Windows a junction or another reparse point."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISLNK(found.st_mode) or bool(
        getattr(found, "st_file_attributes", 0) & _REPARSE_POINT
    )


def refuse_odd(found: os.stat_result, path: Path) -> None:
    """Raise OddFileError for what is not a regular file, or has a second name elsewhere."""
    if stat.S_ISDIR(found.st_mode):
        raise OddFileError(f"{path} is a folder, where sous keeps a file; move it away")
    if not stat.S_ISREG(found.st_mode):
        raise OddFileError(f"{path} is not a regular file; remove it")
    if found.st_nlink > 1:
        raise OddFileError(
            f"{path} is a hard link to a file that has another name too; replace it with a copy"
        )


def temporary_name(name: str) -> str:
    """Return a name for what will take the place of `name`."""
    return f".{name[:60]}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}"


def _linked(path: Path) -> OddFileError:
    return OddFileError(f"{path} is a link; remove it, sous follows none there")


def _no_folder(path: Path) -> OddFileError:
    return OddFileError(f"{path} is a file, where sous keeps a folder; move it away")
