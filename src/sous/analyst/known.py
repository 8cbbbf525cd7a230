"""Facts that were found before, by the content of the file: damaged or missing it is only slower."""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sous import __version__
from sous.analyst.facts import DAMAGED, FileFacts, facts_from_json
from sous.errors import SousError
from sous.project.parsing import is_installed
from sous.store import cache_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FACTS, _PIECES = "facts", "pieces"
_AT_ONCE = 2_000  # files whose facts are in memory as text
_FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def _reader() -> str:
    """Return what tells this code and its rules apart from what they were."""
    found = hashlib.blake2b(digest_size=16)
    for file in sorted(_FOLDER.iterdir()):
        if file.suffix in (".py", ".yaml"):
            found.update(file.read_bytes())
    return found.hexdigest()


def key_of(path: str, text: str, *, is_whole: bool, by: str) -> str:
    """Return what facts are found again by: version, our code, path (which tells tests and generated code), text, linter."""
    head = repr((__version__, _reader(), is_installed(), path, is_whole, by)).encode(
        "utf-8", "replace"
    )
    return hashlib.blake2b(head + text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def known_facts(keys: Iterable[str]) -> dict[str, FileFacts]:
    """Return what is known by these keys."""
    found: dict[str, FileFacts] = {}
    wanted = list(keys)
    for at in range(0, len(wanted), _AT_ONCE):
        for key, data in cache_store().get(_FACTS, wanted[at : at + _AT_ONCE]).items():
            with contextlib.suppress(*DAMAGED):
                found[key] = facts_from_json(data.decode())
    return found


def remember_facts(facts: Mapping[str, FileFacts]) -> None:
    """Remember facts by their keys."""
    keys = list(facts)
    for at in range(0, len(keys), _AT_ONCE):
        _remember(_FACTS, {key: facts[key].to_json() for key in keys[at : at + _AT_ONCE]})


def known_pieces(key: str) -> list[str] | None:
    """Return the pieces of a report that was made from the same before."""
    data = cache_store().get(_PIECES, [key]).get(key)
    if data is None:
        return None
    with contextlib.suppress(*DAMAGED):
        found = json.loads(data)
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return None


def remember_pieces(key: str, pieces: Sequence[str]) -> None:
    """Remember the pieces of a report."""
    _remember(_PIECES, {key: json.dumps(pieces)})


def _remember(kind: str, texts: Mapping[str, str]) -> None:
    """Keep texts. A cache that cannot be written is no failure."""
    if texts:
        with contextlib.suppress(SousError):
            cache_store().put(
                kind, {key: text.encode("utf-8", "replace") for key, text in texts.items()}
            )
