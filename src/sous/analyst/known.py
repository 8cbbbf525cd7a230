"""Facts that were found before, by the content of the file: in the cache folder, damaged or missing only slower."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import time
from typing import TYPE_CHECKING

from sous import __version__
from sous.analyst.facts import DAMAGED, FileFacts, facts_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MOST = 300_000_000  # bytes
_DAY = 86_400
_SCHEMA = "create table if not exists facts (key text primary key, used integer, facts text) without rowid"


def key_of(path: str, text: str, *, is_whole: bool, by: str) -> str:
    """Return what facts are found again by: version, path (which tells tests and generated code), text, linter."""
    head = repr((__version__, 5, path, is_whole, by)).encode("utf-8", "replace")
    return hashlib.blake2b(head + text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def known_facts(keys: Iterable[str]) -> dict[str, FileFacts]:
    """Return what is known by these keys."""
    wanted = set(keys)
    found: dict[str, FileFacts] = {}
    with contextlib.suppress(OSError, sqlite3.Error), contextlib.closing(_opened()) as database:
        batch = list(wanted)
        for at in range(0, len(batch), 500):
            some = batch[at : at + 500]
            marks = ",".join("?" * len(some))
            for key, text in database.execute(f"select key, facts from facts where key in ({marks})", some):  # noqa: S608
                with contextlib.suppress(*DAMAGED):
                    found[key] = facts_from_json(text)
        today = int(time.time()) // _DAY
        stale = [(today, key) for key in found]
        database.executemany(f"update facts set used = ? where key = ? and used < {today}", stale)  # noqa: S608
        database.commit()
    return found


def remember_facts(facts: Mapping[str, FileFacts]) -> None:
    """Remember facts by their keys. A cache that cannot be written is no failure."""
    _remember((key, one.to_json()) for key, one in facts.items())


def known_pieces(key: str) -> list[str] | None:
    """Return the pieces of a report that was made from the same before."""
    with (
        contextlib.suppress(OSError, sqlite3.Error, *DAMAGED),
        contextlib.closing(_opened()) as database,
    ):
        row = database.execute("select facts from facts where key = ?", (key,)).fetchone()
        found = json.loads(row[0]) if row else None
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return None


def remember_pieces(key: str, pieces: Sequence[str]) -> None:
    """Remember the pieces of a report."""
    _remember([(key, json.dumps(pieces))])


def _remember(rows: Iterable[tuple[str, str]]) -> None:
    today = int(time.time()) // _DAY
    with contextlib.suppress(OSError, sqlite3.Error), contextlib.closing(_opened()) as database:
        texts = ((key, today, text.encode("utf-8", "replace").decode()) for key, text in rows)
        database.executemany("insert or replace into facts values (?, ?, ?)", texts)
        _prune(database)
        database.commit()


def _prune(database: sqlite3.Connection) -> None:
    pages, size = (database.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size"))
    free = database.execute("pragma freelist_count").fetchone()[0]
    if (pages - free) * size > _MOST:  # what was not used longest goes first
        count = database.execute("select count(*) from facts").fetchone()[0]
        database.execute("delete from facts where key in (select key from facts order by used limit ?)", (count // 2,))


def _opened() -> sqlite3.Connection:
    from sous.bundle.cache import cache_folder

    path = cache_folder().parent / "facts.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _with_table(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)  # damaged: it can all be made again
        return _with_table(path)


def _with_table(path: object) -> sqlite3.Connection:
    database = sqlite3.connect(str(path), timeout=10)
    try:
        database.execute(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
