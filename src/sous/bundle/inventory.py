"""What is in a bundle, whoever packed it: one row a file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sous.bundle.readers import read_stream
from sous.errors import SousError
from sous.terminal import shown_name
from sous.tokens import count_each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AT_ONCE = 500  # files counted together


@dataclass(frozen=True)
class Row:
    """A file in a bundle: its path, its lines, and its tokens (o200k_base) without line numbers."""

    path: str
    lines: int
    tokens: int


@dataclass(frozen=True)
class Inventory:
    """The form of a bundle, whether its lines carry numbers, and its files in their order."""

    form: str
    numbered: bool
    rows: tuple[Row, ...]

    def lines(self) -> Iterator[str]:
        """Yield it for people: a head, and a line a file."""
        tokens = sum(row.tokens for row in self.rows)
        with_numbers = "with" if self.numbered else "without"
        size = f"{len(self.rows):,} files, {tokens:,} tokens"
        yield f"{self.form}, {size}, {with_numbers} line numbers"
        widths = [
            max((len(f"{value:,}") for value in column), default=1) for column in self._columns()
        ]
        for row in self.rows:
            size = f"{row.tokens:>{widths[0]},} tokens  {row.lines:>{widths[1]},} lines"
            yield f"{size}  {shown_name(row.path)}"

    def _columns(self) -> tuple[list[int], list[int]]:
        return [row.tokens for row in self.rows], [row.lines for row in self.rows]

    def as_json(self) -> dict[str, object]:
        """Return it for machines."""
        files = [{"path": row.path, "lines": row.lines, "tokens": row.tokens} for row in self.rows]
        return {"form": self.form, "line_numbers": self.numbered, "files": files}


def take_inventory(path: Path) -> Inventory:
    """Read the bundle in a file.

    Raises SousError when it cannot be read or has no known format.
    """
    if not path.is_file():
        raise SousError(
            f"{path} is not a regular file; name a bundle, or make one with `sous bundle`"
        )
    try:
        with path.open("rb") as stream:
            reading = read_stream(stream)
            if reading is None:
                raise SousError(
                    f"{path} has no known format, so there is nothing to list; it can "
                    "still be sent as one text"
                )
            rows = []
            while chunk := [
                (one.path, len(one.numbers), one.text) for one in islice(reading.files, _AT_ONCE)
            ]:
                counts = count_each([text for _, _, text in chunk])
                rows += [Row(*row[:2], tokens) for row, tokens in zip(chunk, counts, strict=True)]
    except OSError as exc:
        raise SousError(
            f"cannot read {path}: {exc.strerror}; name a bundle, or make one with `sous bundle`"
        ) from exc
    return Inventory(reading.form, reading.numbered, tuple(rows))
