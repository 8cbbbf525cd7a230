"""Lists that say when the work is good, what it needs or what was checked: no work themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.document.words import any_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.candidates import Candidate
    from sous.plan.page import Page

ASIDES = re.compile(rf"(?:{any_of('asides')})", re.IGNORECASE)
PARTS = re.compile(rf"(?:{any_of('of_documents')})", re.IGNORECASE)
_CLOSING = re.compile(rf"(?:{any_of('closing')})", re.IGNORECASE)
_LEAST = 2  # steps before the last sections
_OF_THEM = 4
_COUNT = re.compile(r"\W*\d+(?:\.\d+)*[.)]?\s+")
_EDGES = re.compile(r"^[^\w(]+|[^\w)]+$")  # an emoji before a name, marks around it
_MOST = 60  # lines above a list that are looked at


def is_aside(page: Page, one: Candidate) -> bool:
    """Tell whether a title stands under a heading, or a bold name, that says it is no work."""
    if one.kind == "heading":
        return stands_aside(page, one.line)
    names = (_EDGES.sub("", heading.text) for heading in page.above(one.line))
    return any(map(ASIDES.fullmatch, names)) or _is_below_name(page, one)


def stands_aside(page: Page, line: int) -> bool:
    """Tell whether a heading stands under one, counted or not, that says it is no work."""
    names = (_EDGES.sub("", _COUNT.sub("", heading.text)) for heading in page.above(line))
    return any(map(ASIDES.fullmatch, names))


def name_parts(titles: Sequence[str]) -> bool:
    """Tell whether a quarter of some titles, and two, are those of parts of any document."""
    names = [title.strip(" :.)*_") for title in titles]
    parts = sum(bool(ASIDES.fullmatch(name) or PARTS.fullmatch(name)) for name in names)
    return parts > 1 and parts * _OF_THEM >= len(names)


def closing(titles: Sequence[str]) -> int:
    """Return how many of the last of some numbered titles are no steps, but close a document."""
    names = [title.strip(" :.)*_") for title in titles]
    last = len(names)
    while last and _CLOSING.fullmatch(names[last - 1]):
        last -= 1
    return len(names) - last if last >= _LEAST else 0


def _is_below_name(page: Page, one: Candidate) -> bool:
    if one.kind not in ("box", "item"):
        return False
    found = page.asides[one.line] = _name_above(page, one)
    return found


def _name_above(page: Page, one: Candidate) -> bool:
    for at in range(one.line - 1, max(-1, one.line - _MOST), -1):
        if at in page.asides:
            return page.asides[at]
        line = page.lines[at].strip()
        if line.startswith(("**", "__")):
            return bool(ASIDES.fullmatch(line.strip("*_: \uff1a")))
        if line and not line.startswith(("-", "*", "+")) and not line[0].isdigit():
            return False
    return False
