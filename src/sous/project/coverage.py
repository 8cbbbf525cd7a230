"""What tests ran, by coverage files: `lcov.info`, `coverage.xml` (Cobertura), `.coverage`."""

from __future__ import annotations

import contextlib
import html
import re
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from sous.effort import OutOfTime
from sous.errors import SousError
from sous.project.paths import Paths, is_absolute
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_Row = TypeVar("_Row")

COVERAGE_FILES = ("lcov.info", "coverage/lcov.info", "coverage.xml", ".coverage")
_MOST = 100_000_000  # bytes
_SECONDS = 5.0  # for all of them
_MOST_LINES = 2_000_000  # of code, in all files
_MOST_OF_A_LINE = 20_000  # characters of a line, a tag or a path
_MOST_BITS = 1_000_000  # bytes, eight lines each
_BLOCK = 1 << 20  # characters read at once
_EACH = 1_000  # rows, or steps of SQLite's machine, between two looks at the clock
_LIMITS = {  # of a value, a statement, its columns and its depth
    "SQLITE_LIMIT_LENGTH": 10_000_000,
    "SQLITE_LIMIT_SQL_LENGTH": 100_000,
    "SQLITE_LIMIT_COLUMN": 100,
    "SQLITE_LIMIT_EXPR_DEPTH": 100,
    "SQLITE_LIMIT_ATTACHED": 0,
    "SQLITE_LIMIT_TRIGGER_DEPTH": 1,
}
_BROKEN = (OSError, ValueError, TypeError, OverflowError, MemoryError, sqlite3.Error)
_CLASS = re.compile(r"<class\b([^<>]*)>|<line\b([^<>]*)>")
_OF_OTHERS = re.compile(
    r"^/usr/|/(?:site-packages|dist-packages|node_modules|\.cargo|vendor|lib/python[\d.]+)/"
)
_ATTRIBUTE = re.compile(r'\b(filename|number|hits)="([^"<>]*)"')


@dataclass
class Coverage:
    """The lines of files that tests ran, and those that they did not, as far as is known.

    `name` of the file read.
    """

    name: str
    hit: dict[str, set[int]] = field(default_factory=dict)
    missed: dict[str, set[int]] = field(default_factory=dict)
    lines: int = 0  # that were noted, one that is there twice too

    def reached(self, path: str, first: int, last: int) -> bool:
        """Tell whether tests ran these lines: one after the first, and none was missed."""
        begin = first + 1 if last > first else first
        return _any_in(self.hit.get(path), begin, last) and not _any_in(
            self.missed.get(path), first, last
        )

    def add(self, path: str, number: int, hits: int) -> None:
        """Note a line; one that was run once was run."""
        self.lines += 1
        if hits:
            self.hit.setdefault(path, set()).add(number)
            self.missed.get(path, set()).discard(number)
        elif number not in self.hit.get(path, ()):
            self.missed.setdefault(path, set()).add(number)


def _any_in(lines: set[int] | None, first: int, last: int) -> bool:
    """Tell whether any of the lines is in a range; looks at the fewer of both."""
    if not lines:
        return False
    span = range(first, last + 1)
    return (
        not lines.isdisjoint(span)
        if len(span) < len(lines)
        else any(line in span for line in lines)
    )


def read_coverage(root: Path, paths: Iterable[str]) -> Coverage | None:
    """Return the coverage that lies in a project, None where there is none that can be read.

    A file that is too large, or takes too long, is named on stderr and skipped.
    """
    known = _Known(root, paths)
    deadline = time.monotonic() + _SECONDS
    for name in COVERAGE_FILES:
        path = root / name
        with contextlib.suppress(*_BROKEN):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                found = _read(path, name, known, deadline)
            except SousError as exc:
                say(f"{name} skipped: {exc}")
                continue
            if found.hit:
                return found
    return None


def _read(path: Path, name: str, known: _Known, deadline: float) -> Coverage:
    """Return what a file says.

    Raises SousError for one that is more than is read, and one of _BROKEN for others.
    """
    if path.stat().st_size > _MOST:
        raise SousError(
            f"it has more than the {_MOST // 1_000_000} MB that are read of a coverage file"
        )
    found = Coverage(name)
    for file, number, hits in {".info": _lcov, ".xml": _cobertura}.get(path.suffix, _sqlite)(
        path, known, deadline
    ):
        if found.lines >= _MOST_LINES:
            raise SousError(f"it has more than {_MOST_LINES:,} lines of code")
        found.add(file, number, hits)
    return found


def _in_time(rows: Iterable[_Row], deadline: float) -> Iterator[_Row]:
    """Yield rows as long as there is time. Raises OutOfTime."""
    for count, row in enumerate(rows):
        if count % _EACH == 0 and time.monotonic() > deadline:
            raise OutOfTime(f"not read within {_SECONDS:g} s")
        yield row


def _lcov(path: Path, known: _Known, deadline: float) -> Iterator[tuple[str, int, int]]:
    file = None
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in _in_time(iter(lambda: stream.readline(_MOST_OF_A_LINE), ""), deadline):
            if line.startswith("SF:"):
                file = known.meant(line[3:].rstrip("\r\n"))
            elif line.startswith("DA:") and file:
                number, _, hits = line[3:].partition(",")
                yield file, int(number), int(hits.partition(",")[0])


def _cobertura(path: Path, known: _Known, deadline: float) -> Iterator[tuple[str, int, int]]:
    """Read the tags that are known, as text: entities are never expanded, so they cannot grow."""
    file = None
    with path.open(encoding="utf-8", errors="replace") as stream:
        for tag in _in_time(_tags(stream), deadline):
            match = _CLASS.search(tag)
            values = dict(_ATTRIBUTE.findall(match[1] or match[2] or "")) if match else {}
            if "filename" in values:
                file = known.meant(html.unescape(values["filename"]))
            elif file and "number" in values and "hits" in values:
                yield file, int(values["number"]), int(values["hits"])


def _tags(stream: TextIO) -> Iterator[str]:
    """Yield a text cut behind each `>`; what has none for long is dropped."""
    rest = ""
    while block := stream.read(_BLOCK):
        *tags, rest = (rest + block).split(">")
        yield from (f"{tag[-_MOST_OF_A_LINE:]}>" for tag in tags)
        rest = rest[-_MOST_OF_A_LINE:]


def _sqlite(path: Path, known: _Known, deadline: float) -> Iterator[tuple[str, int, int]]:
    """Read Coverage.py's file: line sets as bits, or arcs ("Coverage.py database schema")."""
    with contextlib.closing(_opened(path, deadline)) as database:
        try:
            yield from _in_time(_rows_of(database, known, deadline), deadline)
        except sqlite3.OperationalError as exc:  # "interrupted": the handler said so
            if time.monotonic() > deadline:
                raise OutOfTime(f"not read within {_SECONDS:g} s") from exc
            raise


def _opened(path: Path, deadline: float) -> sqlite3.Connection:
    """Open a stranger's database so that nothing of its schema runs.

    SQLite, "Defense Against The Dark Arts".

    `immutable`: no journal beside it is looked at. Pages and values have limits, and all of it has
    a time.
    """
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    database.set_progress_handler(lambda: time.monotonic() > deadline, _EACH)
    for pragma in (
        "trusted_schema = off",
        "query_only = on",
        "cell_size_check = on",
        "mmap_size = 0",
    ):
        database.execute(f"pragma {pragma}")
    if sys.version_info >= (3, 11):
        for limit, most in _LIMITS.items():
            database.setlimit(getattr(sqlite3, limit), most)
    return database


def _rows_of(
    database: sqlite3.Connection, known: _Known, deadline: float
) -> Iterator[tuple[str, int, int]]:
    plain = _tables(database)
    files: dict[object, str] = {}
    for number, name in _in_time(_select(database, plain, "file", "id, path"), deadline):
        if isinstance(name, str) and len(name) < _MOST_OF_A_LINE and (path := known.meant(name)):
            files[number] = path
    for number, bits in _select(database, plain, "line_bits", "file_id, numbits"):
        if number in files and isinstance(bits, bytes) and len(bits) < _MOST_BITS:
            yield from ((files[number], line, 1) for line in _lines_in(bits))
    for number, start, end in _select(database, plain, "arc", "file_id, fromno, tono"):
        if number in files:
            yield from (
                (files[number], line, 1)
                for line in (start, end)
                if isinstance(line, int) and line > 0
            )


def _tables(database: sqlite3.Connection) -> set[str]:
    """Return the names of real tables: a view or a virtual table can make up any number of rows."""
    rows = database.execute("select name, sql from sqlite_master where rootpage > 0 limit 1000")
    return {name for name, sql in rows if str(sql).lower().startswith("create table")}


def _select(
    database: sqlite3.Connection, plain: set[str], table: str, columns: str
) -> Iterator[tuple[Any, ...]]:
    if table in plain:
        yield from database.execute(f"select {columns} from {table}")  # noqa: S608  # names of our own


def _lines_in(bits: bytes) -> Iterator[int]:
    return (
        at * 8 + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1
    )


class _Known:
    """The paths of a project, to be found by what coverage files call them."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self._root = f"{root.resolve().as_posix().rstrip('/')}/"
        self._paths = Paths(paths)

    def meant(self, name: str) -> str | None:
        """Return the project's path for a file of a report; None if none or several match.

        A path of another machine is taken by its end, a name of a file alone is not:
        `/usr/lib/x/setup.py` is not ours.
        """
        written = name.replace("\\", "/").removeprefix(self._root)
        if is_absolute(written) and _OF_OTHERS.search(written):
            return None
        found = self._paths.resolve(written)
        if len(found) != 1 or (is_absolute(written) and "/" not in found[0]):
            return None
        return found[0]
