"""Labels of what should be, in any language: under them a report names what the code has not."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.verdict import Verdict
from sous.claims.words import is_about_what_is_there
from sous.document.fences import fence_line
from sous.document.fields import bold_label
from sous.document.headings import heading_line
from sous.document.words import any_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from sous.claims.verdict import Judged

_OF_CLAIMS = ("titles", "location", "what", "issue_alone", "severity")
_SEVERITIES = ("is_critical", "is_high", "is_medium", "is_low", "is_info")
_WORDS = 3  # of a label, by which it is known
_SEVERAL = 4  # things under one label that are not there
_FINDINGS = 3  # that have the label
_FEW = 5  # references elsewhere, of which nothing can be told
_MANY = 0.4  # of these: then the report is about something else
_FIXED = re.compile(  # in a row of a table or a heading
    rf"^\s*(?:#|\|).*(?:[\u2705\u2714\u2611]\ufe0f?\s*\**(?:{any_of('done')})|\|\s*(?:{any_of('done')})\s*\|)",
    re.IGNORECASE,
)
_NOT_HELD = (Verdict.UNPROVEN, Verdict.UNKNOWN)


class _Under(NamedTuple):
    """Which finding of a report a line is in, and the label in it that it stands under."""

    finding: int
    label: str


def without_proposals(judged: Sequence[Judged], lines: Sequence[str]) -> list[Judged]:
    """Return verdicts without those on what a report proposes.

    A label is one of proposals where it comes in several findings, each of which names something
    before it that is there, while nothing that stands under it is, and most of the rest of the
    report is. What a finding claims is never one: its title, its place, what is wrong.
    """
    under = _under(lines)
    places = [under[min(one.reference.line, len(under)) - 1] for one in judged]
    of_missing = [place for place, one in zip(places, judged, strict=True) if _is_missing(one)]
    holds = {place for place, one in zip(places, judged, strict=True) if _holds(one)}
    grounded = _behind_what_holds(under, holds)
    held = {place.label for place in holds}
    labels = {place.label for place in of_missing} - held
    proposals = {label for label in labels if _is_proposal(label, places, of_missing, grounded)}
    return [
        one
        for one, place in zip(judged, places, strict=True)
        if place.label not in proposals or place not in grounded or not _is_missing(one)
    ]


def without_fixed(judged: Sequence[Judged], lines: Sequence[str]) -> list[Judged]:
    """Return verdicts without those on names that a title or a row says to be fixed: `✅ Fixed`."""
    gone = {
        one.reference.text
        for one in judged
        if _is_name_missing(one) and _FIXED.search(lines[one.reference.line - 1])
    }
    last = {name.rpartition(".")[2] for name in gone}
    names = gone | last
    return [one for one in judged if not (_is_name_missing(one) and one.reference.text in names)]


def _is_name_missing(one: Judged) -> bool:
    return one.verdict is Verdict.UNPROVEN and one.reference.kind == "symbol"


def _is_proposal(
    label: str, places: Sequence[_Under], missing: Sequence[_Under], grounded: AbstractSet[_Under]
) -> bool:
    """Tell whether a label under which nothing is there is one of proposals."""
    of_label = [place for place in missing if place.label == label]
    others = sum(place.label != label for place in places)
    lost = len(missing) - len(of_label)
    is_sound = others >= _FEW and lost <= _MANY * others
    is_often = len(of_label) >= _SEVERAL and len(grounded & set(of_label)) >= _FINDINGS
    return is_often and is_sound and not _is_of_claims(label)


def _behind_what_holds(under: Sequence[_Under], known: AbstractSet[_Under]) -> set[_Under]:
    """Return the labels, each in its finding, before which a finding names what is there."""
    found, sound = set[_Under](), set[int]()
    for place in dict.fromkeys(under):
        if place.finding in sound:
            found.add(place)
        if place in known:
            sound.add(place.finding)
    return found


def _is_missing(one: Judged) -> bool:
    """Tell whether a path, a name or code is not there; lines of a file are said to be."""
    return one.verdict is Verdict.UNPROVEN and one.reference.kind != "line"


def _holds(one: Judged) -> bool:
    return one.verdict not in _NOT_HELD


@cache
def _claims() -> re.Pattern[str]:
    words = "|".join(any_of(group) for group in (*_OF_CLAIMS, *_SEVERITIES))
    return re.compile(rf"\W*(?:{words})\W*", re.IGNORECASE)


def _is_of_claims(label: str) -> bool:
    """Tell whether what stands under a label is said to be there; without one it is."""
    is_known = is_about_what_is_there(label) or _claims().fullmatch(label)
    return not label or bool(is_known)


def _under(lines: Sequence[str]) -> list[_Under]:
    """Return for each line where it stands.

    A finding begins at a heading, at a label with a number, and where a label comes again.
    """
    found: list[_Under] = []
    finding, label, seen, is_code = 0, "", set[str](), False
    for line in lines:
        if fence_line(line):
            is_code = not is_code
        match = None if is_code else bold_label(line)
        is_heading = not is_code and heading_line(line) is not None
        if match or is_heading:
            label = " ".join(match.name.casefold().split()[:_WORDS]) if match else ""
            if is_heading or (match and match.is_counted) or label in seen:
                finding, seen = finding + 1, set()
            seen.add(label)
        found.append(_Under(finding, label))
    return found
