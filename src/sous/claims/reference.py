"""Something that a report says of the code: a path, lines, a quote or a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from sous.claims.blocks import Link, Mentioned

Kind = Literal["path", "line", "quote", "symbol"]


class Cited(NamedTuple):
    """Lines that a sentence, or the finding that it is in, is about; the path as it is written."""

    path: str
    first: int
    last: int


@dataclass(frozen=True)
class Reference:
    """Something that a report says of the code.

    `text` as it stands there, `line` of the report (from 1), `named` the path as it is written,
    here or above it, `start` and `end` lines that are claimed, `quote` the code that is claimed.
    `firm`: the report claims that it exists, and not that it should, could or does not.
    `is_named_here`: the path stands with it, not above it. `bound`: the name that it is the place
    of.
    """

    kind: Kind
    text: str
    line: int
    at: int = 0  # where it stands in its block, for those of one line to be told apart
    named: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    quote_line: int | None = None
    firm: bool = True
    is_named_here: bool = True
    is_guess: bool = False  # no file is named before its lines
    bound: str | None = None  # the one name right beside the lines, or claimed to be in the file
    is_real: bool = True  # nothing says that it should be, could be, or is missing
    is_called: bool = False  # a name that is written as a call: of something that exists
    is_subject: bool = False  # its sentence is about it
    is_beside: bool = False  # its own sentence names its places, or its finding does above it
    places: tuple[Cited, ...] = ()  # where a name or a quote in a sentence is said to be
    absent_in: str | None = None  # the file that is said to define no such name
    beside: tuple[str, ...] = ()  # code in the same sentence, where no file is named
    near: tuple[str, ...] = ()  # other paths that may be meant, the nearest first
    spot: Mentioned | None = None  # where it stands in the report, where that is known
    names_lines: bool = False  # the quote itself begins with its place, or its label says it is one
    link: Link | None = None  # that it is the text of
    is_target: bool = False  # a link leads there

    @property
    def first(self) -> int:
        """The first line that is claimed, 0 where none is."""
        return self.start or 0

    @property
    def last(self) -> int:
        """The last line that is claimed, 0 where none is."""
        return self.end or self.start or 0
