"""Labels of what should be, in any language: under them a report names what the code has not."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sous.claims.judge import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.claims.judge import Judged

_FENCE = re.compile(r"\s*(?:```|~~~)")
_LABEL = re.compile(
    r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*|__)(?P<name>[^*_\n]{2,80}?)"
    r"(?:[:\uff1a]\s*(?:\*\*|__)|(?:\*\*|__)\s*(?:[:\uff1a]|$))"
)
_HEADING = re.compile(r"#{1,6}\s+(?P<name>.*?)[\s:\uff1a]*$")
_WORDS = 3  # of a label, by which it is known
_SEVERAL = 4  # things under one label that are not there
_MOST = 0.5  # of what stands under it
_FEW = 5  # references elsewhere, of which nothing can be told
_MANY = 0.4  # of these: then the report is about something else


def without_proposals(judged: Sequence[Judged], lines: Sequence[str]) -> list[Judged]:
    """Return verdicts without those on what a report proposes.

    Where most of what stands under one label is not there, and most of the rest of the report is,
    the label is one of proposals.
    """
    labels = _labels(lines)
    names = [labels[min(one.reference.line, len(labels)) - 1] for one in judged]
    proposals = set(_of_proposals(names, [_is_missing(one) for one in judged]))
    return [
        one
        for one, name in zip(judged, names, strict=True)
        if name not in proposals or not _is_missing(one)
    ]


def _of_proposals(names: Sequence[str], missing: Sequence[bool]) -> Iterable[str]:
    total = Counter(names)
    absent = Counter(name for name, is_missing in zip(names, missing, strict=True) if is_missing)
    for name, count in absent.items():
        others, lost = len(names) - total[name], sum(missing) - count
        is_sound = others >= _FEW and lost <= _MANY * others
        if name and count >= _SEVERAL and count >= _MOST * total[name] and is_sound:
            yield name


def _is_missing(one: Judged) -> bool:
    """Tell whether a path, a name or code is not there; lines of a file are said to be."""
    return one.verdict is Verdict.UNPROVEN and one.reference.kind != "line"


def _labels(lines: Sequence[str]) -> list[str]:
    """Return for each line the label or heading that it stands under, empty for none."""
    found, name, is_code = [], "", False
    for line in lines:
        if _FENCE.match(line):
            is_code = not is_code
        match = None if is_code else _LABEL.match(line) or _HEADING.match(line)
        name = " ".join(match["name"].casefold().split()[:_WORDS]) if match else name
        found.append(name)
    return found
