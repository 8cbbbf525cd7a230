"""Lines of which a finding tells nothing: what it names is in their file, and nowhere near them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sous.claims.lookup import Lookup, is_near, is_of_a_library, names_in
from sous.claims.quotes import fold_quote
from sous.claims.reference import Cited
from sous.claims.verdict import Judged, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.reference import Reference
    from sous.claims.source import Source

_FEWEST = 3  # different things that a finding names in a file
_NEAR = 8  # lines about those cited
_BESIDE = 2  # of a whole line of code
_SHORTEST = 4  # characters of a name
_SHOWN = 2  # of these in a message


@dataclass
class _Finding:
    """What a finding names in the files of its places, and whether that is near to one of them."""

    line: int = 0  # of the report, where the first thing is
    things: dict[str, bool] = field(default_factory=dict)
    is_told: bool = False  # by a whole line of code that it is about, and that is there once

    def add(self, reference: Reference, thing: str, *, is_close: bool, is_line: bool) -> None:
        self.line = self.line or reference.line
        self.things[thing] = self.things.get(thing, False) or is_close
        self.is_told = self.is_told or is_line

    @property
    def is_elsewhere(self) -> bool:
        """Whether it surely is of other lines."""
        return not any(self.things.values()) and (self.is_told or len(self.things) >= _FEWEST)


def without_support(judged: Sequence[Judged], lookup: Lookup) -> list[Judged]:
    """Return verdicts; lines are unproven that nothing in their finding is near to.

    Where a finding names several places, one of them is enough.
    """
    told = _findings(judged, lookup)
    bare = {
        place: finding
        for places, finding in told.items()
        if finding.is_elsewhere and len({place.path for place in places}) == 1
        for place in places
    }
    supported = {p for places, one in told.items() if any(one.things.values()) for p in places}
    marked = _last_above(judged, {at: one for at, one in bare.items() if at not in supported})
    return [_judged_again(one, marked.get(number)) for number, one in enumerate(judged)]


def _findings(judged: Sequence[Judged], lookup: Lookup) -> dict[tuple[Cited, ...], _Finding]:
    """Return the findings by the places that they name."""
    told: dict[tuple[Cited, ...], _Finding] = {}
    for reference in (one.reference for one in judged):
        if reference.is_beside and (reference.firm or reference.is_real):
            finding = told.setdefault(reference.places, _Finding())
            for cited, source in lookup.cited(reference):
                for thing, is_close, is_line in _things(reference, cited, source, lookup):
                    finding.add(reference, thing, is_close=is_close, is_line=is_line)
    return told


def _last_above(judged: Sequence[Judged], bare: dict[Cited, _Finding]) -> dict[int, _Finding]:
    """Return which references are the places of findings: the last above what they name."""
    found: dict[Cited, int] = {}
    for number, one in enumerate(judged):
        reference = one.reference
        if one.verdict is Verdict.LOCATED and reference.kind == "line":
            cited = Cited(reference.named or "", reference.first, reference.last)
            if cited in bare and (cited not in found or reference.line <= bare[cited].line):
                found[cited] = number
    return {number: bare[cited] for cited, number in found.items()}


def _judged_again(one: Judged, finding: _Finding | None) -> Judged:
    if finding is None:
        return one
    things = list(finding.things)[:_SHOWN]
    verb = "are" if len(things) > 1 else "is"
    why = f"{' and '.join(things)} {verb} elsewhere in the file"
    return replace(one, verdict=Verdict.UNPROVEN, found=None, why=why)


def _things(
    reference: Reference, cited: Cited, source: Source, lookup: Lookup
) -> Iterator[tuple[str, bool, bool]]:
    """Yield the name or code that a reference is, if a file has it, and if it is near to lines.

    And whether it is one whole line of the file that its sentence is about.
    """
    first, last = cited.first - _NEAR, cited.last + _NEAR
    if reference.quote:
        spans = lookup.find(source, reference.quote)
        numbered = [source.numbered(span) for span in spans]
        if spans:
            whole = fold_quote("\n".join(source.lines[spans[0].first : spans[0].last + 1]))
            is_line = len(spans) == 1 and whole == fold_quote(reference.quote)
            is_line = is_line and reference.is_subject
            if is_line:
                first, last = cited.first - _BESIDE, cited.last + _BESIDE
            is_close = any(start <= last and first <= end for start, end in numbered)
            yield reference.text, is_close, is_line
        return
    names = names_in(reference.text)
    name = names[-1] if names else ""
    if len(name) >= _SHORTEST and not is_of_a_library(names) and source.find_word(name):
        yield name, is_near(source, name, first, last), False
