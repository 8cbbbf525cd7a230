"""Edits of a text at exact offsets: every other byte of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Edit(NamedTuple):
    """A piece of a text, from `start` to `end`, and what comes in its place."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with the edits made, each once; of two in one place the first holds."""
    pieces, at = [], 0
    for edit in sorted(set(edits)):
        if edit.start < at:
            continue  # two in one place
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)
