"""Candidates that are siblings, each with the line where what belongs to it ends."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.document.headings import is_details
from sous.document.words import any_of
from sous.plan.asides import closing, is_aside
from sous.plan.candidates import Candidate, StepLabel, candidates
from sous.plan.numerals import is_running
from sous.plan.page import says_plan
from sous.plan.titles import bare_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.plan.page import Page

_TASK_COLUMN = re.compile(
    rf"(?:{any_of('work_word')}|{any_of('titles')}|{any_of('columns')}|what|change|"
    r"beschreibung|описание|descripci[oó]n|descri[cç][aã]o|内容)s?",
    re.IGNORECASE,
)
_CELLS = re.compile(r"(?<!\\)\|")
_RULE_OF_TABLE = re.compile(r"\|[\s:|-]+\|?\s*$")
_COUNT = re.compile(r"(?:[A-Z]{0,5}-?)?\d+(?:\.\d+)*[a-z]?\.?")
_LEAST = 2  # siblings, and columns of a table beside the number


@dataclass
class Kin:
    """Siblings: their kind, how they are counted, and the lines of each.

    `ends`: where what belongs to each ends, behind the last line. `names`: columns of a table.
    """

    kind: str
    label: str
    word: str
    level: int
    members: list[Candidate]
    ends: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    is_named: bool = False

    @property
    def numbers(self) -> list[str]:
        """The numbers that are written."""
        return [one.label.number for one in self.members if one.label.number]

    @cached_property
    def is_running(self) -> bool:
        """Whether the numbers count on."""
        return len(self.numbers) == len(self.members) and is_running(self.numbers)

    def parent_of(self, line: int) -> int:
        """Return the place of the member that a line is inside of; -1 for none."""
        at = bisect_left(self._starts, line) - 1
        return at if at >= 0 and line < self.ends[at] else -1

    @cached_property
    def _starts(self) -> list[int]:
        return [one.line for one in self.members]


def families(page: Page) -> list[Kin]:
    """Return all families of two or more."""
    found = list(candidates(page))
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for one in found:
        if one.kind not in ("row", "box"):
            groups[_key(one)].append(one)
    stops = _Stops(page, found)
    chains = _chained(page, [_said_once(members) for members in groups.values()])
    chains = [_work_of(page, _open(members)) for members in chains]
    kin = [_kin(members) for members in chains if len(members) > 1]
    for family in kin:
        family.ends = list(stops.ends(family))
    boxes = [
        one
        for one in found
        if one.kind == "box" and (one.label.kind == "code" or not is_aside(page, one))
    ]
    if boxes:
        kin += _boxes(boxes, stops)
    return kin + list(_tables(page, found))


def _key(one: Candidate) -> tuple[object, ...]:
    word = one.label.word or one.label.kind
    is_apart = one.kind in ("item", "bold") and one.label.kind in ("number", "")
    above = one.above if is_apart or not one.label.kind else -1
    return (one.kind, one.level, word, above)


def _kin(members: list[Candidate]) -> Kin:
    first = members[0]
    return Kin(first.kind, first.label.kind, first.label.word, first.level, members)


def _work_of(page: Page, members: list[Candidate]) -> list[Candidate]:
    """Return headings without those that say a number again below one that says it is no work."""
    aside = [one for one in members if one.kind == "heading" and is_aside(page, one)]
    lines = {one.line for one in aside}
    others = {one.label.number for one in members if one.line not in lines}
    again = {one.line for one in aside if one.label.number in others}
    return [one for one in members if one.line not in again]


def _open(members: list[Candidate]) -> list[Candidate]:
    """Return siblings; of numbered headings without those that close the document."""
    first = members[0]
    if first.kind != "heading" or first.label.kind != "number":
        return members
    return members[: len(members) - closing([one.label.text for one in members])]


def _said_once(members: list[Candidate]) -> list[Candidate]:
    """Return siblings without those that are said again at length: the longest list of them."""
    starts = [at for at, one in enumerate(members) if one.label.number == members[0].label.number]
    runs = [members[at:end] for at, end in zip_longest(starts, starts[1:])]
    if members[0].kind != "heading" or len(runs) < _LEAST or len(runs[0]) < _LEAST:
        return members
    names = [{(one.label.number, _first_word(one)) for one in run} for run in runs]
    is_again = all(len(names[0] & own) * 2 >= len(names[0]) for own in names[1:])
    return max(runs, key=_lines_of) if is_again else members


def _first_word(one: Candidate) -> str:
    return bare_words(one.label.text).partition(" ")[0]


def _lines_of(run: Sequence[Candidate]) -> int:
    return run[-1].line - run[0].line


def _chained(page: Page, groups: list[list[Candidate]]) -> list[list[Candidate]]:
    """Join lists under headings of one plan, where the numbers of one go on in the next."""
    found: list[list[Candidate]] = []
    waiting: dict[tuple[int, int], list[Candidate]] = {}  # by level and the number that is next
    for members in groups:
        first, number = members[0], _count_of(members[0])
        before = waiting.pop((first.level, number), None) if number else None
        if before and before[-1].line < first.above and _is_one_plan(page, before[-1], first):
            before += members
        else:
            before = members
            found.append(members)
        last = _count_of(before[-1])
        if last:
            waiting[first.level, last + 1] = before
    return found


def _count_of(one: Candidate) -> int:
    """Return the number of a counted item of a list; 0 for another line."""
    is_counted = one.kind == "item" and one.label.kind == "number"
    return int(one.label.number) if is_counted and one.label.number.isdecimal() else 0


def _is_one_plan(page: Page, last: Candidate, first: Candidate) -> bool:
    """Tell whether the headings of two lists stand under one that says it is a plan."""
    outer = page.above(last.line)[1:]
    return any(says_plan(one.text) for one in page.above(first.line)[1:] if one in outer)


class _Stops:
    """Where what belongs to a candidate ends."""

    def __init__(self, page: Page, found: Sequence[Candidate]) -> None:
        self._page = page
        self._headings = [one for one in found if one.kind == "heading"]
        self._lines = [one.line for one in self._headings]
        self._behind = self._next_as_high()

    def _next_as_high(self) -> dict[int, int]:
        """Return of each heading the line of the next one that is no deeper."""
        behind: dict[int, int] = {}
        opened: list[Candidate] = []
        for heading in self._headings:
            while opened and opened[-1].level >= heading.level:
                behind[opened.pop().line] = heading.line
            opened.append(heading)
        return behind

    def ends(self, kin: Kin) -> Iterator[int]:
        """Yield for each member the line behind it."""
        is_loud = kin.kind == "line" and all(one.label.text.isupper() for one in kin.members)
        for one, following in zip_longest(kin.members, kin.members[1:]):
            last = following.line if following else self._page.end
            if one.kind == "heading":
                yield min(last, self._behind.get(one.line, last))
            elif one.kind in ("item", "box"):
                yield self.item_end(one, last)
            else:
                yield self._of_text(one, last, is_loud=is_loud)

    def _of_text(self, one: Candidate, last: int, *, is_loud: bool) -> int:
        at = bisect_left(self._lines, one.end)
        level = max(2, self._page.level_above(one.line))
        while at < len(self._lines) and self._lines[at] < last:
            if self._headings[at].level <= level:
                last = self._lines[at]
            at += 1
        lines = self._page.lines
        if one.kind == "fold":
            folds = (at + 1 for at in range(one.end, last) if is_details(lines[at]))
            return next(folds, last)
        if is_loud:
            return next((at for at in range(one.end, last) if _is_loud(lines[at])), last)
        return last

    def item_end(self, one: Candidate, last: int) -> int:
        """Return where an item of a list ends: at text that is not indented as its own is."""
        page = self._page
        for at in range(one.end, last):
            line = page.lines[at]
            if not line.strip():
                continue
            indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            if indent <= one.level and (not page.is_code(at) or not _is_own_code(page, at, one)):
                return at
        return last


def _is_own_code(page: Page, at: int, one: Candidate) -> bool:
    """Tell whether a line of code is in a block that begins indented within an item."""
    span = page.code_at(at)
    first = page.lines[span.line].expandtabs(4) if span else ""
    return len(first) - len(first.lstrip()) > one.level


def _is_loud(line: str) -> bool:
    return line.isupper() and not line[0].isspace() and len(line.split()) > 1


# -- boxes: of nested ones either the outer are the steps, or groups of them


def _boxes(boxes: list[Candidate], stops: _Stops) -> Iterator[Kin]:
    parents = _parents(boxes)
    groups = {at for place, at in enumerate(parents) if at >= 0 and _is_step_in(boxes, place, at)}
    chosen = [
        place
        for place, at in enumerate(parents)
        if place not in groups and (at < 0 or at in groups)
    ]
    coded = [place for place in chosen if boxes[place].label.kind]
    if len(coded) * 2 > len(chosen):
        chosen = coded
    members = [boxes[place] for place in chosen]
    if len(members) < _LEAST:
        return
    is_coded = len(coded) == len(members)
    kin = Kin("box", members[0].label.kind if is_coded else "", "", 0, members)
    kin.ends = list(stops.ends(kin))
    yield kin


def _parents(boxes: Sequence[Candidate]) -> list[int]:
    """Return for each box the place of the one that it is nested in, under the same heading."""
    found: list[int] = []
    opened: list[int] = []
    for place, box in enumerate(boxes):
        while opened and (
            boxes[opened[-1]].level >= box.level or boxes[opened[-1]].above != box.above
        ):
            opened.pop()
        found.append(opened[-1] if opened else -1)
        opened.append(place)
    return found


def _is_step_in(boxes: Sequence[Candidate], place: int, parent: int) -> bool:
    """Tell whether a nested box is a step of its own: its number goes on that of the outer."""
    own, outer = boxes[place].label.number, boxes[parent].label.number
    return bool(outer) and own.startswith(f"{outer}.")


# -- tables: a row a step


def _tables(page: Page, found: Iterable[Candidate]) -> Iterator[Kin]:
    """Yield tables as siblings; those with the same columns whose numbers go on are one."""
    rows: list[Candidate] = []
    alike: dict[str, list[Kin]] = defaultdict(list)
    for one in [*found, None]:
        if rows and (one is None or one.kind != "row" or one.line != rows[-1].line + 1):
            alike[page.lines[rows[0].line]] += _table(page, rows)
            rows = []
        if one is not None and one.kind == "row":
            rows.append(one)
    for tables in alike.values():
        numbers = [number for kin in tables for number in kin.numbers]
        if len(set(numbers)) == len(numbers):
            yield from _joined(tables)
        else:
            yield from tables


def _joined(tables: Sequence[Kin]) -> Iterator[Kin]:
    for first in tables[:1]:
        for kin in tables[1:]:
            first.members += kin.members
            first.ends += kin.ends
            first.cells += kin.cells
        yield first


def _table(page: Page, rows: list[Candidate]) -> Iterator[Kin]:
    """Yield a table as siblings, where its first column counts the rows."""
    if len(rows) < _LEAST + 2 or not _RULE_OF_TABLE.match(page.lines[rows[1].line]):
        return
    heads, *cells = [_cells(row.label.text) for row in (rows[0], *rows[2:])]
    if len(heads) <= _LEAST or not all(_is_counted(own, len(heads)) for own in cells):
        return
    named = [at for at, head in enumerate(heads) if at and _TASK_COLUMN.fullmatch(head)]
    title = named[0] if named else max(range(1, len(heads)), key=lambda at: _width(cells, at))
    members = [
        replace(row, label=StepLabel("number", "", own[0].rstrip("."), own[title]))
        for row, own in zip(rows[2:], cells, strict=True)
    ]
    others = [list(_named_cells(heads, own)) for own in cells]
    ends = [row.end for row in members]
    yield Kin("row", "number", "", 0, members, ends, others, is_named=bool(named))


def _is_counted(own: Sequence[str], columns: int) -> bool:
    return len(own) == columns and bool(_COUNT.fullmatch(own[0]))


def _named_cells(heads: Sequence[str], own: Sequence[str]) -> Iterator[str]:
    for head, cell in list(zip(heads, own, strict=True))[1:]:
        if cell:
            yield f"{head}: {cell}"


def _width(cells: list[list[str]], at: int) -> int:
    return sum(len(own[at]) for own in cells)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(row.strip().strip("|"))]
