"""The order of a bundle: repomix's, so that either tool's output can stand for the other's."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The order of printable ASCII in the root collation of Unicode (CLDR), letters without regard to
# case.
_ASCII = " _-,;:!?.'\"()[]{}@*\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_WEIGHTS = {ord(char): chr(index) for index, char in enumerate(_ASCII, 1)}
_WEIGHTS |= {ord(char.upper()): weight for char in _ASCII if (weight := _WEIGHTS[ord(char)])}
_WEIGHTS |= dict.fromkeys((*range(32), 127))  # type: ignore[arg-type]  # control characters do not count

_LAST = (1, "", "", "", "")  # files stand behind folders
Key = tuple[tuple[int, str, str, str, str], ...]


def in_order(paths: Iterable[str]) -> list[str]:
    """Return paths in order, with the keys of one folder in memory at a time."""
    by_folder: dict[str, list[str]] = {}
    for path in paths:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)
    ordered: list[str] = []
    for folder in sorted(by_folder, key=lambda one: (*_folder_key(one), _LAST)):
        ordered += sorted(by_folder[folder], key=lambda one: _collation(one.rpartition("/")[2]))
    return ordered


def path_key(path: str) -> Key:
    """Return the sort key of paths: folders before files, then by collation."""
    folder, _, name = path.rpartition("/")
    return (*_folder_key(folder), (1, *_collation(name)))


@lru_cache(maxsize=1 << 14)
def _folder_key(folder: str) -> Key:
    return tuple((0, *_collation(name)) for name in folder.split("/")) if folder else ()


@lru_cache(maxsize=1 << 12)
def _collation(name: str) -> tuple[str, str, str, str]:
    """Return the levels of a name: characters, accents, case (lower first), the name itself."""
    if name.isascii():
        return name.translate(_WEIGHTS), "", name.swapcase(), name
    plain = unicodedata.normalize("NFD", name)
    primary = "".join(_primary(char) for char in plain if not unicodedata.combining(char))
    accents = "".join(char if unicodedata.combining(char) else "\0" for char in plain).rstrip("\0")
    return primary, accents, name.swapcase(), name


def _primary(char: str) -> str:
    """Return the weight of a character: signs of ASCII, other signs, digits, letters."""
    if not char.isascii() and unicodedata.category(char)[0] in "PSZ":
        return f"{_WEIGHTS[ord('$')]}{char}"
    return char.casefold().translate(_WEIGHTS)
