"""What is known of files from the last time, so that packing again costs what changed.

For each file its tokens, its secrets, why it was left out, and where it stands in the bundle that
was written last: what did not change is copied from there. All of one way of packing is one value
in the store, for it is read whole each time, and 16,000 rows would take longer. Damaged or missing
it is only slower.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import stat
import struct
import time
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from sous import __version__
from sous.bundle.listing import fields_of, identity_from, identity_of
from sous.errors import SousError
from sous.store import cache_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sous.bundle.listing import Identity
    from sous.bundle.select import File

_RACY = 2_000_000_000  # ns: a file changed so shortly before may change again and look the same
_KIND = "packed"
_FORM = 7  # of what is remembered
_AT_ONCE = 500  # files whose rows are made together
_MOST_WAITING = 4_000  # files of which more than a row is in memory


class KnownFile(NamedTuple):
    """What a file came to: tokens, why it is left out, its secrets (kind, line, hash), its place.

    `note` is what people should know of its encoding, `whole` why it was not reduced, `cells` the
    tokens of a notebook as cells (0: no notebook, or packed as such).
    `start` is -1 where its place is not known;
    places and lengths are in bytes.
    """

    tokens: int = 0
    left_out: str = ""
    secrets: tuple[tuple[str, int, str], ...] = ()
    start: int = -1
    length: int = 0
    note: str = ""
    whole: str = ""
    cells: int = 0


# Its identity, its path in the bundle where its tokens are counted later, and what is known of it.
Entry = tuple[Any, ...]  # flat, for each file has one


class Cache:
    """The memory of one way of packing (`key`), by the files' paths on disk and identities."""

    def __init__(self, key: object) -> None:
        digest = hashlib.sha256(
            repr((__version__, _FORM, key)).encode("utf-8", "surrogateescape")
        ).hexdigest()
        self._store = cache_store()
        self._key = digest[:32]
        data = _parsed(self._store.get(_KIND, [self._key]).get(self._key, b""))
        self._known: dict[str, dict[str, list[Any]]] = data.get("files", {})
        self._bundle: dict[str, Any] = data.get("bundle", {})
        self.plain_names = str(data.get("names", ""))  # see `select_files`
        self._next: dict[str, dict[str, Entry]] = {}
        self._waiting = 0
        self._rows = _Rows()
        self._counted: Mapping[str, int] = {}
        self._newest = time.time_ns() - _RACY
        self._old: mmap.mmap | None = None

    def get(self, file: File) -> KnownFile | None:
        """Return what is known of a file that is still the same, by a look at its identity alone.

        Nothing of one whose name is masked: that may be another by the files beside it.
        """
        if not self._known or not file.path.endswith(file.name):
            return None
        entry = self._known.get(file.base, {}).get(file.name)
        if entry is None:
            return None
        identity = file.identity or _look(file.full)
        return KnownFile(*entry[1:]) if identity == entry[0] else None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is known yet."""
        return not self._known

    def knows(self, file: File) -> bool:
        """Tell whether a file is still the same as when it was packed."""
        return self.get(file) is not None

    def put(self, file: File, identity: Identity | None, known: KnownFile) -> None:
        """Remember a file, whose tokens `count` tells later."""
        if identity is not None and fields_of(identity)[1] < self._newest:
            if file.identity is not None and file.identity == identity:
                identity = file.identity  # once in memory
            self._remember(file, (identity, file.path, *known))

    def keep(self, file: File, known: KnownFile) -> None:
        """Remember a file that `get` knew, with what is known of it now."""
        entry = self._known.get(file.base, {}).get(file.name)
        if entry is not None:
            self._remember(file, (entry[0], "", *known))

    def count(self, tokens: Mapping[str, int]) -> None:
        """Take where the tokens of the files that are put will be, by their paths in the bundle."""
        self._counted = tokens

    def _remember(self, file: File, entry: Entry) -> None:
        self._next.setdefault(file.base, {})[file.name] = entry
        self._waiting += 1
        if self._waiting >= _MOST_WAITING:
            self._pack(lambda entry: not entry[1] or entry[1] in self._counted)
            self._waiting = 0

    def open_bundle(self, path: Path, around: str) -> None:
        """Make what was written last available to `piece`, if it is in `path` and unchanged.

        `around` is what else decides about an entry (the fence of markdown).
        """
        if self._bundle.get("around") != around or self._bundle.get("path") != str(path):
            return
        try:
            with path.open("rb") as stream:
                if self._bundle.get("identity") == _identity(stream.fileno()):
                    self._old = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return

    def piece(self, start: int, end: int) -> bytes | None:
        """Return bytes of the bundle that was written last, None if it is gone."""
        return (
            self._old[start:end]
            if self._old is not None and 0 <= start <= end <= len(self._old)
            else None
        )

    @property
    def size(self) -> int:
        """The bytes of the bundle that was written last, -1 where it is not there."""
        return len(self._old) if self._old is not None else -1

    @property
    def tokens_around(self) -> int:
        """The tokens of all that was no file in it."""
        return int(self._bundle.get("tokens", 0))

    def close(self) -> None:
        """Let go of the bundle, so that it can be replaced (Windows)."""
        if self._old is not None:
            self._old.close()
            self._old = None

    def save(self, bundle: Path | None, around: str, tokens: int) -> None:
        """Write what is known now; `bundle` was written just now.

        A cache that cannot be written is no failure.
        """
        try:
            written: dict[str, Any] = {}
            if bundle is not None:
                with bundle.open("rb") as stream:
                    identity = _identity(stream.fileno())
                written = {
                    "path": str(bundle),
                    "identity": identity,
                    "around": around,
                    "tokens": tokens,
                }
            self._pack(lambda _: True)
            data = self._rows.end({"names": self.plain_names, "bundle": written})
            self._store.put(_KIND, {self._key: data})
        except (SousError, OSError):
            return

    def _pack(self, is_ready: Callable[[Entry], bool]) -> None:
        """Pack what is known of files, and forget it."""
        for base, entries in self._next.items():
            ready = [name for name, entry in entries.items() if is_ready(entry)]
            for at in range(0, len(ready), _AT_ONCE):
                some = ready[at : at + _AT_ONCE]
                self._rows.add(base, {name: self._row(entries.pop(name)) for name in some})

    def _row(self, entry: Entry) -> list[Any]:
        identity, path, *known = entry
        if path:
            known[0] = self._counted.get(path, 0)
        return [*fields_of(identity), *known]


class _Rows:
    """What is known of files as JSON, packed as it comes: as objects it is many times as large."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1)
        self._pieces: list[bytes] = []
        self._put('{"files":[')

    def add(self, base: str, rows: dict[str, list[Any]]) -> None:
        """Take what is known of some files below a folder; what comes later holds."""
        self._put(f"[{_compact(base)},{_compact(rows)}],")

    def end(self, more: dict[str, Any]) -> bytes:
        """Return all, with what else is remembered."""
        self._put(f'["",{{}}]],{_compact(more)[1:]}')
        return b"".join((*self._pieces, self._packer.flush()))

    def _put(self, text: str) -> None:
        if piece := self._packer.compress(text.encode()):
            self._pieces.append(piece)


_compact = json.JSONEncoder(separators=(",", ":")).encode


def _look(path: str) -> Identity | None:
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return identity_of(status) if stat.S_ISREG(status.st_mode) else None


def nothing_known() -> bool:
    """Tell whether there is no cache at all."""
    return not cache_store().path.exists()


def _identity(descriptor: int) -> list[int]:
    status = os.fstat(descriptor)
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(zlib.decompress(text))
        files: dict[str, dict[str, list[Any]]] = {}
        for base, rows in data["files"]:
            files.setdefault(base, {}).update(rows)
        data["files"] = files
        for entry in (entry for rows in files.values() for entry in rows.values()):
            if len(entry) != len(KnownFile._fields) + 4:
                return {}
            entry[:4] = [identity_from(entry[:4])]
            entry[3] = tuple(map(tuple, entry[3])) if entry[3] else ()
    except (
        zlib.error,
        ValueError,
        RecursionError,
        KeyError,
        TypeError,
        AttributeError,
        struct.error,
    ):
        return {}
    return data if isinstance(data.get("bundle"), dict) else {}
