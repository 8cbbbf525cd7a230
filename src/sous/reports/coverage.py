"""What tests ran, as coverage files say: `lcov.info`, `coverage.xml` (Cobertura), `.coverage` (of Coverage.py)."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILES = ("lcov.info", "coverage/lcov.info", "coverage.xml", ".coverage")
_MOST = 200_000_000  # bytes
_CLASS = re.compile(r'<class\b[^>]*?\bfilename="([^"]*)"|<line\b[^>]*?\bnumber="(\d+)"[^>]*?\bhits="(\d+)"')


@dataclass
class Coverage:
    """The lines of files that tests ran, and those that they did not, as far as is known; `name` of the file read."""

    name: str
    hit: dict[str, set[int]] = field(default_factory=dict)
    missed: dict[str, set[int]] = field(default_factory=dict)

    def reached(self, path: str, first: int, last: int) -> bool:
        """Tell whether tests ran what stands in these lines: something behind the first, and nothing was missed."""
        lines = set(range(first, last + 1))
        inside = lines - {first} if last > first else lines
        return bool(self.hit.get(path, set()) & inside) and not self.missed.get(path, set()) & lines

    def add(self, path: str, number: int, hits: int) -> None:
        """Note a line; one that was run once was run."""
        if hits:
            self.hit.setdefault(path, set()).add(number)
            self.missed.get(path, set()).discard(number)
        elif number not in self.hit.get(path, ()):
            self.missed.setdefault(path, set()).add(number)


def read_coverage(root: Path, paths: Iterable[str]) -> Coverage | None:
    """Return the coverage that lies in a project, None where there is none that can be read."""
    known = set(paths)
    for name in _FILES:
        path = root / name
        with contextlib.suppress(OSError, ValueError, sqlite3.Error):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < _MOST:
                found = Coverage(name)
                {".info": _lcov, ".xml": _cobertura}.get(path.suffix, _sqlite)(path, root, known, found)
                if found.hit:
                    return found
    return None


def _lcov(path: Path, root: Path, known: set[str], found: Coverage) -> None:
    file = None
    for line in path.read_text("utf-8", "replace").splitlines():
        if line.startswith("SF:"):
            file = _inside(line[3:], root, known)
        elif line.startswith("DA:") and file:
            number, _, hits = line[3:].partition(",")
            found.add(file, int(number), int(hits.partition(",")[0]))


def _cobertura(path: Path, root: Path, known: set[str], found: Coverage) -> None:
    file = None
    for name, number, hits in _CLASS.findall(path.read_text("utf-8", "replace")):
        if name:
            file = _inside(name, root, known)
        elif file:
            found.add(file, int(number), int(hits))


def _sqlite(path: Path, root: Path, known: set[str], found: Coverage) -> None:
    """Read Coverage.py's own file: sets of lines as bits, or arcs between lines ("Coverage.py database schema")."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        files = {number: _inside(name, root, known) for number, name in database.execute("select id, path from file")}
        for number, bits in database.execute("select file_id, numbits from line_bits"):
            lines = (at * 8 + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1)
            for line in lines if files.get(number) else ():
                found.add(str(files[number]), line, 1)
        for number, start, end in database.execute("select file_id, fromno, tono from arc"):
            for line in (start, end) if files.get(number) else ():
                if line > 0:
                    found.add(str(files[number]), line, 1)


def _inside(name: str, root: Path, known: set[str]) -> str | None:
    """Return the path in the project that a coverage file means."""
    path = Path(name)
    with contextlib.suppress(ValueError):
        path = path.relative_to(root.resolve()) if path.is_absolute() else path
    text = path.as_posix()
    if text in known:
        return text
    ending = [one for one in known if one.endswith(f"/{text}")]  # relative to a folder of sources
    return ending[0] if len(ending) == 1 else None
