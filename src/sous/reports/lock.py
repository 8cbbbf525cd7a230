"""Two runs that write the same file take turns, and the second says for whom it waits."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file, shown_path, write_file
from sous.locks import locked
from sous.state import state_folder
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_AT_ONCE = 0.05  # seconds


@contextlib.contextmanager
def holding(paths: Sequence[Path], *, who: str, timeout: float) -> Iterator[None]:
    """Hold the right to write these files for the time of a `with`; `who` is told to those that wait.

    Raises SousError when another process has not let go after `timeout` seconds.
    """
    with contextlib.ExitStack() as stack:
        for path in sorted(paths):
            key = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogateescape")).hexdigest()[:32]
            lock = state_folder() / "locks" / f"{key}.lock"
            if not _try(stack, lock, _AT_ONCE):
                began = time.monotonic()
                say(f"waiting for {_holder(lock)}, which is writing {shown_path(path)}")
                if not _try(stack, lock, timeout):
                    waited = time.monotonic() - began
                    name = shown_path(path)
                    raise SousError(f"{_holder(lock)} is still writing {name} after {waited:.0f} s; wait or end it")
            about = {"who": who, "pid": os.getpid()}
            write_file(lock.with_suffix(".who"), json.dumps(about).encode(), root=None, durable=False)
        yield


def _try(stack: contextlib.ExitStack, lock: Path, timeout: float) -> bool:
    attempt = contextlib.ExitStack()
    got = attempt.enter_context(locked(lock, timeout=timeout))
    if got:
        stack.enter_context(attempt.pop_all())
    attempt.close()
    return got


def _holder(lock: Path) -> str:
    try:
        about = json.loads(read_file(lock.with_suffix(".who"), root=None))
        return f"`sous {about['who']}` (process {about['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another sous"
