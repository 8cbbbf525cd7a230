"""How sure a reading of items is, in words, and what it did not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import shown_path
from sous.items.read import ranges
from sous.output.provenance import is_unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.items.read import Items

SURE = 0.6  # confidence from which on nobody is asked


def is_unsure(items: Items) -> bool:
    """Tell whether items may be something else; a report of ours is what it is."""
    return items.confidence < SURE and not is_unchanged(items.text)


def left_over(items: Items, path: Path) -> str:
    """Return in words which lines are in no item; empty where none are, or we wrote them."""
    lines = items.lines_left
    if not lines or is_unchanged(items.text):
        return ""
    some = f"{len(lines)} line{'s' * (len(lines) != 1)} of {shown_path(path)}"
    return f"{some} belong{'s' * (len(lines) == 1)} to no item: {ranges(lines)}"


def doubt(items: Items, path: Path) -> str:
    """Return in words that a reading is unsure; empty where it is not."""
    if not is_unsure(items):
        return ""
    count = len(items.items)
    return (
        f"{shown_path(path)} was read as {count} item{'s' * (count != 1)}, but that is unsure "
        f"(confidence {items.confidence:.1f}); `sous items --explain` shows why"
    )


def refuse_doubt(items: Items, path: Path) -> None:
    """Stop where a reading is unsure and nobody can be asked. Raises SousError."""
    message = doubt(items, path)
    if message:
        raise SousError(f"{message}, --yes continues")


def explained(items: Items) -> Iterator[str]:
    """Yield each title with its line, and why it was taken for one."""
    for item in items.items:
        yield f"{item.number}  line {item.line}  {item.why}  {item.title}"
