"""Logs of agents: written while they work, shown, followed, and kept up to a limit."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import Growing, remove_file
from sous.runner.said import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AGENT_LOG, PROMPT, COPY = ".agent.log", ".prompt.md", ".before"
_MOST_FILES, _MOST_BYTES = 200, 100_000_000  # of all logs and prompts together
_MOST_COPIES, _MOST_OF_COPIES = 100, 20_000_000  # of what was taken back, together; bytes
_OLDEST_COPY = 30 * 24 * 3600.0  # seconds
_MOST_OF_ONE = 1_000_000  # bytes of a log that grows
_LOOK = 0.3  # seconds between two looks at a log that is followed


class LiveLog:
    """The log of an agent at work; `tell` gets each line in words, as it comes."""

    def __init__(self, path: Path, tell: Callable[[str], None] | None = None) -> None:
        self._file = Growing(path)
        self._tell = tell
        self._begun = b""
        self._written = 0

    def hear(self, piece: bytes) -> None:
        """Write what was printed, and tell the lines that are complete."""
        room = _MOST_OF_ONE - self._written
        self._file.write(piece[:room] if room > 0 else b"")
        self._written += len(piece)
        if self._tell is None:
            return
        *lines, self._begun = (self._begun + piece).split(b"\n")
        for line in lines:
            for words in words_of(line.decode("utf-8", "replace")).split("\n"):
                if words.strip():
                    self._tell(words)

    @property
    def is_cut(self) -> bool:
        """Whether more was printed than is in the file."""
        return self._written > _MOST_OF_ONE

    def close(self) -> None:
        """Tell the last line, and end the file."""
        if self._begun:
            self.hear(b"\n")
        left_out = self._written - _MOST_OF_ONE
        if left_out > 0:
            self._file.write(f"\n… {left_out:,} bytes left out …\n".encode())
        self._file.close()


def bound(folder: Path) -> None:
    """Delete the oldest logs, prompts and copies of what was taken back above the limits."""
    _bound(folder, (AGENT_LOG, PROMPT), most_files=_MOST_FILES, most_bytes=_MOST_BYTES)
    oldest = time.time() - _OLDEST_COPY
    _bound(
        folder, (COPY,), most_files=_MOST_COPIES, most_bytes=_MOST_OF_COPIES, since=oldest
    )  # fmt: skip


def _bound(
    folder: Path, endings: tuple[str, ...], *, most_files: int, most_bytes: int, since: float = 0.0
) -> None:
    total, kept = 0, 0
    for path in _newest_first(folder, endings):
        with contextlib.suppress(OSError, SousError):
            status = path.stat()
            total, kept = total + status.st_size, kept + 1
            if kept > most_files or total > most_bytes or status.st_mtime < since:
                remove_file(path)


def log_of(folder: Path, slug: str | None, ending: str = AGENT_LOG) -> Path:
    """Return the newest log, or that of a step (`step-3`). Raises SousError where there is none."""
    names = _newest_first(folder, (ending,))
    found = [path for path in names if slug is None or path.name.startswith(f"{slug}.")]
    if not found:
        what = f"of {slug.replace('-', ' ', 1)} " if slug else ""
        raise SousError(f"there is no log {what}of an agent yet; `sous run` writes them")
    return found[0]


def followed(folder: Path, first: Path, is_running: Callable[[], bool]) -> Iterator[bytes]:
    """Yield a log as it grows, then the next that is begun, until no run is at work."""
    path, shown = first, {first: 0}
    while True:
        was_running = is_running()
        data = _from(path, shown[path])
        shown[path] += len(data)
        if data:
            yield data
            continue
        newest = next(iter(_newest_first(folder, (AGENT_LOG,))), path)
        if newest != path:  # several grow where steps are at work at once
            path = newest
            shown.setdefault(path, 0)
        elif not was_running:
            return
        else:
            time.sleep(_LOOK)


def _from(path: Path, at: int) -> bytes:
    try:
        with path.open("rb") as stream:
            stream.seek(at)
            return stream.read(1 << 20)
    except OSError:
        return b""


def _newest_first(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        found = [
            (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
            for entry in entries
            if entry.name.endswith(endings) and entry.is_file(follow_symlinks=False)
        ]
    return [folder / name for _, name in sorted(found, reverse=True)]
