"""Writes files so that each is complete or as it was before, and reads them within limits.

No link is followed out of a project.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sous.errors import SousError
from sous.folders import (
    BY_DESCRIPTOR,
    TEMPORARY_SUFFIX,
    HeldFolder,
    OddFileError,
    hold,
    is_link,
    temporary_name,
)
from sous.surroundings import here, top_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_TEXT = 1 << 28  # bytes of a file that is read whole
_STILL_RUNNING = 600  # seconds in which a temporary file may belong to a run that goes on
_READ = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO must not block
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_file(path: Path, *, root: Path | None, most: int = LARGEST_TEXT) -> bytes:
    """Return what a file holds.

    `root`: the project that it belongs to, out of which no link may lead; None for a file of the
    user's own, or one that the user named. Raises SousError for a link out of the project, for what
    is not a regular file, and for more than `most` bytes; OSError where it cannot be read.
    """
    descriptor = os.open(path if root is None else refuse_link_out(path, root=root), _READ)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OddFileError(f"{path} is not a regular file")
        data = stream.read(most + 1)
    if len(data) > most:
        raise SousError(f"{path} has more than {most:,} bytes; sous does not read it")
    return data


@contextlib.contextmanager
def placing(path: Path, *, root: Path | None, durable: bool = True) -> Iterator[Path]:
    """Yield the name of a temporary file that replaces `path` when the block succeeds.

    Folders above it are made, links are followed, mode and (where allowed) owner of an existing
    file are kept. `root`: the project that it belongs to, out of which no link may lead; None for a
    file of the user's own, or one that the user named. Raises SousError when the place cannot be
    written; the old file is then untouched.
    """
    with _held(path, root) as (folder, name):
        temporary = temporary_name(name)
        try:
            _refuse_no_file(folder, name)
            yield folder.path / temporary
            _copy_mode(folder, name, temporary)
            _rename(folder, temporary, name)
        except OSError as exc:
            _remove_quietly(folder, temporary)
            if isinstance(exc, BrokenPipeError):
                raise
            raise cannot_write(path, exc) from exc
        except BaseException:
            _remove_quietly(folder, temporary)
            raise
        if durable:
            folder.sync()


@contextlib.contextmanager
def replacing(path: Path, *, root: Path | None, durable: bool = True) -> Iterator[BinaryIO]:
    """Yield a binary file that replaces `path` as `placing` does, once its data is on disk.

    What can be made again need not be `durable`: it is whole all the same, unless the power fails.
    """
    with placing(path, root=root, durable=durable) as temporary:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, 0o666), "wb", buffering=1 << 20) as stream:
            yield stream
            stream.flush()
            if durable:
                os.fsync(stream.fileno())


def write_file(path: Path, data: bytes, *, root: Path | None, durable: bool = True) -> None:
    """Replace `path` by a file with `data`, as `placing` says. Raises SousError."""
    with replacing(path, root=root, durable=durable) as stream:
        stream.write(data)


class Growing:
    """A file that others read while it grows; what stood at its place is replaced.

    Raises SousError where it cannot be begun; what cannot be written later is left out.
    """

    def __init__(self, path: Path) -> None:
        try:
            if os.path.lexists(path):
                remove_tree(path)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            self._descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as exc:
            raise SousError(f"cannot write {path}: {exc.strerror}") from exc

    def write(self, data: bytes) -> None:
        """Add some bytes."""
        with contextlib.suppress(OSError):
            os.write(self._descriptor, data)

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


def write_temporary(folder: str, name: str, data: bytes) -> Path:
    """Write a file in a temporary folder that is ours alone, and return where it is."""
    path = Path(folder, name)
    path.write_bytes(data)
    return path


def is_left_over(path: Path) -> bool:
    """Tell whether a file is one that `placing` left when its process was killed."""
    pattern = rf"\..+\.[0-9a-f]{{8}}{re.escape(TEMPORARY_SUFFIX)}"
    if path.is_symlink() or not path.is_file() or not re.fullmatch(pattern, path.name):
        return False
    return time.time() - path.stat().st_mtime > _STILL_RUNNING


def link_file(path: Path, program: Path) -> None:
    """Make a link to a program where nothing is yet. Raises SousError."""
    try:
        path.symlink_to(program)
    except OSError as exc:
        raise SousError(f"cannot link {path}: {exc.strerror}") from exc


def remove_file(path: Path) -> None:
    """Delete a file, or a link itself. Raises SousError."""
    try:
        path.unlink()
    except OSError as exc:
        raise SousError(f"cannot delete {path}: {exc.strerror}") from exc


def remove_tree(path: Path) -> None:
    """Delete a file, a link itself, or a folder with all that is in it. Raises OSError."""
    if path.is_dir() and not is_link(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def refuse_dangerous(path: Path, *, root: Path, named: bool) -> None:
    """Raise SousError for a folder, a read-only file, or a link a repository may have planted."""
    if path.is_dir():
        raise SousError(f"{path} is a folder; name a file with -o")
    if path.exists() and not path.is_file():
        raise SousError(
            f"{path} is not a regular file; name another with -o, or use -o - for stdout"
        )
    if path.exists() and not path.stat().st_mode & 0o222:
        raise SousError(
            f"{path} is read-only; make it writable (chmod u+w) or write elsewhere with -o"
        )
    if not named or bounds_of(path, root):
        refuse_link_out(path, root=root)


def bounds_of(path: Path, root: Path) -> Path | None:
    """Return the project that a file belongs to; None for a file of the user's own elsewhere."""
    named, top = (Path(os.path.abspath(one)) for one in (path, root))  # noqa: PTH100  # links stay as they are
    return root if named.is_relative_to(top) else None


def refuse_link_out(path: Path, *, root: Path) -> Path:
    """Return where a path of a project leads, links followed.

    Raises SousError where that is out of the project or into `.git`, and for a link to a file of
    another kind.
    """
    real, top = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    is_inside = real.is_relative_to(top) and ".git" not in real.relative_to(top).parts
    if is_inside and (not path.is_symlink() or real.suffix == path.suffix):
        return real
    leads = "is a link to" if path.is_symlink() else "leads to"
    raise SousError(
        f"{path} {leads} {real}, which is outside of the project, in .git, or another kind of "
        "file; name another file"
    )


def inside(root: Path, path: Path) -> Path | None:
    """Return where a path of a project leads, links followed.

    None where that is outside of it, or nowhere.
    """
    try:
        real = Path(os.path.realpath(root / path, strict=True))
        return real if real.is_relative_to(os.path.realpath(root)) else None
    except (OSError, ValueError):
        return None


def shown_path(path: Path) -> str:
    """Return a path relative to the current folder, or absolute where that would lead far away."""
    folder = here()
    if path.anchor != folder.anchor or folder == top_folder():
        return str(path)
    shown = os.path.relpath(path, folder)
    return str(path) if shown.count("..") > 4 else shown  # noqa: PLR2004


def cannot_write(path: Path, error: OSError) -> SousError:
    """Return the error that says why `path` could not be written and what helps."""
    hints = {
        errno.ENOSPC: "; free some space",
        errno.EFBIG: "; the file size limit is reached",
        errno.EACCES: "; check the permissions, or write elsewhere with -o",
        errno.EROFS: "; write elsewhere with -o",
        errno.ENOENT: "; the folder does not exist",
    }
    reason = error.strerror or str(error)
    return SousError(
        f"cannot write {path}: {reason}{hints.get(error.errno or 0, '')}. Nothing was changed"
    )


@contextlib.contextmanager
def _held(path: Path, root: Path | None) -> Iterator[tuple[HeldFolder, str]]:
    """Yield the folder of a file, made where it is not there, and the file's name in it.

    Links are resolved.
    """
    with contextlib.ExitStack() as stack:
        try:
            if root is None:
                real = Path(os.path.realpath(path))
                folder = stack.enter_context(hold(real.parent, create=True))
            else:
                real, top = refuse_link_out(path, root=root), Path(os.path.realpath(root))
                names = real.parent.relative_to(top).parts
                folder = stack.enter_context(hold(top, *names, create=True))
        except OSError as exc:
            raise cannot_write(path, exc) from exc
        yield folder, real.name


def _refuse_no_file(folder: HeldFolder, name: str) -> None:
    found = folder.status(name)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise OddFileError(f"{folder.path / name} is not a regular file; move it away")


def _copy_mode(folder: HeldFolder, target: str, temporary: str) -> None:
    known = folder.status(target)
    if known is None:
        return
    folder.change_mode(temporary, known.st_mode & 0o7777)
    if hasattr(os, "chown") and (known.st_uid, known.st_gid) != (os.getuid(), os.getgid()):
        with contextlib.suppress(OSError):
            folder.change_owner(temporary, known.st_uid, known.st_gid)


def _rename(folder: HeldFolder, temporary: str, name: str) -> None:
    for wait in (0.05, 0.2, 0.5, None):
        try:
            folder.rename(temporary, name)
        except PermissionError:  # Windows, while another program has the file open
            if wait is None or BY_DESCRIPTOR:
                raise
            time.sleep(wait)
        else:
            return


def _remove_quietly(folder: HeldFolder, name: str) -> None:
    with contextlib.suppress(OSError):
        folder.remove(name)
