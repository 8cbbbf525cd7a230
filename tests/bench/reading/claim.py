"""A claim, and what claims are made of: functions of the repository, their lines, lines that say something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.reading.repository import TWIN

if TYPE_CHECKING:
    from random import Random

    from bench.reading.repository import Repository, Span


@dataclass
class Claim:
    """One claim: where, what is said, the code below it."""

    kind: str
    verdict: str
    path: str
    first: int
    last: int
    say: str
    code: list[str] = field(default_factory=list)
    tag: str = "python"


def some_span(rng: Random, repository: Repository) -> Span:
    return rng.choice([span for span in repository.spans if not span.path.endswith(TWIN)])


def other_span(rng: Random, repository: Repository, span: Span) -> Span:
    """Return a function of the same file that is far from this one."""
    return rng.choice([s for s in repository.spans if s.path == span.path and abs(s.first - span.first) > 8])


def claim_at(span: Span, verdict: str, say: str) -> Claim:
    return Claim("", verdict, span.path, span.first, span.last, say)


def inner_line(rng: Random, repository: Repository, span: Span) -> tuple[int, str]:
    number = rng.randrange(span.first + 1, span.last + 1)
    while repository.line(span.path, number) == "else:":
        number = rng.randrange(span.first + 1, span.last + 1)
    return number, repository.line(span.path, number)


def altered(rng: Random, line: str) -> str:
    """Return a line that says something else: another operator, another number."""
    for old, new in ((" += ", " -= "), (" > ", " < "), (" // ", " % "), ("warning", "error"), (":]", "::2]")):
        if old in line:
            return line.replace(old, new)
    return line.replace(" = ", " = 1") if " = " in line else f"{line[:-2]}x{line[-2:]}"
