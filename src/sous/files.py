"""The one module that writes files: a file is there complete, or as it was before."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPORARY_SUFFIX = ".sous-tmp"
_STILL_RUNNING = 600  # seconds in which a temporary file may belong to a run that goes on


@contextlib.contextmanager
def placing(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield the name of a temporary file that takes the place of `path` when the block ends well, and vanishes else.

    Folders above it are made, links are followed, mode and (where allowed) owner of an existing file are kept. Raises
    SousError when the place cannot be written; the old file is then untouched.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name[:60]}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _copy_mode(target, temporary)
        _rename(temporary, target)
    except OSError as exc:
        _remove_quietly(temporary)
        if isinstance(exc, BrokenPipeError):
            raise
        raise cannot_write(path, exc) from exc
    except BaseException:
        _remove_quietly(temporary)
        raise
    if durable:
        _sync_folder(target.parent)


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Yield a binary file that takes the place of `path` as `placing` says, once its data is on the disk.

    What can be made again need not be `durable`: it is whole all the same, unless the power fails.
    """
    with placing(path, durable=durable) as temporary:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, 0o666), "wb", buffering=1 << 20) as stream:
            yield stream
            stream.flush()
            if durable:
                os.fsync(stream.fileno())


def write_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace `path` by a file with `data`. Raises SousError."""
    with replacing(path, durable=durable) as stream:
        stream.write(data)


def create_file(path: Path) -> bool:
    """Make an empty file, and return whether it was not there before. Raises SousError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("xb").close()
    except FileExistsError:
        return False
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    return True


def append_line(path: Path, line: str) -> None:
    """Add a line to a file and have it on the disk; half a line that a crash left is closed first. Raises SousError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as stream:
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                line = line if stream.read(1) == b"\n" else f"\n{line}"
            stream.write(f"{line}\n".encode("utf-8", "replace"))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def is_left_over(path: Path) -> bool:
    """Tell whether a file is one that `placing` left when its process was killed."""
    pattern = rf"\..+\.[0-9a-f]{{8}}{re.escape(TEMPORARY_SUFFIX)}"
    if path.is_symlink() or not path.is_file() or not re.fullmatch(pattern, path.name):
        return False
    return time.time() - path.stat().st_mtime > _STILL_RUNNING


def remove_file(path: Path) -> None:
    """Delete a file. Raises SousError."""
    try:
        path.unlink()
    except OSError as exc:
        raise SousError(f"cannot delete {path}: {exc.strerror}") from exc


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 30.0) -> Iterator[bool]:
    """Hold an exclusive lock between processes on the file `path`; yields whether it was got within `timeout` seconds.

    The system frees it when the process ends, however it ends. Raises SousError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as exc:
        raise SousError(
            f"cannot use {path.parent}, where sous keeps its state: {exc.strerror}; make it writable, or name another "
            "folder in XDG_STATE_HOME"
        ) from exc
    try:
        deadline = time.monotonic() + timeout
        while not (got := _try_lock(descriptor)) and time.monotonic() < deadline:
            time.sleep(0.02)
        yield got
    finally:
        os.close(descriptor)


if os.name == "nt":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def refuse_dangerous(path: Path, *, root: Path, named: bool) -> None:
    """Raise SousError for a target that is a folder, read-only, or a link that may be a trap of a repository."""
    if path.is_dir():
        raise SousError(f"{path} is a folder; name a file with -o")
    if path.exists() and not path.is_file():
        raise SousError(f"{path} is no regular file; name another with -o, or use -o - for stdout")
    if path.exists() and not path.stat().st_mode & 0o222:
        raise SousError(f"{path} is read-only; make it writable (chmod u+w) or write elsewhere with -o")
    if not named:
        refuse_link_out(path, root=root)


def refuse_link_out(path: Path, *, root: Path) -> None:
    """Raise SousError for a link that leads out of the project, into `.git`, or to a file of another kind."""
    if not path.is_symlink():
        return
    real, inside = Path(os.path.realpath(path)), root.resolve()
    if not real.is_relative_to(inside) or real.suffix != path.suffix or ".git" in real.relative_to(inside).parts:
        raise SousError(f"{path} is a link to {real}, which is not ours to use; remove the link or name a file with -o")


def inside(root: Path, path: Path) -> Path | None:
    """Return where a path of a project leads, links followed; None where that is outside of it, or nowhere."""
    try:
        real = Path(os.path.realpath(root / path, strict=True))
        return real if real.is_relative_to(os.path.realpath(root)) else None
    except (OSError, ValueError):
        return None


def shown_path(path: Path) -> str:
    """Return a path as people can use it where they are: relative to the current folder, unless that leads far away."""
    shown = os.path.relpath(path) if path.anchor == Path.cwd().anchor else str(path)
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
    return SousError(f"cannot write {path}: {reason}{hints.get(error.errno or 0, '')}. Nothing was changed")


def _copy_mode(target: Path, temporary: Path) -> None:
    try:
        known = target.stat()
    except OSError:
        return
    temporary.chmod(known.st_mode & 0o7777)
    if hasattr(os, "chown") and (known.st_uid, known.st_gid) != (os.getuid(), os.getgid()):
        with contextlib.suppress(OSError):
            os.chown(temporary, known.st_uid, known.st_gid)


def _rename(temporary: Path, target: Path) -> None:
    for wait in (0.05, 0.2, 0.5, None):
        try:
            temporary.replace(target)
        except PermissionError:  # Windows, while another program has the file open
            if wait is None or os.name != "nt":
                raise
            time.sleep(wait)
        else:
            return


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_quietly(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
