"""What came of looking a reference up, and the verdicts that several judges give."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.lookup import QuotePlace
    from sous.claims.reference import Reference
    from sous.claims.source import FileLines

MOST_NAMED = 5  # places of a quote that a message names


class Verdict(str, enum.Enum):
    """What came of looking a reference up."""

    VERIFIED = "verified"  # a quote, a literal or a name that was looked up
    LOCATED = "located"  # the place exists, and nothing else was looked up
    MOVED = "moved"
    AMBIGUOUS = "ambiguous"  # several files are meant
    UNPROVEN = "unproven"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """A reference with its verdict: the path that is meant, where it was found instead, and why."""

    reference: Reference
    verdict: Verdict
    path: str | None = None
    found: FileLines | None = None
    why: str = ""


def moved_name(reference: Reference, name: str | None, lines: FileLines) -> Judged:
    """Return the verdict on a name that is elsewhere."""
    return Judged(reference, Verdict.MOVED, lines.path, lines, f"{name} is there")


def unproven_quote(reference: Reference, meant: Sequence[str], why: str) -> Judged:
    """Return the verdict on a quote that is not in the files that are `meant`."""
    path = meant[0] if len(meant) == 1 else reference.named
    return Judged(reference, Verdict.UNPROVEN, path, why=why)


def in_several_places(places: Sequence[QuotePlace]) -> str:
    """Return why a quote does not tell a place, with the first of them."""
    first = (f"{lines.path}:{lines.start}" for lines in (one.lines for one in places[:MOST_NAMED]))
    return f"the quote is in several places: {', '.join(first)}"
