"""Titles of one kind and word in a plan, each with the prompt below it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from sous.document.counted import counted_by_word, is_part_word
from sous.document.family import Member
from sous.plan.asides import stands_aside
from sous.plan.page import Page, says_plan
from sous.plan.prompts import StepPrompt, fence_of_prompt, prompt_alike, prompt_in
from sous.plan.titles import Counted, is_clause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

_STEP_HEADINGS = {("heading", "prompt"), ("heading", "step")}
_MOST_OF = 0.5  # what most of some sections are more than
_MANY = 3  # siblings whose prompts are alike, for one whose is not


def are_told(members: Sequence[Member], by: AbstractSet[str] = frozenset()) -> bool:
    """Tell whether most of some sections say, by a trait too, that they are to be done."""
    told = sum("told" in one.traits and (not by or bool(one.traits & by)) for one in members)
    return told > len(members) * _MOST_OF


def grouped_titles(page: Page, titles: Iterable[Counted]) -> list[list[Counted]]:
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


def lines_of_steps(titles: Iterable[Counted]) -> set[int]:
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


class TitleLines(NamedTuple):
    """Lines of a plan: of the headings that are called steps, and of all titles that count.

    `ordered`: those of steps in order. `prompts`: those that were looked for, by first line, the
    line behind the last, and whether it is last.
    """

    steps: set[int]
    titles: list[int]
    prompts: dict[tuple[int, int, bool], StepPrompt | None]
    ordered: list[int]


class Siblings:
    """Titles of one kind and word, each with the prompt below it."""

    def __init__(self, page: Page, titles: Sequence[Counted], known: TitleLines) -> None:
        self._page = page
        self._known = known
        self.titles = _without_doubles(titles, page)
        self.kind = titles[0].title.kind
        self.prompts: dict[Member, tuple[Counted, StepPrompt]] = {}
        for number, counted in enumerate(self.titles):
            self._add(number, counted)
        self._mark_asides()
        if page.is_sound and self.kind != "first":
            self._make_alike()

    @property
    def members(self) -> list[Member]:
        """The titles that have a prompt."""
        return list(self.prompts)

    def _add(self, number: int, counted: Counted) -> None:
        last = number + 1 == len(self.titles)
        following = self._page.end if last else self.titles[number + 1].title.line
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
        if not aside or are_told(aside):
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
            is_last = counted is self.titles[-1]
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
