"""Lines of which a finding tells nothing: what it names is in their file, and nowhere near them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sous.claims.lookup import Lookup, is_near, is_of_a_library, names_in
from sous.claims.verdict import Judged, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.claims.reference import Cited, Reference
    from sous.claims.source import Source

_FEWEST = 3  # different things that a finding names in a file
_NEAR = 8  # lines about those cited
_SHORTEST = 4  # characters of a name
_SHOWN = 2  # of these in a message


def without_support(judged: Sequence[Judged], lookup: Lookup) -> list[Judged]:
    """Return verdicts; lines are unproven that nothing in their finding is near to.

    Where a finding names several places, one of them is enough.
    """
    told: dict[tuple[Cited, ...], list[Reference]] = {}
    for one in judged:
        reference = one.reference
        if reference.is_beside and (reference.firm or reference.is_real):
            told.setdefault(reference.places, []).append(reference)
    bare: dict[Cited, list[str]] = {}
    supported: set[Cited] = set()
    for places, references in told.items():
        near = _near_by_thing(places, references, lookup)
        if any(near.values()):
            supported.update(places)
        elif len(near) >= _FEWEST and len({place.path for place in places}) == 1:
            bare.update({place: list(near) for place in places})
    return [_judged_again(one, bare, supported) for one in judged]


def _judged_again(one: Judged, bare: dict[Cited, list[str]], supported: set[Cited]) -> Judged:
    reference = one.reference
    if one.verdict is not Verdict.LOCATED or reference.kind != "line":
        return one
    for cited, things in bare.items():
        is_it = cited == (reference.named, reference.first, reference.last)
        if is_it and cited not in supported:
            why = f"{' and '.join(things[:_SHOWN])} are elsewhere in the file"
            return replace(one, verdict=Verdict.UNPROVEN, found=None, why=why)
    return one


def _near_by_thing(
    places: Sequence[Cited], references: Iterable[Reference], lookup: Lookup
) -> dict[str, bool]:
    """Return for each thing that one of the files contains whether it is near to a place."""
    found: dict[str, bool] = {}
    for reference in references:
        for cited, source in lookup.cited(replace(reference, places=tuple(dict.fromkeys(places)))):
            for thing, is_close in _things(reference, cited, source, lookup):
                found[thing] = found.get(thing, False) or is_close
    return found


def _things(
    reference: Reference, cited: Cited, source: Source, lookup: Lookup
) -> Iterator[tuple[str, bool]]:
    """Yield the name or code that a reference is, if a file has it, and if it is near to lines."""
    first, last = cited.first - _NEAR, cited.last + _NEAR
    if reference.quote:
        spans = lookup.find(source, reference.quote)
        numbered = [source.numbered(span) for span in spans]
        if spans:
            yield reference.text, any(start <= last and first <= end for start, end in numbered)
        return
    names = names_in(reference.text)
    name = names[-1] if names else ""
    if len(name) >= _SHORTEST and not is_of_a_library(names) and source.find_word(name):
        yield name, is_near(source, name, first, last)
