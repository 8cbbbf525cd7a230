"""Families of siblings: titles of one kind that belong together, and how sure it is that they do.

A reader says what it looks for as data, a table of `Profile`; here the titles of a file are
measured against it, and the surest family is chosen. The reader knows the traits of a title.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sous.document.blocks import Span
    from sous.document.outline import Outline, Title

_HALF = 0.5  # of the members
_LONG = 6  # digits of a number that counts nothing


class Member(NamedTuple):
    """A sibling: its title, the line where its section ends, its number and its traits."""

    title: Title
    end: int
    number: str = ""
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Profile:
    """What a reader looks for, and how sure it then is.

    `kind` of titles; `takes`: the traits of which a member has one, `without`: those that it has
    not. `needs`: traits of which some member has one; `least`: members; `shares`: traits with the
    share of members that have them, of which one has to be reached (none: no matter). `alike`: only
    titles with the same trait that begins so; `unless`: a trait that at least half of
    the members of what is not wanted have. `runs`: how much it counts, from 0 to 1, that the
    numbers do not begin again. `rank`: what is wanted more is taken before what is surer.
    """

    kind: str
    sure: float
    takes: AbstractSet[str]
    without: AbstractSet[str] = frozenset()
    needs: AbstractSet[str] = frozenset()
    least: int = 1
    shares: tuple[tuple[str, float], ...] = ()
    alike: str = ""
    unless: str = ""
    runs: float = 0.0
    rank: int = 0

    def families_in(self, siblings: Sequence[Member]) -> Iterator[Family]:
        """Yield the families of this kind among siblings."""
        for group in self._groups(siblings):
            found = [
                member
                for member in group
                if member.traits & self.takes and not member.traits & self.without
            ]
            if len(found) >= self.least and self._is_met(found):
                yield Family(self, tuple(found))

    def _groups(self, siblings: Sequence[Member]) -> list[list[Member]]:
        if not self.alike:
            return [list(siblings)]
        groups: dict[str, list[Member]] = {}
        for member in siblings:
            for trait in member.traits:
                if trait.startswith(self.alike):
                    groups.setdefault(trait, []).append(member)
        return list(groups.values())

    def _is_met(self, found: Sequence[Member]) -> bool:
        if self.needs and not any(member.traits & self.needs for member in found):
            return False
        if self.unless and share_of(found, self.unless) >= _HALF:
            return False
        reached = (share_of(found, trait) >= share for trait, share in self.shares)
        return not self.shares or any(reached)


@dataclass(frozen=True)
class Family:
    """Siblings that are what was wanted, in their order."""

    wanted: Profile
    members: tuple[Member, ...]

    @cached_property
    def runs_on(self) -> float:
        """How many of the numbers from the first to the last come, as a share; 1 without any."""
        numbers = [member.number for member in self.members if member.number]
        distinct = set(numbers)
        counts = [int(number) for number in distinct if number.isdecimal() and len(number) < _LONG]
        between = max(counts) - min(counts) + 1 if len(counts) == len(distinct) > 0 else 0
        return len(distinct) / max(len(numbers), between) if numbers else 1.0

    @property
    def confidence(self) -> float:
        """How sure it is that these are siblings of what was wanted, from 0 to 1."""
        return min(1.0, self.wanted.sure) * (1 - self.wanted.runs * (1 - self.runs_on))

    @property
    def score(self) -> float:
        """What families are compared by: many are surer than few."""
        sure = self.wanted.sure * (1 - self.wanted.runs * (1 - self.runs_on))
        return sure * math.sqrt(len(self.members))


def share_of(members: Sequence[Member], trait: str) -> float:
    """Return the share of members that have a trait."""
    return sum(trait in member.traits for member in members) / max(1, len(members))


def families_of(
    wanted: Iterable[Profile], siblings: Mapping[str, Sequence[Sequence[Member]]]
) -> Iterator[Family]:
    """Yield the families among siblings: for each kind, those of one level and parent."""
    for want in wanted:
        for group in siblings.get(want.kind, ()):
            yield from want.families_in(group)


def surest(families: Iterable[Family]) -> Family | None:
    """Return the family that is wanted most, of these the surest; of equals the first."""
    return max(families, key=lambda family: (family.wanted.rank, family.score), default=None)


def measured(members: Sequence[Member], traits: Callable[[Member], Iterable[str]]) -> list[Member]:
    """Return members with traits added."""
    return [member._replace(traits=member.traits | frozenset(traits(member))) for member in members]


def headings_of(outline: Outline, level: int, *, wrapped: bool) -> list[Member]:
    """Return the headings of a level; a section ends at the next heading that is no deeper."""
    headings = [title for title in outline.headings if wrapped or not title.is_wrapped]
    bounds = [title for title in headings if title.level <= level]
    return [
        Member(title, following.line if following else outline.lines)
        for title, following in zip_longest(bounds, bounds[1:])
        if title.level == level
    ]


def to_the_next(outline: Outline, titles: Sequence[Title]) -> list[Member]:
    """Return titles that are no headings: each reaches to the next one, or a heading."""
    found = []
    for title, following in zip_longest(titles, titles[1:]):
        last = following.line if following else outline.lines
        headings = outline.headings_between(title.line + 1, last)
        found.append(Member(title, headings[0].line if headings else last))
    return found


def of_list(outline: Outline, titles: Sequence[Title]) -> list[Member]:
    """Return list items, each with what belongs to it though it is not indented."""
    found = []
    for title, following in zip_longest(titles, titles[1:]):
        last = following.line if following else outline.lines
        headings = [heading.line for heading in outline.headings_between(title.line + 1, last)]
        end = min([last, *headings, *outline.rules_between(title.line, last)])
        fields = any(field.kind != "heading" for field in outline.fields_between(title.stop, end))
        code = any(title.stop <= first < end for first, _, _ in outline.codes)
        found.append(Member(title, end if fields or code else min(end, title.stop)))
    return found


_EXTENTS = {
    "bold": to_the_next,
    "line": to_the_next,
    "prose": to_the_next,
    "field": to_the_next,
    "list": of_list,
    "item": of_list,
}


def members_of(outline: Outline, family: Family) -> list[Member]:
    """Return the members of a family, each with the end that it has among these siblings."""
    find = _EXTENTS.get(family.wanted.kind)
    members = family.members
    found = find(outline, [member.title for member in members]) if find else members
    return without_closing(outline, found)


def without_closing(outline: Outline, members: Sequence[Member]) -> list[Member]:
    """End the last member at the rule behind it, where rules part the others."""
    pairs = [(one.title.line, following.title.line) for one, following in pairwise(members)]
    between = [outline.rules_between(*pair) for pair in pairs]
    parted = sum(
        any(not _is_before_more(outline, rule, line) for rule in rules)
        for rules, (_, line) in zip(between, pairs, strict=True)
    )
    found, last = list(members), members[-1]
    rules = outline.rules_between(last.title.line, last.end)
    is_parted = bool(between) and parted * 2 >= len(between)
    if rules and is_parted and not any(len(rules) > 1 for rules in between):
        found[-1] = last._replace(end=rules[0])
    return found


def _is_before_more(outline: Outline, rule: int, line: int) -> bool:
    """Tell whether between a rule and the next title stands more than headings."""
    return any(title.kind != "heading" for title in outline.titles_between(rule + 1, line))


def names_more_than_once(names: Iterable[str]) -> set[str]:
    """Return the names that come more than once."""
    return {name for name, count in Counter(names).items() if count > 1}


def left_out(lines: Sequence[str], spans: Iterable[Span]) -> list[int]:
    """Return the lines (from 0) with text that belong to none of some spans."""
    found: list[int] = []
    at = 0
    for span in spans:
        found += range(at, span.line)
        at = max(at, span.end)
    found += range(at, len(lines))
    return [line for line in found if lines[line].strip()]
