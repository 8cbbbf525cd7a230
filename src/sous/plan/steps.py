"""Read the steps of a plan and their prompts: the surest family of titles is chosen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sous.document.blocks import Span
from sous.document.counted import counted_by_word, is_part_word
from sous.document.family import Member, Profile, families_of, left_out, share_of, surest
from sous.document.headings import heading_line
from sous.plan.asides import closing, name_parts, stands_aside
from sous.plan.candidates import label_of
from sous.plan.loose import loose_steps
from sous.plan.numerals import goes_back
from sous.plan.page import Page, says_plan
from sous.plan.prompts import StepPrompt, fence_of_prompt, first_words, prompt_alike, prompt_in
from sous.plan.records import records_in
from sous.plan.structure import steps_by_structure
from sous.plan.ticked import NamedStep, ticked_elsewhere
from sous.plan.titles import (
    Counted,
    are_questions,
    counted_titles,
    is_clause,
    is_done,
    title_above,
    why_title,
    without_done,
)
from sous.plan.work import Scale, says_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from sous.document.family import Family
    from sous.plan.structure import FoundStep

_WORK = (("prose", 0.5), ("work", 0.5))  # what looks like work to be done
_PLANNED = (*_WORK, ("planned", 0.5))
_STEP_HEADINGS = {("heading", "prompt"), ("heading", "step")}
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
_MANY = 3  # siblings whose prompts are alike, for one whose is not
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
        return other if other and len(other.steps) > len(found.steps) else found
    if found.confidence < _UNSURE and _begin_again(found.steps):
        return _by_structure(page)
    if "word" in found.reasons[0] or "with a number" in found.reasons[0]:
        other = _by_structure(page)
        return other if other and _is_better(page, other, found) else found
    return found


def _are_groups(page: Page, steps: Sequence[Step]) -> bool:
    """Tell whether titles are called what groups of steps are: phase, milestone, week."""
    headings = (heading_line(page.lines[step.line - 1]) for step in steps)
    return all(heading and label_of(heading.text).kind == "group" for heading in headings)


def _is_better(page: Page, other: PlanReading, found: PlanReading) -> bool:
    """Tell whether another reading is to be taken before one by any word: `Option 1`, `Layer 1`.

    It is where its steps are boxes that are counted, called steps, or more of the document.
    """
    if "with a number" in found.reasons[0]:
        return _are_called(page, other.steps) and _is_in_one(found.steps, other.steps)
    if other.reasons[0].startswith("a box; counted"):
        return True
    is_more = len(other.left_out) < len(found.left_out) or _are_called(page, other.steps)
    return is_more and not _are_called(page, found.steps)


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
    steps = _numbered_steps(counted)
    titles = [one.title.line for one in counted if one.title.kind in ("heading", "bold")]
    known = _TitleLines(steps, titles, {}, sorted(steps))
    groups = [_Siblings(page, group, known) for group in _groups(page, counted)]
    families = [
        family for group in groups for family in families_of(WANTED, {group.kind: [group.members]})
    ]
    is_other = bool(Scale(page).name_against)
    least = (page.end - page.start) * _LEAST_SHARE
    best = surest(
        family
        for family in families
        if not _is_only_counted(family, least, is_other=is_other)
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
    return PlanReading(group.steps(best.members), group.empty(), rest, sure, reasons)


def _goes_back(page: Page, members: Sequence[Member]) -> bool:
    """Tell whether headings under one other name numbers to and fro: they speak of steps."""
    headings = [one for one in members if one.title.kind == "heading"]
    above = (page.above(one.title.line)[:1] for one in headings)
    places = [over[0].line if over else -1 for over in above]
    return goes_back([one.number for one in headings], places)


def _finer(best: Family, groups: Sequence[_Siblings]) -> Family:
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


def _is_only_counted(family: Family, least: float, *, is_other: bool) -> bool:
    """Tell whether numbers alone make a family: of questions, of few lines, of another document."""
    if not family.wanted.takes & _ONLY_COUNTED:
        return False
    is_other = is_other and not _are_told(family.members, _DONE_BY)
    lines = sum(member.end - member.title.line for member in family.members)
    is_number = family.wanted.takes == {"number"}
    is_small = is_number and (lines < least or name_parts([*map(_name_of, family.members)]))
    return is_other or is_small or are_questions([member.title.text for member in family.members])


def _are_told(members: Sequence[Member], by: AbstractSet[str] = frozenset()) -> bool:
    """Tell whether most of some sections say, by a trait too, that they are to be done."""
    told = sum("told" in one.traits and (not by or bool(one.traits & by)) for one in members)
    return told > len(members) * _HALF


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


def _groups(page: Page, titles: Iterable[Counted]) -> list[list[Counted]]:
    """Return titles by kind, word and (of headings that are not called prompts) level.

    Items of lists belong together where they stand under one heading.
    """
    found: dict[tuple[str, str, int], list[Counted]] = {}
    for counted in titles:
        level = counted.title.level if counted.word != "prompt" else 0
        if counted.title.kind == "list":
            level = next((heading.line for heading in page.above(counted.title.line)), -1)
        found.setdefault((counted.title.kind, counted.word, level), []).append(counted)
    return _joined(found)


def _joined(found: dict[tuple[str, str, int], list[Counted]]) -> list[list[Counted]]:
    """Join headings of one word and two levels, where the numbers of one go on in the other."""
    groups: list[list[Counted]] = []
    waiting: dict[tuple[str, int], list[Counted]] = {}  # by word and the number that is next
    for titles in found.values():
        first = titles[0]
        before = waiting.pop((first.word, _count_of(first)), None)
        if before and before[-1].title.line < first.title.line:
            before += titles
        else:
            before = titles
            groups.append(titles)
        if _count_of(before[-1]):
            waiting[first.word, _count_of(before[-1]) + 1] = before
    return groups


def _count_of(one: Counted) -> int:
    """Return the number of a heading that a word counts; 0 for another title."""
    is_worded = one.title.kind == "heading" and one.word != "number"
    return int(one.number) if is_worded and one.number.isdecimal() else 0


def _numbered_steps(titles: Iterable[Counted]) -> set[int]:
    """Return the lines of headings called steps or prompts that have a sibling: no one title."""
    found: dict[tuple[str, int], set[int]] = {}
    for counted in titles:
        title = counted.title
        is_step = counted.number and (title.kind, counted.word) in _STEP_HEADINGS
        if is_step and not _is_part(counted):
            found.setdefault((counted.word, title.level), set()).add(title.line)
    siblings = [lines for lines in found.values() if len(lines) > 1]
    return set().union(*siblings)


def _is_part(counted: Counted) -> bool:
    """Tell whether a title is called what parts of a plan are: milestone."""
    said = counted_by_word(counted.title.text)
    return said is not None and is_part_word(said.word) and said.word != "step"


class _TitleLines(NamedTuple):
    """Lines of a plan: of the headings that are called steps, and of all titles that count.

    `ordered`: those of steps in order. `prompts`: those that were looked for, by first line, the
    line behind the last, and whether it is last.
    """

    steps: set[int]
    titles: list[int]
    prompts: dict[tuple[int, int, bool], StepPrompt | None]
    ordered: list[int]


class _Siblings:
    """Titles of one kind and word, each with the prompt below it."""

    def __init__(self, page: Page, titles: Sequence[Counted], known: _TitleLines) -> None:
        self._page = page
        self._known = known
        self._titles = _without_doubles(titles, page)
        self.kind = titles[0].title.kind
        self.prompts: dict[Member, tuple[Counted, StepPrompt]] = {}
        for number, counted in enumerate(self._titles):
            self._add(number, counted)
        self._mark_asides()
        if page.is_sound and self.kind != "first":
            self._make_alike()

    @property
    def members(self) -> list[Member]:
        """The titles that have a prompt."""
        return list(self.prompts)

    def _add(self, number: int, counted: Counted) -> None:
        last = number + 1 == len(self._titles)
        following = self._page.end if last else self._titles[number + 1].title.line
        end = self._end(counted, following)
        place = counted.title.end, end, last
        if place not in self._known.prompts:
            self._known.prompts[place] = prompt_in(self._page, *place[:2], is_last=last)
        prompt = self._known.prompts[place]
        if prompt:
            traits = prompt.traits | {counted.word, counted.word.partition(" ")[0]}
            traits |= self._place_traits(counted, end)
            self.prompts[Member(counted.title, end, counted.number, traits)] = counted, prompt

    def _mark_asides(self) -> None:
        """Mark what stands under a heading that says it is no work, if most of that is none."""
        aside = [one for one in self.prompts if stands_aside(self._page, one.title.line)]
        if not aside or _are_told(aside):
            return
        marked = {one: one._replace(traits=one.traits | {"aside"}) for one in aside}
        self.prompts = {marked.get(one, one): found for one, found in self.prompts.items()}

    def _make_alike(self) -> None:
        """Read the few prompts that are a block, or are none, as their many siblings are read."""
        blocks = {one for one, (_, prompt) in self.prompts.items() if "block" in prompt.traits}
        others = set(self.prompts) - blocks
        few, many = sorted((blocks, others), key=len)
        if not few or len(few) * _MANY > len(many):
            return
        for member in few:
            counted, prompt = self.prompts[member]
            place = counted.title.end, member.end
            is_last = counted is self._titles[-1]
            text = prompt_alike(self._page, *place, is_last=is_last, is_block=few is others)
            if text:
                self.prompts[member] = counted, prompt._replace(text=text)

    def _place_traits(self, counted: Counted, end: int) -> set[str]:
        """Return traits of the place: planned, task, stage, inside, holds."""
        found = set()
        above = self._page.above(counted.title.line)
        if self._page.is_plan or any(says_plan(heading.text) for heading in above):
            found.add("planned")
            if is_clause(counted.text):
                found.add("task")
        if any(heading.line in self._known.steps for heading in above):
            found.add("inside")
        if is_part_word(counted.word.partition(" ")[2]):
            found.add("stage")
        if _is_part(counted) and _has_between(self._known.ordered, counted.title.line, end):
            found.add("groups")
        titles = self._known.titles
        if _has_between(titles, counted.title.line, end):
            found.add("holds")
        return found

    def _end(self, counted: Counted, following: int) -> int:
        """Return where a section ends: at the next title, or a heading that is no part of it."""
        page, title = self._page, counted.title
        if title.kind == "first":
            code = page.code_at(title.line)
            return code.end - 1 if code else following
        if not page.is_sound:
            return following
        lines = range(title.end, following)
        if title.kind == "list":
            return next((at for at in lines if self._is_behind_item(at)), following)
        level = title.level or max(2, page.level_above(title.line))
        return next((at for at in lines if 0 < page.heading_level(at) <= level), following)

    def _is_behind_item(self, line: int) -> bool:
        """Tell whether a line belongs to no item of a list: it is text that is not indented."""
        text = self._page.lines[line]
        return bool(text.strip()) and not text[0].isspace() and not self._page.is_code(line)

    def steps(self, members: Sequence[Member]) -> list[Step]:
        """Return titles with a prompt as steps."""
        return [
            Step(
                counted.number,
                without_done(counted.text)
                or title_above(self._page, counted.title)
                or first_words(prompt.text),
                prompt.text,
                is_done(self._page.lines[counted.title.line], counted.text),
                counted.title.line + 1,
            )
            for counted, prompt in map(self.prompts.__getitem__, members)
        ]

    def empty(self) -> list[Empty]:
        """Return the titles without a prompt."""
        taken = {member.title for member in self.prompts}
        return [
            Empty(counted.title.line, counted.number, counted.text)
            for counted in self._titles
            if counted.title not in taken
        ]


def _has_between(lines: Sequence[int], first: int, end: int) -> bool:
    """Tell whether one of some lines, in order, is behind the first and before the end."""
    return bisect_left(lines, end) > bisect_right(lines, first)


def _without_doubles(titles: Sequence[Counted], page: Page) -> list[Counted]:
    """Drop a title that repeats the one before, with nothing between but a fence or blank lines."""
    kept: list[Counted] = []
    for counted in titles:
        before = kept[-1] if kept else None
        if before is None or before.number != counted.number or not _is_near(before, counted, page):
            kept.append(counted)
        elif counted.text and not before.text:
            kept[-1] = before._replace(text=counted.text)
    return kept


def _is_near(before: Counted, counted: Counted, page: Page) -> bool:
    """Tell whether a title is that before it, said again."""
    between = page.lines[before.title.line + 1 : counted.title.line]
    text = [line for line in between if line.strip() and not fence_of_prompt(line)]
    same = before.text == counted.text or not before.text or not counted.text
    return same and len(text) <= 1
