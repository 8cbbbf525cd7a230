"""Tokens, counted offline with a real tokenizer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    import splintr

    return splintr.Tokenizer.from_pretrained("o200k_base")


def count_tokens(text: str) -> int:
    """Return the number of o200k_base tokens in `text`; the text of special tokens counts as ordinary text.

    For models whose tokenizer is not public (Claude, Gemini) this is an estimate.
    """
    return len(_tokenizer().encode_ordinary(text.encode("utf-8", "replace").decode()))
