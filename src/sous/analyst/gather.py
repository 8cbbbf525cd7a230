"""The facts of many files: each within its time, large ones and many in processes of their own, which can be ended."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING

from sous.analyst.facts import DAMAGED, FileFacts, facts_from_json
from sous.analyst.languages import language_of
from sous.analyst.read import read_file
from sous.claims.source import is_reduced
from sous.effort import SECONDS, OutOfTime, within
from sous.errors import SousError
from sous.proc import ProgramFailed, own_command, run
from sous.surroundings import carried

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sous.bundle.readers import PackedFile

TOO_SLOW = "it takes too long to read"  # FileFacts.generated of what was skipped
_ALONE = 1_500_000  # characters that are read faster than another process is started
# characters of a file that is never read in this process: one long call into C cannot be ended here
_LARGE = 200_000
_PER_FILE = 0.5  # seconds for each file of many
_MOST_KILLED = 3  # processes of one share that are ended, until the rest of it is skipped


class Gathering:
    """Reads files, and knows those that were skipped: `found` holds the facts of all of them."""

    def __init__(self, files: Mapping[str, PackedFile]) -> None:
        self._files = files
        self.found: dict[str, FileFacts] = {}
        self.skipped: set[str] = set()

    def read(self, paths: Sequence[str]) -> None:
        """Read files, on as many processes as are worth it."""
        large = [
            path for path in paths if len(self._files[path].packed) > _LARGE and language_of(path)
        ]
        small = sorted(set(paths).difference(large))
        size = sum(len(self._files[path].packed) for path in small)
        jobs = min(os.cpu_count() or 1, 1 + size // _ALONE)
        others = [share for share in (*(small[at::jobs] for at in range(1, jobs)), large) if share]
        helpers = self._begun(others)
        self._here(small[::jobs])
        for helper in helpers:
            helper.join()
        self._here(path for path in small if path not in self.found)  # a helper failed
        for path in large:
            if path not in self.found:
                self._skip(path)

    def _begun(self, shares: Iterable[Sequence[str]]) -> list[threading.Thread]:
        """Have a helper for each share read it meanwhile."""
        helpers = [
            threading.Thread(target=carried(self._elsewhere), args=(share,), daemon=True)
            for share in shares
        ]
        for helper in helpers:
            helper.start()
        return helpers

    def _here(self, paths: Iterable[str]) -> None:
        for path in paths:
            text = self._files[path].text
            try:
                self.found[path] = within(
                    SECONDS, read_file, path, text, is_whole=not is_reduced(text)
                )
            except (OutOfTime, MemoryError):
                self._skip(path)

    def _skip(self, path: str) -> None:
        lines = self._files[path].packed.count("\n")
        self.found[path] = FileFacts(language_of(path), lines, 0, TOO_SLOW)
        self.skipped.add(path)

    def _elsewhere(self, paths: Sequence[str]) -> None:
        """Have a process of its own read files; the one that it does not come back from is skipped."""
        for _ in range(_MOST_KILLED):
            out, is_killed = self._worked(paths)
            lines = out.split(b"\n")[:-1]
            for path, line in zip(paths, lines, strict=False):
                self._take(path, line)
            paths = paths[len(lines) :]
            if not paths or not is_killed:
                return
            self._skip(paths[0])
            paths = paths[1:]

    def _worked(self, paths: Sequence[str]) -> tuple[bytes, bool]:
        """Return what a process wrote, and whether it was ended before it was through."""
        rows = [
            (path, self._files[path].text, not is_reduced(self._files[path].text)) for path in paths
        ]
        timeout = SECONDS * 1.5 + _PER_FILE * len(rows)
        try:
            return run(
                *own_command("sous.analyst.worker"),
                input=json.dumps(rows).encode(),
                timeout=timeout,
            ), False
        except ProgramFailed as exc:
            return exc.stdout, True
        except (SousError, OSError):
            return b"", False

    def _take(self, path: str, line: bytes) -> None:
        try:
            self.found[path] = facts_from_json(line.decode("utf-8", "surrogatepass"))
        except DAMAGED:  # the worker gave up on it
            self._skip(path)
