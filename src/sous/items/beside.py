"""What other sections of a file list, where the surest family of items is only in some of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sous.document.family import Profile, families_of, headings_of, share_of, surest
from sous.items.evidence import explains_severities, is_praise
from sous.items.words import is_about_else, is_about_issues, is_of_remarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sous.document.family import Family, Member
    from sous.document.outline import Outline, Title

_KINDS = ("heading", "bold", "line", "list", "item")
_LISTS = ("list", "item")
_TELLING = {"coded", "flagged", "placed", "marked", "rated", "strong"}
_PLAIN = Profile("item", 0.4, {"plain"}, without={"else", "planned"})
_MOST = 500  # titles that others are compared with
_HALF = 0.5  # of its members
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,5}-?\d{1,4}(?![A-Za-z0-9])")
_BEGIN = 12  # characters in which the code of a title stands
_TOP = 2  # level of the headings that part a file


class _Sought(NamedTuple):
    """What is looked for: profiles, the siblings of each kind with their lines, the best family."""

    wanted: Sequence[Profile]
    siblings: Mapping[str, Sequence[tuple[Sequence[Member], Sequence[int]]]]
    best: Family

    def between(self, first: int, end: int) -> dict[str, list[Sequence[Member]]]:
        """Return the siblings from one line to before another."""
        return {
            kind: [
                group[bisect_left(lines, first) : bisect_left(lines, end)]
                for group, lines in groups
            ]
            for kind, groups in self.siblings.items()
        }


def beside(
    outline: Outline,
    wanted: Sequence[Profile],
    siblings: Mapping[str, Sequence[Sequence[Member]]],
    best: Family,
    members: Sequence[Member],
) -> Iterator[Family]:
    """Yield the surest family of each section beside those that the best one is in.

    Such a section has a heading of the same level, which speaks of issues as theirs do.
    """
    if best.wanted.kind not in _KINDS:
        return
    known = [_words(member.title.text) for member in members[:_MOST]]
    codes = {code for member in members for code in _CODE.findall(member.title.text[:_BEGIN])}
    groups = _groups(outline, members)
    silent = {title.level for title in groups if not is_about_issues(title.text)}
    silent &= _of_several(groups)
    sought = _sought(wanted, siblings, best)
    for heading, end in _free(outline, {title.level for title in groups}, members):
        is_spoken = heading.level not in silent
        found = _in_section(outline, heading, end, sought, is_spoken=is_spoken)
        if found and _is_meant(found) and not _is_said(found, known, codes):
            yield found


def _of_several(groups: AbstractSet[Title]) -> set[int]:
    """Return the levels of which several headings have members."""
    counts = Counter(title.level for title in groups)
    return {level for level, count in counts.items() if count > 1}


def _sought(
    wanted: Sequence[Profile], siblings: Mapping[str, Sequence[Sequence[Member]]], best: Family
) -> _Sought:
    lines = {
        kind: [(group, [one.title.line for one in group]) for group in siblings[kind]]
        for kind in _KINDS
    }
    return _Sought(wanted, lines, best)


def _free(
    outline: Outline, levels: AbstractSet[int], members: Sequence[Member]
) -> Iterator[tuple[Title, int]]:
    """Yield the sections of some levels that no member is in, but for those inside another."""
    at, starts = 0, [one.title.line for one in members]
    for heading, end in _sections(outline, levels):
        before = bisect_left(starts, end) - 1
        if heading.line >= at and (before < 0 or members[before].end <= heading.line):
            at = end
            yield heading, end


def _in_section(
    outline: Outline, heading: Title, end: int, sought: _Sought, *, is_spoken: bool
) -> Family | None:
    """Return the surest family of a section, if its heading is like those of the best one."""
    if is_about_else(heading.text):
        return None
    inside = sought.between(heading.line + 1, end)
    if is_about_issues(heading.text):
        found = surest(families_of(sought.wanted, inside))
        return found if found is None or _is_told(found, heading) else None
    is_listed = sought.best.wanted.kind in _LISTS and _is_only_list(outline, heading, end)
    if is_listed and not is_spoken:
        return surest(families_of([*sought.wanted, _PLAIN], inside))
    return None


def _is_told(found: Family, heading: Title) -> bool:
    """Tell whether members are issues by themselves, where they are under a name for any remark."""
    is_known = all(member.traits & _TELLING for member in found.members)
    return is_known or not is_of_remarks(heading.text)


def _is_meant(found: Family) -> bool:
    """Tell whether what speaks of issues is above most of a family, and they are no praise."""
    is_praised = all(is_praise(member.title.text) for member in found.members)
    is_legend = explains_severities(member.title for member in found.members)
    return share_of(found.members, "about") > _HALF and not is_praised and not is_legend


def _is_only_list(outline: Outline, heading: Title, end: int) -> bool:
    """Tell whether below a heading stands a list and nothing else."""
    titles = outline.titles_between(heading.line + 1, end)
    return bool(titles) and all(title.kind in (*_LISTS, "box") for title in titles)


def _groups(outline: Outline, members: Iterable[Member]) -> set[Title]:
    """Return the headings that members stand under, but for those of the first level."""
    return {
        heading
        for member in members
        for heading in outline.headings_above(member.title)
        if heading.level >= _TOP
    }


def _sections(outline: Outline, levels: AbstractSet[int]) -> list[tuple[Title, int]]:
    """Return the headings of some levels in their order, and where the section of each ends."""
    found = [one for level in levels for one in headings_of(outline, level, wrapped=True)]
    return sorted(((one.title, one.end) for one in found), key=lambda one: one[0].line)


def _is_said(found: Family, known: Sequence[frozenset[str]], codes: AbstractSet[str]) -> bool:
    """Tell whether a family says again what titles with these words or codes say: a summary."""
    texts = [member.title.text for member in found.members]
    again = sum(
        _repeats(_words(text), known) or not codes.isdisjoint(_CODE.findall(text)) for text in texts
    )
    return again * 2 > len(found.members)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]{3,}", text.casefold()))


def _repeats(words: frozenset[str], known: Sequence[frozenset[str]]) -> bool:
    return any(len(words & other) * 2 > min(len(words), len(other)) for other in known)
