"""Several programs at once, each line with the number of its own; Ctrl-C ends all in order."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sous.proc import ask_to_end, run_job
from sous.processes import interrupt
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_LOOK = 0.5  # seconds between two looks at whether all have ended


class _Lines:
    """Tells what a program prints, line by line."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._begun = b""

    def hear(self, piece: bytes) -> None:
        *lines, self._begun = (self._begun + piece).split(b"\n")
        for line in lines:
            self._tell(line.decode("utf-8", "replace").rstrip("\r"))


def run_crew(
    commands: Sequence[Sequence[str]], *, cwd: Path, env: Mapping[str, str]
) -> list[int | None]:
    """Run programs beside each other and return how each ended, in their order.

    After Ctrl-C each is asked to end in order, and waited for; after another one all are ended.
    Raises KeyboardInterrupt then.
    """
    codes: list[int | None] = [None] * len(commands)
    processes: dict[int, int] = {}
    lock, ending = threading.Lock(), threading.Event()

    def begun(at: int, process: int) -> None:
        with lock:
            processes[at] = process
            is_late = ending.is_set()
        if is_late:
            interrupt(process)

    def go(at: int) -> None:
        lines = _Lines(lambda line: say(f"[{at + 1}] {line}"))
        ended = run_job(
            commands[at],
            cwd=cwd,
            env=env,
            started=lambda process, _last: begun(at, process),
            hears=lines.hear,
        )
        processes.pop(at, None)
        codes[at] = ended.code

    threads = [threading.Thread(target=go, args=(at,), daemon=True) for at in range(len(commands))]
    for thread in threads:
        thread.start()
    try:
        _wait_for(threads)
    except BaseException:
        with lock:
            known = list(processes.values())
            ending.set()  # one that begins only now is told as well
        for process in known:
            interrupt(process)
        try:
            _wait_for(threads)
        finally:
            for process in list(processes.values()):
                ask_to_end(process)
        raise
    return codes


def _wait_for(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        while thread.is_alive():
            thread.join(_LOOK)
