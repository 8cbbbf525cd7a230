"""How large a part may be: in bytes, characters or tokens, as a chat page or an upload counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.errors import SousError
from sous.tokens import count_each

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST, _LONGEST = 1 << 50, 40  # of a limit; characters of one in words
_BYTES = {"kb": 1 << 10, "mb": 1 << 20}  # as repomix counts them
_COUNTS = {"": 1, "k": 1_000, "m": 1_000_000}
_SIZE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:(kb|mb)|([km]?)[- ]?(tokens?|chars?|characters?))", re.IGNORECASE
)


class PartLimit(NamedTuple):
    """The most of a unit that a part may have."""

    most: int
    unit: str = "bytes"

    def of(self, text: str) -> int:
        """Return what a text has of the unit."""
        return self.each([text])[0]

    def each(self, texts: Sequence[str]) -> list[int]:
        """Return what each of some texts has of the unit.

        Characters are counted as a browser does, where most emoji are two; tokens are o200k_base.
        """
        if self.unit == "tokens":
            return count_each(texts)
        if self.unit == "characters":
            return [len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts]
        return [len(text.encode("utf-8", "replace")) for text in texts]


def read_limit(said: int | str) -> PartLimit:
    """Return the limit that a size stands for; a number is bytes. Raises SousError."""
    limit = PartLimit(said) if isinstance(said, int) else _read(said)
    if not 1 <= limit.most <= _LARGEST:
        raise SousError(
            f"{str(said)[:20]!r} is not a size; write it like 500kb, 1.5mb, "
            "100k-tokens or 400k-chars"
        )
    return limit


def _read(said: str) -> PartLimit:
    """Return the limit of a size in words; 0 of one that is none, or too large."""
    match = _SIZE.fullmatch(said.strip())
    if match is None or len(said) > _LONGEST:
        return PartLimit(0)
    number, in_bytes, times, unit = match.groups()
    if in_bytes:
        return PartLimit(int(float(number) * _BYTES[in_bytes.lower()]))
    most = int(float(number) * _COUNTS[times.lower()])
    return PartLimit(most, "tokens" if unit.lower().startswith("token") else "characters")
