"""What a process has one of, and a call of the library its own: a current folder, who hears it."""

from __future__ import annotations

import contextlib
import contextvars
import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Surroundings(NamedTuple):
    """What holds in one call instead of what the process has.

    `folder` stands for the current folder, `listener` gets each line that would go to stderr
    (None: nobody), programs in `kept_out` are never run.
    """

    folder: Path
    listener: Callable[[str], None] | None = None
    kept_out: frozenset[Path] = frozenset()


_by_command: contextvars.ContextVar[bool] = contextvars.ContextVar("by_command", default=False)
_own: contextvars.ContextVar[Surroundings | None] = contextvars.ContextVar("own", default=None)


def is_by_command() -> bool:
    """Tell whether this is a command's call, whose process is its own."""
    return _by_command.get()


@contextlib.contextmanager
def by_command() -> Iterator[None]:
    """Have the library behave as a part of this process: its folder, stderr and signals."""
    token = _by_command.set(True)
    try:
        yield
    finally:
        _by_command.reset(token)


@contextlib.contextmanager
def by_library() -> Iterator[None]:
    """Have a call inside of a command be one of the library: it may be one of many threads."""
    token = _by_command.set(False)
    try:
        yield
    finally:
        _by_command.reset(token)


def own() -> Surroundings | None:
    """Return the surroundings of this call; None in a command, to which the process belongs."""
    return _own.get()


def here() -> Path:
    """Return the current folder, or what stands for it in this call."""
    from pathlib import Path

    surroundings = own()
    return surroundings.folder if surroundings else Path.cwd()


def top_folder() -> Path:
    """Return the top of the file system, which is the folder of a call that is about none."""
    from pathlib import Path

    return Path(os.path.abspath(os.sep))  # noqa: PTH100  # a name; nothing is looked up


@contextlib.contextmanager
def surrounded(surroundings: Surroundings | None) -> Iterator[None]:
    """Have these hold in a block (None: those of the process)."""
    token = _own.set(surroundings)
    try:
        yield
    finally:
        _own.reset(token)


def tell(message: str) -> bool:
    """Give a line to who listens to this call; return False where the process's stderr is meant."""
    surroundings = own()
    if surroundings is None:
        return False
    if surroundings.listener:
        with surrounded(None):  # it may print
            surroundings.listener(message)
    return True


def carried(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function for another thread, which then has the surroundings of this one."""
    return partial(contextvars.copy_context().run, work)
