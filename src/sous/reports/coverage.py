"""What tests ran, as coverage files say: `lcov.info`, `coverage.xml` (Cobertura), `.coverage` (of Coverage.py)."""

from __future__ import annotations

import contextlib
import html
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

COVERAGE_FILES = ("lcov.info", "coverage/lcov.info", "coverage.xml", ".coverage")
_MOST = 200_000_000  # bytes
_CLASS = re.compile(r"<class\b([^<>]*)>|<line\b([^<>]*)>")
_ATTRIBUTE = re.compile(r'\b(filename|number|hits)="([^"<>]*)"')


@dataclass
class Coverage:
    """The lines of files that tests ran, and those that they did not, as far as is known; `name` of the file read."""

    name: str
    hit: dict[str, set[int]] = field(default_factory=dict)
    missed: dict[str, set[int]] = field(default_factory=dict)

    def reached(self, path: str, first: int, last: int) -> bool:
        """Tell whether tests ran what stands in these lines: something behind the first, and nothing was missed."""
        begin = first + 1 if last > first else first
        is_hit = any(begin <= line <= last for line in self.hit.get(path, ()))
        return is_hit and not any(first <= line <= last for line in self.missed.get(path, ()))

    def add(self, path: str, number: int, hits: int) -> None:
        """Note a line; one that was run once was run."""
        if hits:
            self.hit.setdefault(path, set()).add(number)
            self.missed.get(path, set()).discard(number)
        elif number not in self.hit.get(path, ()):
            self.missed.setdefault(path, set()).add(number)


def read_coverage(root: Path, paths: Iterable[str]) -> Coverage | None:
    """Return the coverage that lies in a project, None where there is none that can be read."""
    known = _Known(root, paths)
    for name in COVERAGE_FILES:
        path = root / name
        with contextlib.suppress(OSError, ValueError, TypeError, OverflowError, sqlite3.Error):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < _MOST:
                found = Coverage(name)
                {".info": _lcov, ".xml": _cobertura}.get(path.suffix, _sqlite)(path, known, found)
                if found.hit:
                    return found
    return None


def _lcov(path: Path, known: _Known, found: Coverage) -> None:
    file = None
    for line in path.read_text("utf-8", "replace").splitlines():
        if line.startswith("SF:"):
            file = known.meant(line[3:])
        elif line.startswith("DA:") and file:
            number, _, hits = line[3:].partition(",")
            found.add(file, int(number), int(hits.partition(",")[0]))


def _cobertura(path: Path, known: _Known, found: Coverage) -> None:
    file = None
    for match in _CLASS.finditer(path.read_text("utf-8", "replace")):
        values = dict(_ATTRIBUTE.findall(match[1] or match[2] or ""))
        if "filename" in values:
            file = known.meant(html.unescape(values["filename"]))
        elif file and "number" in values and "hits" in values:
            found.add(file, int(values["number"]), int(values["hits"]))


def _sqlite(path: Path, known: _Known, found: Coverage) -> None:
    """Read Coverage.py's own file: sets of lines as bits, or arcs between lines ("Coverage.py database schema")."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute("select id, path from file")
        files = {number: known.meant(name) for number, name in rows if isinstance(name, str)}
        for number, bits in database.execute("select file_id, numbits from line_bits"):
            file = files.get(number)
            for line in (at * 8 + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1):
                if not file:
                    break
                found.add(file, line, 1)
        for number, start, end in database.execute("select file_id, fromno, tono from arc"):
            file = files.get(number)
            for line in (start, end) if file else ():
                if line > 0:
                    found.add(str(file), line, 1)


class _Known:
    """The paths of a project, to be found by what coverage files call them."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self._root = root.resolve()
        self._by_name: dict[str, list[str]] = {}
        for path in paths:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def meant(self, name: str) -> str | None:
        """Return the path in the project that a coverage file means, None where there is none or more than one."""
        path = Path(name)
        with contextlib.suppress(ValueError):
            path = path.relative_to(self._root) if path.is_absolute() else path
        text = path.as_posix()
        candidates = self._by_name.get(path.name, [])
        ending = [one for one in candidates if one == text or one.endswith(f"/{text}")]  # from a folder of sources
        return text if text in ending else ending[0] if len(ending) == 1 else None
