"""Locks between processes: one is freed by the system when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.folders import HeldFolder, hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 30.0) -> Iterator[bool]:
    """Hold an exclusive lock on a file in a folder of the user's own.

    Yields whether it was got within `timeout` s.

    Raises SousError.
    """
    try:
        with hold(path.parent, create=True) as folder:
            descriptor = folder.open_lock(path.name)
    except OSError as exc:
        raise SousError(
            f"cannot use {path.parent}, where sous keeps its state: {exc.strerror}; make it "
            "writable, or name another "
            "folder in XDG_STATE_HOME"
        ) from exc
    with _held(descriptor, path, timeout) as got:
        yield got


@contextlib.contextmanager
def locked_in(folder: HeldFolder, name: str, *, timeout: float) -> Iterator[bool]:
    """Hold an exclusive lock on a file in a folder that is held. Raises SousError."""
    try:
        descriptor = folder.open_lock(name)
    except OSError as exc:
        raise SousError(
            f"cannot write {folder.path / name}: {exc.strerror}; check the permissions"
        ) from exc
    with _held(descriptor, folder.path / name, timeout) as got:
        yield got


_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # of a disk on a network, at times
_open: set[int] = set()  # descriptors of locks


def _let_go() -> None:
    """Close what a fork inherited: it would wait for a lock that it keeps itself."""
    while _open:
        os.close(_open.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


@contextlib.contextmanager
def _held(descriptor: int, path: Path, timeout: float) -> Iterator[bool]:
    _open.add(descriptor)
    try:
        deadline = time.monotonic() + timeout
        try:
            while not (got := _try_lock(descriptor)) and time.monotonic() < deadline:
                time.sleep(0.02)
        except OSError as exc:
            raise SousError(
                f"cannot lock {path}: {exc.strerror}; this disk supports no file locks, so "
                "name a folder on another one"
            ) from exc
        yield got
    finally:
        if descriptor in _open:  # not in a fork of ours
            _open.discard(descriptor)
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
        except OSError as exc:
            if exc.errno in _NO_LOCKS:
                raise
            return False
        return True
