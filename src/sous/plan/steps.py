"""Read the steps of a plan and their prompts: the surest family of titles is chosen."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sous.document.blocks import Span
from sous.document.family import Member, Profile, families_of, left_out, share_of, surest
from sous.document.headings import heading_line
from sous.plan.asides import closing, name_parts
from sous.plan.candidates import label_of
from sous.plan.loose import loose_steps
from sous.plan.numerals import goes_back
from sous.plan.page import Page
from sous.plan.prompts import first_words
from sous.plan.records import records_in
from sous.plan.siblings import Siblings, TitleLines, are_told, grouped_titles, lines_of_steps
from sous.plan.structure import steps_by_structure
from sous.plan.ticked import NamedStep, ticked_elsewhere
from sous.plan.titles import (
    are_questions,
    counted_titles,
    is_done,
    title_above,
    why_title,
    without_done,
)
from sous.plan.work import Scale, holds_the_list, says_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.family import Family
    from sous.plan.structure import FoundStep

_WORK = (("tells", 0.5), ("work", 0.5))  # what looks like work to be done
_PLANNED = (("prose", 0.5), ("work", 0.5), ("planned", 0.5))
_TASK = (("task", 0.7),)
_ONLY_COUNTED = {"number", "word", "paragraph"}  # by no word that names a step
WANTED = (
    Profile("heading", 1.0, {"prompt"}, runs=0.5),
    Profile("bold", 0.9, {"prompt"}, runs=0.5),
    Profile("line", 0.9, {"prompt"}, runs=0.5),
    Profile("first", 0.85, {"prompt"}, runs=0.5),
    Profile("heading", 0.7, {"step"}, {"inside", "groups"}, shares=_PLANNED, runs=0.5),
    Profile(
        "heading",
        0.65,
        {"word"},
        {"inside", "stage", "aside"},
        alike="word ",
        shares=_WORK,
        runs=0.5,
        least=2,
    ),
    Profile("heading", 0.6, {"number"}, {"inside", "aside"}, shares=_WORK, runs=0.5, least=2),
    Profile(
        "heading",
        0.6,
        {"word"},
        {"inside", "boxes", "holds", "aside"},
        alike="word ",
        shares=_PLANNED,
        runs=0.5,
        least=2,
    ),
    Profile("heading", 0.5, {"number"}, {"inside", "aside"}, shares=_TASK, runs=0.5, least=2),
    Profile("bold", 0.6, {"step"}, {"inside"}, shares=_PLANNED, runs=0.5, least=2),
    Profile(
        "bold",
        0.5,
        {"word"},
        {"inside", "boxes", "holds", "aside"},
        alike="word ",
        shares=_PLANNED,
        runs=0.5,
        least=2,
    ),
    Profile("bold", 0.4, {"number"}, {"inside", "aside"}, shares=_TASK, runs=0.5, least=2),
    Profile("first", 0.5, {"step"}, shares=_PLANNED, runs=0.5, least=2),
    Profile("first", 0.4, {"word"}, alike="word ", shares=_PLANNED, runs=0.5, least=2),
    Profile("list", 0.4, {"paragraph", "block"}, {"inside"}, shares=_TASK, runs=0.5, least=2),
)


@dataclass(frozen=True)
class Step:
    """A step: its number as it is written (empty: none), title, prompt, whether it is done.

    `line` is where its title stands, counted from 1.
    """

    number: str
    title: str
    prompt: str
    done: bool
    line: int


class Empty(NamedTuple):
    """A title like those of the steps without a prompt: its line, from 0, number and title."""

    at: int
    number: str
    title: str


class PlanReading(NamedTuple):
    """The steps of a plan that have a prompt, the titles like theirs that have none, and the rest.

    `left_out`: lines (from 0) with text that belong to no step. `confidence`: how sure it is that
    these are the steps, from 0 to 1. `reasons`: why each step is one.
    """

    steps: list[Step]
    empty: list[Empty]
    left_out: list[int]
    confidence: float
    reasons: list[str]


_NOT_COUNTED = "the text above a block that says it is a prompt"
_LEAST_SHARE = 0.2  # of a document, of sections that only numbers make steps
_UNSURE = 0.4
_SAID_SURE = 0.75  # where below each title is a block that says it is a prompt
_HALF = 0.5
_DONE_BY = {"boxes", "prose"}  # a report names files too
_LOOSE = 0.6  # how sure several steps are whose titles are not counted; one alone is less


def read_steps(text: str) -> list[Step]:
    """Return the steps of a plan that have a prompt; none for a text that is no plan of prompts."""
    return read_with_rest(text).steps


def read_with_rest(text: str) -> PlanReading:
    """Return the steps of a plan, and what is in none."""
    page = Page(text)
    return _ticked(page, _read(page))


def _ticked(page: Page, reading: PlanReading) -> PlanReading:
    """Take the ticks of a list that stands elsewhere in the plan and names its steps."""
    boxes = [box for box in page.document.boxes if box.done]
    steps = reading.steps
    if not boxes or not steps:
        return reading
    rest = set(reading.left_out)
    named = [NamedStep(step.number, step.title) for step in steps]
    done = ticked_elsewhere([box for box in boxes if box.line - 1 in rest], named)
    ticked = [replace(step, done=step.done or at in done) for at, step in enumerate(steps)]
    return reading._replace(steps=ticked)


def _read(page: Page) -> PlanReading:
    found = _of(page, records_in(page), "a record") or _counted_steps(page)
    if found is None:
        inner = page.unwrapped()
        found = _counted_steps(inner) if inner else None
        found = found or _by_structure(inner or page)
    else:
        found = _instead(page, found)
    return found or _loose_steps(page)


def _instead(page: Page, found: PlanReading) -> PlanReading | None:
    """Return what is read in the place of counted steps, where another reading is nearer."""
    if _are_groups(page, found.steps):
        other = _by_structure(page)
        return other if other and _is_finer(found, other) else found
    if found.confidence < _UNSURE and _begin_again(found.steps):
        return _by_structure(page)
    if "word" in found.reasons[0] or "with a number" in found.reasons[0]:
        other = _by_structure(page)
        return other if other and _is_better(page, other, found) else found
    return found


def _is_finer(groups: PlanReading, other: PlanReading) -> bool:
    """Tell whether another reading has more steps: most of them in groups, or of more lines."""
    rest = set(groups.left_out)
    inside = sum(step.line - 1 not in rest for step in other.steps)
    is_within = inside * 2 > len(other.steps) or len(other.left_out) < len(rest)
    return len(other.steps) > len(groups.steps) and is_within


def _are_groups(page: Page, steps: Sequence[Step]) -> bool:
    """Tell whether titles are called what groups of steps are: phase, milestone, week."""
    headings = (heading_line(page.lines[step.line - 1]) for step in steps)
    return all(heading and label_of(heading.text).kind == "group" for heading in headings)


def _is_better(page: Page, other: PlanReading, found: PlanReading) -> bool:
    """Tell whether another reading is to be taken before one by any word: `Option 1`, `Layer 1`.

    It is where its steps are boxes that are counted, called steps, or more of the document.
    """
    if "with a number" in found.reasons[0]:
        is_part = _are_called(page, other.steps) and _is_in_one(found.steps, other.steps)
        return is_part or _go_on(found.steps, other.steps)
    if other.reasons[0].startswith("a box; counted"):
        return True
    is_more = len(other.left_out) < len(found.left_out) or _are_called(page, other.steps)
    return is_more and not _are_called(page, found.steps)


def _go_on(outer: Sequence[Step], inner: Sequence[Step]) -> bool:
    """Tell whether the numbers of most of some boxes, and of more, go on those of sections."""
    numbers = {step.number.rstrip(".") for step in outer}
    parts = [one for one in inner if one.number.rpartition(".")[0] in numbers - {""}]
    return len(parts) * 2 > len(inner) > len(outer)


def _is_in_one(outer: Sequence[Step], inner: Sequence[Step]) -> bool:
    """Tell whether steps stand in the one section of some that says that there is work."""
    starts = [step.line for step in outer]
    within = {bisect_right(starts, step.line) - 1 for step in inner}
    return len(within) == 1 and min(within) >= 0 and says_work(outer[min(within)].title)


def _are_called(page: Page, steps: Sequence[Step]) -> bool:
    """Tell whether titles are headings called what steps or groups of them are."""
    headings = (heading_line(page.lines[step.line - 1]) for step in steps)
    return all(one and label_of(one.text).kind in ("work", "group") for one in headings)


def _begin_again(steps: Sequence[Step]) -> bool:
    """Tell whether numbers begin again and again: what is counted stands within something."""
    numbers = [step.number for step in steps]
    return len(set(numbers)) * 2 < len(numbers)


def _by_structure(page: Page) -> PlanReading | None:
    found = steps_by_structure(page)
    return _of(page, found.steps, found.reason, found.confidence) if found else None


def _of(
    page: Page, found: Sequence[FoundStep], reason: str, sure: float = 0.9
) -> PlanReading | None:
    if not found:
        return None
    steps = [Step(one.number, one.title, one.prompt, one.done, one.line + 1) for one in found]
    rest = left_out(page.lines, [Span(one.line, one.end) for one in found])
    return PlanReading(steps, [], rest, sure, [reason] * len(steps))


def _counted_steps(page: Page) -> PlanReading | None:
    counted = list(counted_titles(page))
    steps = lines_of_steps(counted)
    titles = [one.title.line for one in counted if one.title.kind in ("heading", "bold")]
    known = TitleLines(steps, titles, {}, sorted(steps))
    groups = [Siblings(page, group, known) for group in grouped_titles(page, counted)]
    families = [
        family for group in groups for family in families_of(WANTED, {group.kind: [group.members]})
    ]
    is_other = bool(Scale(page).name_against)
    least = (page.end - page.start) * _LEAST_SHARE
    best = surest(
        family
        for family in families
        if not _is_only_counted(page, family, least, is_other=is_other)
        and not _goes_back(page, family.members)
    )
    if best is None:
        return None
    best = _open(_finer(best, groups))
    group = next(group for group in groups if best.members[0] in group.prompts)
    spans = [Span(member.title.line, member.end) for member in best.members]
    rest = left_out(page.lines, spans)
    reasons = [why_title(best.wanted.kind, member.traits) for member in best.members]
    sure = best.confidence
    if share_of(best.members, "prose") == 1:
        sure = max(sure, _SAID_SURE)
    return PlanReading(_as_steps(page, group, best.members), _empty_in(group), rest, sure, reasons)


def _as_steps(page: Page, group: Siblings, members: Sequence[Member]) -> list[Step]:
    """Return titles of a group that have a prompt as steps."""
    return [
        Step(
            counted.number,
            without_done(counted.text)
            or title_above(page, counted.title)
            or first_words(prompt.text),
            prompt.text,
            is_done(page.lines[counted.title.line], counted.text),
            counted.title.line + 1,
        )
        for counted, prompt in map(group.prompts.__getitem__, members)
    ]


def _empty_in(group: Siblings) -> list[Empty]:
    """Return the titles of a group without a prompt."""
    taken = {member.title for member in group.prompts}
    return [
        Empty(counted.title.line, counted.number, counted.text)
        for counted in group.titles
        if counted.title not in taken
    ]


def _goes_back(page: Page, members: Sequence[Member]) -> bool:
    """Tell whether headings under one other name numbers to and fro: they speak of steps."""
    headings = [one for one in members if one.title.kind == "heading"]
    above = (page.above(one.title.line)[:1] for one in headings)
    places = [over[0].line if over else -1 for over in above]
    return goes_back([one.number for one in headings], places)


def _finer(best: Family, groups: Sequence[Siblings]) -> Family:
    """Return the sections that go on the numbers of most of a family: `2.1` in `2`."""
    if best.wanted.kind != "heading" or best.wanted.takes != {"number"}:
        return best
    lines = {one.number: one.end - one.title.line for one in best.members}
    for group in groups:
        inner = [one for one in group.members if _parent_of(one) in lines]
        within = sum(lines[number] for number in set(map(_parent_of, inner)))
        is_most = len(inner) > len(lines) and within > sum(lines.values()) * _HALF
        if group.kind == "heading" and is_most and not any("aside" in one.traits for one in inner):
            return replace(best, members=tuple(inner))
    return best


def _open(best: Family) -> Family:
    """Return a family of numbered headings without those that close the document."""
    if best.wanted.kind != "heading" or best.wanted.takes != {"number"}:
        return best
    names = [_name_of(member) for member in best.members]
    return replace(best, members=best.members[: len(names) - closing(names)])


def _parent_of(member: Member) -> str:
    """Return the number that the number of a section goes on."""
    return member.number.rpartition(".")[0]


def _is_only_counted(page: Page, family: Family, least: float, *, is_other: bool) -> bool:
    """Tell whether numbers alone make a family: of questions, of few lines, of another document."""
    if not family.wanted.takes & _ONLY_COUNTED:
        return False
    is_other = is_other and not are_told(family.members, _DONE_BY)
    lines = sum(member.end - member.title.line for member in family.members)
    is_number = family.wanted.takes == {"number"}
    is_small = is_number and (lines < least or _are_parts(page, family.members))
    return is_other or is_small or are_questions([member.title.text for member in family.members])


def _are_parts(page: Page, members: Sequence[Member]) -> bool:
    """Tell whether numbered headings are the parts of a document, be it one with a list of work."""
    sections = [(_name_of(one), one.title.line, one.end) for one in members]
    return name_parts([name for name, _, _ in sections]) or holds_the_list(page, sections)


def _name_of(member: Member) -> str:
    """Return the title of a member without what counts it."""
    return member.title.text.removeprefix(member.number)


def _loose_steps(page: Page) -> PlanReading:
    found = loose_steps(page)
    steps = [
        Step(number, title, prompt, is_done(title, title), line + 1)
        for number, title, prompt, line, _ in found
    ]
    ends = [*(loose.line for loose in found[1:]), len(page.lines)]
    spans = [Span(loose.line, end) for loose, end in zip(found, ends, strict=False)]
    reasons = [_NOT_COUNTED] * len(steps)
    sure = min(_LOOSE, len(steps) * _LOOSE / 2)
    rest = left_out(page.lines, spans)
    return PlanReading(steps, [], rest, sure, reasons)
