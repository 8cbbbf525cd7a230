"""Two runs that write the same file take turns, and the second says for whom it waits."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import shown_path
from sous.locks import locked
from sous.state import read_state, state_folder, write_state
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_AT_ONCE = 0.05  # seconds


@contextlib.contextmanager
def holding(paths: Sequence[Path], *, who: str, timeout: float) -> Iterator[None]:
    """Hold the right to write these files for the time of a `with`.

    `who` is told to those that wait.

    Raises SousError when another process has not let go after `timeout` seconds.
    """
    with contextlib.ExitStack() as stack:
        for path in sorted(paths):
            key = hashlib.sha256(
                os.path.realpath(path).encode("utf-8", "surrogateescape")
            ).hexdigest()[:32]
            lock = state_folder() / "locks" / f"{key}.lock"
            if not _try(stack, lock, _AT_ONCE):
                began = time.monotonic()
                say(f"waiting for {_holder(key)}, which is writing {shown_path(path)}")
                if not _try(stack, lock, timeout):
                    waited = time.monotonic() - began
                    name = shown_path(path)
                    raise SousError(
                        f"{_holder(key)} is still writing {name} after {waited:.0f} s; "
                        "wait or end it"
                    )
            about = {"who": who, "pid": os.getpid()}
            write_state(f"locks/{key}.who", about, durable=False)
        yield


def _try(stack: contextlib.ExitStack, lock: Path, timeout: float) -> bool:
    attempt = contextlib.ExitStack()
    got = attempt.enter_context(locked(lock, timeout=timeout))
    if got:
        stack.enter_context(attempt.pop_all())
    attempt.close()
    return got


def _holder(key: str) -> str:
    about = read_state(f"locks/{key}.who")
    return (
        f"`sous {about['who']}` (process {about['pid']})"
        if {"who", "pid"} <= about.keys()
        else "another sous"
    )
