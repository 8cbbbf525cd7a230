"""Steps by structure: of nested families the innermost that looks like work; its parents group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import box_line
from sous.plan.kin import families
from sous.plan.prompts import prompt_in
from sous.plan.titles import clean_title, is_done, without_done
from sous.plan.work import ENOUGH, PARTS_OF_DOCUMENT, Scale, says_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.kin import Kin
    from sous.plan.page import Page
    from sous.plan.work import Weighed

_MOST_NESTED = 6  # families in one another
_MOST_INSIDE = 0.8  # of the members of an inner family
_DASHES = " :-\u2013\u2014"
_REASON = {
    "heading": "a heading",
    "fold": "a summary",
    "bold": "a bold line",
    "item": "an item of a list",
    "box": "a box",
    "row": "a row of a table",
    "line": "a line",
}


class FoundStep(NamedTuple):
    """A step: number, title, prompt, whether it is done, its line (from 0) and the one behind."""

    number: str
    title: str
    prompt: str
    done: bool
    line: int
    end: int


class Structure(NamedTuple):
    """The steps of a document, how sure it is that they are, from 0 to 1, and why."""

    steps: list[FoundStep]
    confidence: float
    reason: str


def steps_by_structure(page: Page) -> Structure | None:
    """Return the steps of a document by its structure; None where nothing looks like work."""
    if not page.is_sound:
        return None
    scale = Scale(page)
    weighed = [scale.weigh(kin) for kin in families(page)]
    documents = [one.kin for one in weighed if PARTS_OF_DOCUMENT in one.reasons]
    enough = [one for one in weighed if one.score >= ENOUGH and not _are_of(documents, one.kin)]
    best = max(enough, key=lambda one: one.score, default=None)
    if best is None:
        return None
    best = _innermost(best, enough)
    reason = f"{_REASON[best.kin.kind]}; {', '.join(best.reasons)}"
    return Structure(_steps(page, best.kin), best.confidence, reason)


def _are_of(documents: Sequence[Kin], inner: Kin) -> bool:
    """Tell whether numbered headings go on those of a document, in no section of work."""
    if inner.kind != "heading" or inner.label != "number":
        return False
    return any(_goes_on(outer, inner) and not _is_in_work(outer, inner) for outer in documents)


def _is_in_work(outer: Kin, inner: Kin) -> bool:
    """Tell whether some of a family stand in a section that says that there is work."""
    places = {outer.parent_of(one.line) for one in inner.members} - {-1}
    return any(says_work(outer.members[place].label.text) for place in places)


def _innermost(best: Weighed, enough: Sequence[Weighed]) -> Weighed:
    """Return the family to take: outside of the best where that has parts of one, or inside."""
    for _ in range(_MOST_NESTED):
        outer = [one for one in enough if one is not best and _is_inside(best.kin, one.kin)]
        inner = [one for one in enough if one is not best and _is_inside(one.kin, best.kin)]
        above = [one for one in outer if not _groups(one.kin, best.kin)]
        below = [one for one in inner if _groups(best.kin, one.kin)]
        if not above and not below:
            break
        best = max(above or below, key=lambda one: one.score)
    return best


def _is_inside(inner: Kin, outer: Kin) -> bool:
    inside = sum(outer.parent_of(one.line) >= 0 for one in inner.members)
    return inside >= len(inner.members) * _MOST_INSIDE


def _groups(outer: Kin, inner: Kin) -> bool:
    """Tell whether an outer family only groups the steps that an inner one is."""
    if _goes_on(outer, inner):
        return True
    if outer.label == "work":
        return False
    if inner.label in ("work", "code") or _is_finer(outer, inner):
        return True
    return inner.kind == "box" and outer.label in ("group", "")


def _goes_on(outer: Kin, inner: Kin) -> bool:
    """Tell whether the numbers of most of a family go on those of what they stand in."""
    goes_on = sum(
        one.label.number.startswith(f"{outer.members[place].label.number}.")
        for one in inner.members
        if one.label.number
        and (place := outer.parent_of(one.line)) >= 0
        and outer.members[place].label.number
    )
    return goes_on * 2 > len(inner.members)


def _is_finer(outer: Kin, inner: Kin) -> bool:
    """Tell whether groups are of smaller groups, or stand in one section: weeks of days."""
    is_group = inner.label == "group" and outer.kind == inner.kind == "heading"
    if not is_group:
        return False
    parents = {outer.parent_of(one.line) for one in inner.members}
    is_in_one = outer.label == "number" and len(parents) == 1
    if is_in_one and says_work(outer.members[min(parents)].label.text):
        return True
    is_more = len(inner.members) > len(outer.members)
    return is_more and (outer.label == "group" or is_in_one)


def _steps(page: Page, kin: Kin) -> list[FoundStep]:
    numbers = kin.numbers
    is_unique = len(set(numbers)) == len(numbers)
    found = []
    for at, (one, end) in enumerate(zip(kin.members, kin.ends, strict=True)):
        is_last = at + 1 == len(kin.members) and kin.kind in ("bold", "line", "fold")
        title = clean_title(one.label.text)
        number = one.label.number if is_unique else ""
        prompt = _prompt(page, kin, at, is_last=is_last)
        done = one.box.done if one.box else is_done(page.lines[one.line], title)
        if not done and kin.cells:
            box = box_line(page.lines[one.line])
            done = bool(box and box.done)
        found.append(FoundStep(number, without_done(title), prompt or title, done, one.line, end))
    return [one for one in found if one.title]


def _prompt(page: Page, kin: Kin, at: int, *, is_last: bool) -> str:
    one, end = kin.members[at], kin.ends[at]
    if kin.cells:
        return "\n".join(kin.cells[at])
    inside = prompt_in(page, one.end, end, is_last=is_last)
    body = inside.text if inside else ""
    return f"{one.rest.lstrip(_DASHES)}\n\n{body}".strip() if one.rest else body
