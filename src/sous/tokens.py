"""Tokens, counted offline with a real tokenizer."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_OF_FACTS = 6_000  # tokens that a table of facts takes, about

_LONG, _PIECE, _NEAR = 1 << 18, 1 << 16, 1 << 12  # characters
_AT_ONCE = 1 << 22  # characters
_loading = threading.Lock()
_begun = threading.Event()


def _tokenizer() -> Any:
    with _loading:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> Any:
    import splintr

    return splintr.Tokenizer.from_pretrained("o200k_base")


def preload() -> None:
    """Start loading the tokenizer in the background: it takes as long as packing a project."""
    if _begun.is_set():
        return
    _begun.set()
    # A word that is no token by itself has splintr 0.22 build its tables, which takes longer than
    # loading.
    threading.Thread(target=count_each, args=(['<file path="a">'],), daemon=True).start()


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
