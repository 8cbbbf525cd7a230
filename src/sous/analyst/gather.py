"""The facts of many files: each within its time, and what a parser in C reads in processes of their own."""

from __future__ import annotations

import atexit
import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.analyst.facts import DAMAGED, FileFacts, facts_from_json
from sous.analyst.languages import language_of
from sous.analyst.read import read_file
from sous.claims.source import is_reduced
from sous.effort import SECONDS, OutOfTime, within
from sous.errors import SousError
from sous.project.parsing import Parser
from sous.surroundings import carried

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sous.bundle.readers import PackedFile

TOO_SLOW = "it takes too long to read"  # FileFacts.generated of what was skipped
_ALONE = 1_500_000  # characters that are read faster than another process is started
# characters of a file that is never read in this process: one long call into C cannot be ended here
_LARGE = 200_000
_MOST_FAILURES = 20  # files that end a process or take all of their time, until its rest is skipped


@lru_cache(maxsize=64)
def _reader(_process: int, _number: int) -> Parser:
    """Return what asks a process for facts; a forked child has others than its parent."""
    reader = Parser(module="sous.analyst.worker", stays="is skipped", most=_MOST_FAILURES)
    atexit.register(reader.close)
    return reader


class Gathering:
    """Reads files, and knows those that were skipped: `found` holds the facts of all of them."""

    def __init__(self, files: Mapping[str, PackedFile]) -> None:
        self._files = files
        self.found: dict[str, FileFacts] = {}
        self.skipped: set[str] = set()

    def read(self, paths: Sequence[str]) -> None:
        """Read files, on as many processes as are worth it."""
        size = sum(len(self._files[path].packed) for path in paths)
        jobs = min(os.cpu_count() or 1, 1 + size // _ALONE)
        apart = sorted(filter(self._is_read_apart, paths))
        near = sorted(set(paths).difference(apart))
        shares = [[*near[at::jobs], *apart[at::jobs]] for at in range(1, jobs)]
        others = [share for share in (*shares, apart[::jobs]) if share]
        helpers = [
            threading.Thread(target=carried(self._elsewhere), args=(number, share), daemon=True)
            for number, share in enumerate(others)
        ]
        for helper in helpers:
            helper.start()
        self._here(near[::jobs])
        for helper in helpers:
            helper.join()
        self._here(path for path in near if path not in self.found)  # a helper failed
        for path in apart:
            if path not in self.found:
                self._skip(path)

    def _is_read_apart(self, path: str) -> bool:
        language = language_of(path)
        is_large = len(self._files[path].packed) > _LARGE
        return bool(language) and (is_large or language != "Python")

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

    def _elsewhere(self, number: int, paths: Sequence[str]) -> None:
        """Have a process of its own read files; one that it does not answer for is skipped."""
        reader = _reader(os.getpid(), number)
        for path in paths:
            text = self._files[path].text
            try:
                told = reader.ask(path, [path, text, not is_reduced(text)]) or b""
                self.found[path] = facts_from_json(told.decode("utf-8", "surrogatepass"))
            except DAMAGED:
                self._skip(path)
            except SousError:  # it cannot be started
                return
