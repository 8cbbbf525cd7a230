"""Bytes that are kept between runs, by kind and key, in two SQLite files of the user's own.

What can be made again (what the packer and the analyst know of files) is in the cache folder, which
may be emptied at any time. Answers of models were paid for: they are in the state folder, and a
damaged file of theirs is put aside. Each value has a checksum of itself and its key, so that after
a power failure it is missing rather than another's.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sous.errors import SousError
from sous.files import remove_tree
from sous.locks import locked
from sous.state import cache_folder, state_folder
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_Result = TypeVar("_Result")

# Another version's table has another text, and is a file to begin again.
_TABLE = (
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, kind TEXT, key TEXT, used INTEGER, value BLOB, "
    "UNIQUE (kind, key))"
)
_INDEX = "CREATE INDEX by_use ON entries (used)"
_ASK_TABLES = "SELECT sql FROM sqlite_master WHERE type = 'table'"
_PUT = "INSERT OR REPLACE INTO entries (kind, key, used, value) VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM entries WHERE kind = ? AND key = ?"
_PAGE = 16_384  # bytes; the facts about a file have some thousand
_AT_ONCE = 500  # keys of one question; SQLite had a limit of 999
_DAY = 86_400
_CHECKSUM = 4  # bytes before each value
_WITHOUT_WAL = ("PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE")
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite appends to a file's name
_BEFORE = ("files", "facts.db")  # where caches were before they were one file
# Two machines must not share a WAL: elsewhere, and where it is not known, it is a rollback journal.
_LOCAL = {"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "overlay"}


Entry = tuple[str, str]  # a kind and a key


class _NotMade(sqlite3.DatabaseError):
    """The file is there, and nothing is in it."""


@dataclass(frozen=True)
class Store:
    """One file, for any number of processes and threads at once; each call opens and closes it.

    `most_bytes`, `most_days`: what was not used for longest goes. `is_paid`: it cannot be made
    again.
    """

    path: Path
    most_bytes: int
    most_days: int
    is_paid: bool = False

    def get(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """Return what is kept under these keys; what cannot be read is not there."""
        wanted = list(dict.fromkeys(keys))
        if not wanted or not self.path.exists():
            return {}
        try:
            found, stale = self._with_file(lambda database: _read(database, kind, wanted))
            self._note_use(stale)
        except (OSError, sqlite3.Error, SousError):
            return {}
        return found

    def put(self, kind: str, values: Mapping[str, bytes], *, forget: Iterable[Entry] = ()) -> None:
        """Keep values under their keys and forget others, in one step. Raises SousError."""
        today = _today()
        rows = [(kind, key, today, _sealed(key, value)) for key, value in values.items()]
        gone = list(forget)

        def write(database: sqlite3.Connection) -> None:
            database.executemany(_FORGET, gone)
            database.executemany(_PUT, rows)
            self._prune(database)

        try:
            self._with_file(write, writing=True)
        except (OSError, sqlite3.Error) as exc:
            raise SousError(
                f"cannot write {self.path}: {exc}; check its permissions and the free space"
            ) from exc

    def _note_use(self, ids: list[tuple[int]]) -> None:
        """Note that entries were used; a file that cannot be written is read all the same."""
        ask = f"UPDATE entries SET used = {_today()} WHERE id = ?"  # noqa: S608
        if ids:
            with contextlib.suppress(sqlite3.Error):
                self._with_file(lambda database: database.executemany(ask, ids), writing=True)

    def _prune(self, database: sqlite3.Connection) -> None:
        """Delete what was not used for long, and the least recently used of too large a file."""
        database.execute("DELETE FROM entries WHERE used < ?", (_today() - self.most_days,))
        excess = _size(database) - self.most_bytes
        if excess <= 0:
            return
        going: list[tuple[int]] = []
        spare = excess + self.most_bytes // 4  # more, so that it need not be done each time
        for number, size in database.execute(
            "SELECT id, length(value) FROM entries ORDER BY used, id"
        ):
            if spare <= 0:
                break
            going.append((number,))
            spare -= size
        database.executemany("DELETE FROM entries WHERE id = ?", going)
        database.execute("PRAGMA incremental_vacuum").fetchall()

    # -- the file

    def _with_file(
        self, work: Callable[[sqlite3.Connection], _Result], *, writing: bool = False
    ) -> _Result:
        """Return the result of work on the file, made if missing and rebuilt if damaged."""
        if not self.path.exists():
            self._make()
        file = self.path.stat().st_ino
        try:
            return self._once(work, writing=writing)
        except _NotMade:  # another process is about to
            self._make()
            return self._once(work, writing=writing)
        except sqlite3.DatabaseError as exc:
            if not self._is_damaged(exc):
                raise
        self._make_anew(file)
        return self._once(work, writing=writing)

    def _once(
        self, work: Callable[[sqlite3.Connection], _Result], *, writing: bool = False
    ) -> _Result:
        try:
            with contextlib.closing(self._opened(writing=writing)) as database:
                result = work(database)
                if writing:
                    database.execute("COMMIT")
                return result
        except UnicodeDecodeError as exc:  # even SQLite's words about a damaged file may be no text
            raise sqlite3.DatabaseError("it is damaged") from exc

    def _opened(self, *, writing: bool) -> sqlite3.Connection:
        """Return the open file, in a transaction where it is to be written.

        Raises sqlite3.Error, OSError.
        """
        begin = ["BEGIN IMMEDIATE"] if writing else []
        try:
            return self._connected([self._safety, *begin])
        except sqlite3.OperationalError as exc:
            if "locked" in str(exc):
                raise
        try:  # where no memory can be shared, as a WAL needs it: alone, and without one from now on
            return self._connected([*_WITHOUT_WAL, self._safety, *begin])
        except sqlite3.OperationalError:
            wal = Path(f"{self.path}-wal")
            if (
                writing
                or os.access(self.path.parent, os.W_OK)
                or (wal.exists() and wal.stat().st_size)
            ):
                raise
            # in a folder that cannot be written nobody writes
            return self._connected([], read_only=True)

    @property
    def _safety(self) -> str:
        """How much to wait for: in a power failure a cache may lose entries, answers may not."""
        return f"PRAGMA synchronous = {'FULL' if self.is_paid else 'OFF'}"

    def _connected(
        self, statements: Iterable[str], *, read_only: bool = False
    ) -> sqlite3.Connection:
        name = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1" if read_only else self.path
        timeout = 30 if self.is_paid else 10
        database = sqlite3.connect(name, uri=read_only, timeout=timeout, isolation_level=None)
        database.text_factory = _text
        try:
            for statement in statements:
                database.execute(statement)
            _refuse_other(database)
        except BaseException:
            database.close()
            raise
        return database

    def _make(self) -> None:
        """Make the file, unless another process just did. Raises SousError, sqlite3.Error."""
        with (
            locked(Path(f"{self.path}.lock")),
            contextlib.closing(sqlite3.connect(self.path, timeout=10)) as database,
        ):
            database.isolation_level = None
            if database.execute(_ASK_TABLES).fetchone():
                return
            database.execute(f"PRAGMA page_size = {_PAGE}")
            database.execute("PRAGMA auto_vacuum = INCREMENTAL")
            if _is_local(self.path.parent):
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("BEGIN IMMEDIATE")
            database.execute(_TABLE)
            database.execute(_INDEX)
            database.execute("COMMIT")
        for name in () if self.is_paid else _BEFORE:
            with contextlib.suppress(OSError):
                remove_tree(self.path.with_name(name))

    def _make_anew(self, file: int) -> None:
        """Move the damaged file with this inode away; start another with what can be read."""
        with locked(Path(f"{self.path}.again.lock")):
            if self.path.exists() and self.path.stat().st_ino != file:
                return  # another process was here first
            rows = _salvaged(self.path) if self.is_paid else []
            if self.is_paid and self.path.exists():
                aside = Path(f"{self.path}.damaged")
                self.path.replace(aside)
                say(
                    f"{self.path} was damaged; {len(rows)} answers could be read. The rest is in "
                    f"{aside}"
                )
            for name in (self.path, *(Path(f"{self.path}{end}") for end in _BESIDE)):
                if os.path.lexists(name):
                    remove_tree(name)
            self._make()
            if rows:
                self._once(lambda database: database.executemany(_PUT, rows), writing=True)

    def _is_damaged(self, error: sqlite3.DatabaseError) -> bool:
        """Tell whether an error is the file's fault: not a lock, permissions, or a full disk."""
        if type(error) is sqlite3.DatabaseError:
            return True
        if not (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)):
            return False
        if "disk I/O error" in str(error):
            try:
                return bool(self._once(_checked) != ("ok",))
            except sqlite3.DatabaseError:
                return True
        return any(
            words in str(error) for words in ("unsupported file format", "readonly database")
        )


def cache_store() -> Store:
    """Return the store of what can be made again."""
    return Store(cache_folder() / "cache.db", most_bytes=500_000_000, most_days=90)


def paid_store() -> Store:
    """Return the store of what was paid for."""
    return Store(state_folder() / "answers.db", most_bytes=200_000_000, most_days=180, is_paid=True)


def _checked(database: sqlite3.Connection) -> object:
    return database.execute("PRAGMA quick_check(1)").fetchone()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _refuse_other(database: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where the file is not ours, or another version's."""
    tables = database.execute(_ASK_TABLES).fetchall()
    if not tables:
        raise _NotMade("it holds no table yet")
    if tables != [(_TABLE,)]:
        raise sqlite3.DatabaseError("it was made by another version")


def _read(
    database: sqlite3.Connection, kind: str, keys: list[str]
) -> tuple[dict[str, bytes], list[tuple[int]]]:
    """Return the values of keys, and the entries that were not used today before."""
    found: dict[str, bytes] = {}
    stale: list[tuple[int]] = []
    today = _today()
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        marks = ",".join("?" * len(some))
        ask = f"SELECT id, key, used, value FROM entries WHERE kind = ? AND key IN ({marks})"  # noqa: S608
        for number, key, used, sealed in database.execute(ask, (kind, *some)):
            value = _unsealed(key, sealed)
            if value is None:
                continue
            found[key] = value
            if used < today:
                stale.append((number,))
    return found, stale


def _salvaged(path: Path) -> list[tuple[str, str, int, bytes]]:
    """Return the rows of a damaged file that can be read from its beginning, and from its end."""
    found: dict[int, tuple[str, str, int, bytes]] = {}
    for order in ("ASC", "DESC"):
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(path)) as database,
        ):
            ask = f"SELECT id, kind, key, used, value FROM entries ORDER BY id {order}"  # noqa: S608
            for number, kind, key, used, sealed in database.execute(ask):
                if _unsealed(key, sealed) is not None:
                    found[number] = (kind, key, used, sealed)
    return [found[number] for number in sorted(found)]


def _sealed(key: str, value: bytes) -> bytes:
    return zlib.crc32(value, zlib.crc32(key.encode())).to_bytes(_CHECKSUM, "big") + value


def _unsealed(key: object, sealed: object) -> bytes | None:
    """Return a value as it was kept, None for another."""
    if not isinstance(key, str) or not isinstance(sealed, bytes):
        return None
    value = sealed[_CHECKSUM:]
    return value if _sealed(key, value) == sealed else None


def _size(database: sqlite3.Connection) -> int:
    """Return the bytes in use."""
    pages, free, size = (
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _today() -> int:
    return int(time.time()) // _DAY


def _is_local(folder: Path) -> bool:
    """Tell whether a folder is known to be on a disk of this machine; so far Linux tells."""
    place = os.path.realpath(folder)
    longest, kind = "", ""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
            mount = line.split()
            point = mount[4].replace("\\040", " ")
            inside = place == point or place.startswith(f"{point.rstrip('/')}/")
            if inside and len(point) >= len(longest):
                longest, kind = point, mount[mount.index("-") + 1]
    return kind in _LOCAL
