"""The shapes in which files list items, as data, and how sure each is.

No single rule reads even half of the lists in the wild. What helps most is that items are siblings:
they are counted, call themselves by one word, or have the same fields.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.family import Profile, families_of, members_of, surest
from sous.items.beside import beside
from sous.items.tables import tables_of
from sous.items.traits import siblings_in
from sous.items.whole import trusted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from sous.document.family import Family, Member
    from sous.document.outline import Outline, Title

SHAPES = (
    "headings (`## Title` with fields such as **Location:** below, `### 3. Title`, "
    "`## Issue 3: Title`), bold titles in a list or alone, lines that begin with a code, a "
    "severity or a place, conventional comments, paragraphs of a review that name lines, rows of a "
    "table, check boxes, `gh issue create` commands, lists of YAML with titles"
)

# What is wanted more than the rest.
_OWN, _WORD, _TITLED, _COMMANDS, _LISTED, _LAST = 4, 3, 2, 1, 0, -1

_BESIDE = 0.6  # least confidence of what a section beside others lists, as they do
_ROW = 0.7  # confidence of a row beside other items
_TOLD = (("told", 0.3), ("about", 0.5))
_SITED = (("sited", 0.8),)
_OTHER = {"other"}
_ELSE = {"else"}
_PLANNED = {"else", "planned"}
_INSIDE = {"inside", "planned"}
_LEADS = {"coded", "flagged", "placed"}
_SPEAKS = (("sure", 0.5), ("about", 0.5), ("report", 0.5), ("sited", 0.5), ("rated", 0.3))
WANTED = (
    Profile("heading", 2.0, {"own", "marked", "fielded"}, rank=_OWN, needs={"own"}),
    Profile(
        "heading", 1.0, {"marked", "strong"}, without=_OTHER, rank=_WORD, needs={"marked"}, least=2
    ),
    Profile("heading", 1.0, {"marked", "strong"}, without=_OTHER, rank=_TITLED, needs={"marked"}),
    Profile(
        "heading",
        0.9,
        {"worded"},
        without={"planned"},
        unless="group",
        rank=_TITLED,
        alike="word ",
        least=2,
        shares=(*_TOLD, *_SPEAKS),
    ),
    Profile(
        "heading",
        0.9,
        {"numbered"},
        rank=_TITLED,
        without=_ELSE,
        unless="group",
        shares=_TOLD,
        least=2,
    ),
    Profile(
        "heading", 0.9, {"numbered"}, rank=_TITLED, without=_ELSE, unless="group", needs={"told"}
    ),
    Profile(
        "heading",
        0.7,
        {"numbered"},
        rank=_TITLED,
        without=_ELSE,
        unless="group",
        needs={"report"},
        least=2,
    ),
    Profile("heading", 0.8, {"fielded"}, rank=_TITLED, without=_OTHER, unless="group"),
    Profile(
        "heading", 0.9, _LEADS, rank=_TITLED, without=_ELSE, shares=_SPEAKS, unless="group", least=2
    ),
    Profile("heading", 0.85, {"coded"}, rank=_TITLED, without=_ELSE, needs={"about"}),
    Profile(
        "heading", 0.85, {"flagged"}, rank=_TITLED, without=_ELSE, unless="group", needs={"sure"}
    ),
    Profile(
        "heading", 0.8, {"about", "report"}, rank=_LISTED, without=_ELSE, shares=_SITED, least=2
    ),
    Profile("heading", 0.5, {"nearest"}, rank=_LISTED, without=_ELSE, unless="bare", least=2),
    Profile("bold", 0.95, {"marked"}, rank=_TITLED),
    Profile("bold", 0.7, {"numbered"}, rank=_TITLED, needs={"about"}, least=2),
    Profile("bold", 0.6, {"numbered"}, rank=_TITLED, without=_ELSE, needs={"report"}, least=2),
    Profile(
        "bold",
        0.7,
        {"about", "report"},
        rank=_TITLED,
        without=_PLANNED,
        needs={"sited"},
        shares=_SITED,
        least=2,
    ),
    Profile("bold", 0.8, _LEADS, rank=_TITLED, without=_ELSE, shares=_SPEAKS, least=2),
    Profile("line", 0.75, _LEADS, rank=_LISTED, without=_ELSE, shares=_SPEAKS, least=2),
    Profile("list", 0.8, _LEADS, rank=_TITLED, without=_ELSE, shares=_SPEAKS, least=2),
    Profile(
        "list", 0.8, {"single"}, rank=_TITLED, without=_ELSE, shares=(("sited", 0.6),), least=2
    ),
    Profile("list", 0.5, {"report"}, rank=_LISTED, without=_PLANNED, least=2),
    Profile("item", 0.75, _LEADS, rank=_LISTED, without=_ELSE, shares=_SPEAKS, least=2),
    Profile("item", 0.4, {"nearest"}, rank=_LAST, without=_PLANNED, shares=(("plain", 0.9),)),
    Profile("list", 0.7, {"single"}, rank=_TITLED, needs={"named"}),
    Profile("list", 0.7, {"about"}, rank=_TITLED, without=_INSIDE, needs={"all about"}, least=2),
    Profile("list", 0.6, {"about"}, rank=_TITLED, without=_INSIDE, least=2),
    Profile("prose", 0.5, {"about", "report"}, rank=_LAST, without=_PLANNED, least=2),
    Profile("field", 0.75, {"title"}, rank=_TITLED),
    Profile("field", 2.0, {"front"}, rank=_TITLED),
    Profile("comment", 0.85, {"comment"}, rank=_TITLED, least=2),
    Profile("entry", 0.9, {"entry"}, rank=_COMMANDS),
    Profile("command", 0.9, {"command"}, rank=_COMMANDS),
    Profile("item", 0.7, {"strong"}, rank=_LISTED, least=2),
    Profile("row", 0.7, {"row"}, rank=_LISTED),
    Profile(
        "box",
        0.6,
        {"box"},
        rank=_LISTED,
        without={"else", "mixed", "inside"},
        needs={"about"},
        least=2,
    ),
    Profile("file", 2.0, {"file"}, rank=_TITLED, needs={"prefixed"}),
    Profile("file", 0.6, {"file"}, rank=_LISTED),
)


class Found(NamedTuple):
    """An item, how sure it is one, from 0 to 1, and the traits that say so."""

    member: Member
    confidence: float
    why: str


def find_items(outline: Outline) -> list[Found]:
    """Return the items of a file in their order, none where it has no list of items."""
    places = [False, True] if any(title.is_wrapped for title in outline.titles) else [False]
    for wrapped in places:  # what is inside fences counts where nothing outside does
        siblings = siblings_in(outline, wrapped=wrapped)
        best = surest(families_of(WANTED, siblings))
        if best:
            members = members_of(outline, best)
            found = _all_found(best, members)
            if best.wanted.rank != _OWN:
                for family in beside(outline, WANTED, siblings, best, members):
                    more = _all_found(family, members_of(outline, family))
                    found += [one._replace(confidence=max(one.confidence, _BESIDE)) for one in more]
            rows = _in_tables(best, [one.member for one in found], siblings["row"][0])
            found += [Found(row, _ROW, "row of a table with severities") for row in rows]
            return _trusted(outline, best, sorted(found, key=lambda one: one.member.title.line))
    return []


def _trusted(outline: Outline, best: Family, found: Sequence[Found]) -> list[Found]:
    """Return items as sure as the whole file lets them be, without those that it says are none."""
    most = trusted(outline, best, [one.member for one in found])
    known = [(one, most[line]) for one in found if (line := one.member.title.line) in most]
    return [one._replace(confidence=min(one.confidence, sure)) for one, sure in known]


def _all_found(family: Family, members: Sequence[Member]) -> list[Found]:
    traits = {member.title.line: member.traits for member in family.members}
    return [_found(family, member, traits[member.title.line]) for member in members]


def _found(family: Family, member: Member, traits: AbstractSet[str]) -> Found:
    wanted = family.wanted
    reasons = ", ".join(sorted(traits & (wanted.takes | wanted.needs)))
    return Found(member, family.confidence, f"{wanted.kind} ({reasons})")


def _in_tables(best: Family, members: Sequence[Member], rows: Sequence[Member]) -> list[Member]:
    """Return rows that are items beside others; a table that repeats one of them is a summary."""
    if best.wanted.rank == _OWN or best.wanted.kind in ("row", "file", "field", "command", "entry"):
        return []
    lines = {line for member in members for line in range(member.title.line, member.end)}
    known = [_words(member.title.text) for member in members]
    free = {row.title.line: row for row in rows if "sure" in row.traits}
    tables = tables_of([row.title for line, row in free.items() if line not in lines])
    new = [table for table in tables if not _repeats(table, known)]
    return [free[title.line] for table in new for title in table]


def _repeats(table: Sequence[Title], known: Sequence[frozenset[str]]) -> bool:
    return any(_is_said(_words(title.text), known) for title in table)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _is_said(words: frozenset[str], known: Sequence[frozenset[str]]) -> bool:
    """Tell whether most words of a title are those of another."""
    return any(len(words & other) * 2 > min(len(words), len(other)) for other in known)
