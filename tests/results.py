"""Where benches write their tables: in RESULTS.md, between marks of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RESULTS = Path(__file__).with_name("bench") / "RESULTS.md"


def write_table(name: str, lines: Iterable[str]) -> None:
    """Put a table in the place of the one of that name. Raises ValueError where it has no place."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    text = RESULTS.read_text("utf-8")
    start, stop = text.index(begin) + len(begin), text.index(end)
    RESULTS.write_text(text[:start] + "\n" + "\n".join(lines) + "\n" + text[stop:], "utf-8")
