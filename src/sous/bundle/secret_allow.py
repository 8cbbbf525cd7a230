"""Secrets that are none to their owner: allowed by fingerprint, or by a comment in their line."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

COMMENTS = "comments"  # among what is allowed: `sous: allow` in a line counts
_COMMENT = re.compile(r"(?:#|//|--|;|%|/\*|<!--|\"|')[^\n]{0,200}\bsous:[ ]?allow\b")
_ROUNDS, _LENGTH = 10_000, 12


def digest_of(value: str) -> str:
    """Return a quick hash of a secret, for the user's own cache."""
    return hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=16).hexdigest()


@lru_cache(maxsize=4096)
def fingerprint(digest: str) -> str:
    """Return what names a secret in settings and reports.

    Slow on purpose: a short password is not to be guessed from it.
    """
    slow = hashlib.pbkdf2_hmac("sha256", digest.encode(), b"sous secret", _ROUNDS)
    return slow.hex()[:_LENGTH]


def not_allowed(
    text: str, spans: Iterable[tuple[int, int, str]], allowed: Collection[str]
) -> Iterator[tuple[int, int, str]]:
    """Yield the spans (start, end, kind) of a text that are not allowed."""
    if not allowed:
        yield from spans
        return
    prints = set(allowed) - {COMMENTS}
    for start, end, kind in spans:
        if COMMENTS in allowed and _has_comment(text, start):
            continue
        if prints and fingerprint(digest_of(text[start:end])) in prints:
            continue
        yield start, end, kind


def _has_comment(text: str, at: int) -> bool:
    """Tell whether the line of an offset says `sous: allow`, or a line of comment before it."""
    first = text.rfind("\n", 0, at) + 1
    last = text.find("\n", at)
    if _COMMENT.search(text, first, last if last >= 0 else len(text)):
        return True
    before = text[text.rfind("\n", 0, max(first - 1, 0)) + 1 : first].strip()
    return _COMMENT.match(before) is not None
