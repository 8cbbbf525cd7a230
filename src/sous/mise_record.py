"""What mise changed in our environment, by its own record: `__MISE_DIFF`.

mise writes it last, whatever a project's files, scripts and templates export (tried with mise
2026.9.15: `mise run`, `mise exec` and an activated shell; a project can neither set nor unset it).
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD = "__MISE_DIFF"
TASK_NAME = "MISE_TASK_NAME"
_MOST = 8_000_000  # bytes of a record; a system passes on far less
_DEEPEST = 8


class NoRecordError(ValueError):
    """mise made this environment, and its record cannot be read."""


@dataclass(frozen=True)
class MiseRecord:
    """The values before mise (where it changed them), its own, and the folders it put on PATH."""

    old: Mapping[str, str] = field(default_factory=dict)
    new: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()


def read_record(environ: Mapping[str, str]) -> MiseRecord | None:
    """Return mise's record, None where mise is not in play. Raises NoRecordError."""
    text = environ.get(RECORD)
    if not text:
        if environ.get(TASK_NAME):
            raise NoRecordError("mise runs this and keeps no record")
        return None
    try:
        data = zlib.decompressobj().decompress(
            base64.b64decode(text + "=" * (-len(text) % 4)), _MOST
        )
        found = _Packed(data).value()
        return MiseRecord(
            _texts(found["old"]), _texts(found["new"]), tuple(map(str, found.get("path", ())))
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, zlib.error) as exc:
        raise NoRecordError("mise's record has no known format") from exc


def _texts(table: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in table.items()}


class _Packed:
    """Reads the part of msgpack that mise writes.

    github.com/msgpack/msgpack/blob/master/spec.md
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self, depth: int = 0) -> Any:
        """Return the next value. Raises ValueError or IndexError."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        kind = self._bytes(1)[0]
        if kind < 0x80:  # noqa: PLR2004
            return kind
        if kind == 0xC0:  # noqa: PLR2004
            return None
        for first, last, what in _SHORT:
            if first <= kind <= last:
                return self._of(what, kind - first, depth)
        if kind not in _SIZED:
            raise ValueError(f"unknown type {kind:#x}")
        sized, width = _SIZED[kind]
        return self._of(sized, int.from_bytes(self._bytes(width), "big"), depth)

    def _of(self, what: type, size: int, depth: int) -> Any:
        if what is dict:
            return {self.value(depth + 1): self.value(depth + 1) for _ in range(size)}
        if what is list:
            return [self.value(depth + 1) for _ in range(size)]
        return self._bytes(size).decode("utf-8", "surrogateescape")

    def _bytes(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) != size:
            raise ValueError("cut off")
        self._at += size
        return piece


_SHORT: tuple[tuple[int, int, type], ...] = (
    (0x80, 0x8F, dict),
    (0x90, 0x9F, list),
    (0xA0, 0xBF, str),
)
_SIZED: dict[int, tuple[type, int]] = {
    0xC4: (str, 1), 0xC5: (str, 2), 0xC6: (str, 4), 0xD9: (str, 1), 0xDA: (str, 2), 0xDB: (str, 4),
    0xDC: (list, 2), 0xDD: (list, 4), 0xDE: (dict, 2), 0xDF: (dict, 4),
}  # fmt: skip
