"""Tokens, counted offline with a real tokenizer."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.store import cache_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_OF_FACTS = 6_000  # tokens that a table of facts takes, about

_LONG, _PIECE, _NEAR = 1 << 18, 1 << 16, 1 << 12  # characters
_AT_ONCE = 1 << 22  # characters
_KIND = "o200k"  # what counts are kept as
_LARGEST = 100_000_000  # bytes that are read to see whether their count is kept
_loading = threading.Lock()
_begun = threading.Event()


def _tokenizer() -> Any:
    with _loading:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> Any:
    import splintr

    return splintr.Tokenizer.from_pretrained("o200k_base")


def preload(path: Path | None = None) -> None:
    """Start loading the tokenizer in the background: it takes as long as packing a project.

    `path`: the text that is about to be counted; where its tokens are kept, nothing is loaded.
    """
    if not _begun.is_set():
        threading.Thread(target=_load, args=(path,), daemon=True).start()


def _load(path: Path | None) -> None:
    if path is not None and _is_kept(path):
        return
    _begun.set()
    # A word that is no token by itself has splintr 0.22 build its tables, which takes longer than
    # loading.
    count_each(['<file path="a">'])


def _is_kept(path: Path) -> bool:
    try:
        if path.stat().st_size > _LARGEST:
            return False
        key = hashlib.blake2b(path.read_bytes()).hexdigest()
    except OSError:
        return False
    return bool(cache_store().get(_KIND, [key]))


def count_kept(texts: Sequence[str]) -> int:
    """Return the tokens of texts together; the count of each is kept for the next run.

    Loading the tokenizer takes longer than counting a small project.
    """
    keys = [hashlib.blake2b(text.encode("utf-8", "replace")).hexdigest() for text in texts]
    kept = cache_store().get(_KIND, keys)
    new = {
        key: count_tokens(text)
        for key, text in zip(keys, texts, strict=True)
        if text and key not in kept
    }
    if new:
        with contextlib.suppress(SousError):  # it is counted again
            cache_store().put(_KIND, {key: str(count).encode() for key, count in new.items()})
    return sum(new[key] if key in new else int(kept.get(key, b"0")) for key in keys)


def count_tokens(text: str) -> int:
    """Return the number of o200k_base tokens in `text`.

    The text of special tokens counts as ordinary text.

    For models whose tokenizer is not public (Claude, Gemini) this is an estimate.
    """
    if len(text) > _LONG:
        return sum(map(count_tokens, _pieces(text)))
    return len(_tokenizer().encode_ordinary(text.encode("utf-8", "replace").decode()))


def count_each(texts: Sequence[str]) -> list[int]:
    """Return the number of tokens of each text, on all cores (splintr's batch releases the GIL)."""
    counts = [0] * len(texts)
    for group in _groups(texts):
        numbers, pieces = zip(*group, strict=True)
        for number, count in zip(numbers, _count_each(pieces), strict=True):
            counts[number] += count
    return counts


def _groups(texts: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield pieces and the numbers of their texts, a few megabytes at a time."""
    group: list[tuple[int, str]] = []
    size = 0
    for number, text in enumerate(texts):
        for piece in _pieces(text):
            group.append((number, piece))
            size += len(piece)
            if size >= _AT_ONCE:
                yield group
                group, size = [], 0
    if group:
        yield group


def _pieces(text: str) -> Iterator[str]:
    """Cut a long text where tokens always end, or anywhere: a word of megabytes takes minutes."""
    at, size = 0, len(text)
    if size <= _LONG:
        yield text
        return
    while at < size:
        end = min(at + _PIECE, size)
        line = text.rfind("\n", end - _NEAR, end) + 1
        if end < size and line > at and text[line].isalpha():
            end = line
        yield text[at:end]
        at = end


def _count_each(texts: Sequence[str]) -> list[int]:
    # The batch takes `<|endoftext|>` for the special token; such texts are counted one by one.
    plain = ["" if "<|" in text or not _is_utf8(text) else text for text in texts]
    _, offsets = _tokenizer().encode_batch_flat(plain)
    ends = memoryview(offsets).cast("Q").tolist()
    return [
        count_tokens(text) if text and not one else ends[index + 1] - ends[index]
        for index, (text, one) in enumerate(zip(texts, plain, strict=True))
    ]


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
