"""What is known of headings that may be items: how they count, their fields, what they gather."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sous.document.counted import counts_else, marked, numbered
from sous.document.family import Member, measured
from sous.document.leads import Lead, lead_in
from sous.items.evidence import (
    about,
    counted_as,
    is_praise,
    is_value,
    led,
    prefixes_of,
    sited,
    tagged,
)
from sous.items.tables import columns_of, tables_of
from sous.items.words import (
    FIELDS,
    LOCATION,
    STATUS,
    STRONG,
    WHAT,
    is_cleared,
    is_part_of_issue,
    is_place,
    said_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.outline import Named, Outline, Title
    from sous.items.tables import Columns

_WHERE = ("location", "target")
# fields that an item has once; more of them are of several
_ONCE = ("location", "severity", "target")
_WORDS = 3  # of the name of a field


def heading_traits(outline: Outline, found: Sequence[Member]) -> list[Member]:
    """Return headings of one level with all that is known of them.

    Places of boxes are none, nor is what says that nothing is wrong there.
    """
    found = [member for member in found if not _is_place_of_boxes(outline, member)]
    found = [member for member in found if not _is_cleared(outline, member)]
    names = {member: _names(outline, member) for member in found}
    fielded = _with_fields(outline, names)
    has_marked = any(marked(member.title.text) for member in found)
    prefixes = prefixes_of(member.title for member in found)
    flagged = tagged(member.title for member in found)

    def traits(member: Member) -> Iterator[str]:
        yield "any"
        yield from about(outline, member.title)
        yield from sited(outline, member.title, member.end)
        if member.title in flagged:
            yield "flagged"
        yield from counted_as(member.title.text, has_marked=has_marked)
        if names[member] & STRONG:
            yield "strong"
        if member in fielded:
            yield "fielded"
        if member in fielded or names[member] & STRONG:
            yield "told"
        yield from led(member.title, prefixes)
        if counts_else(member.title.text):
            yield "other"
        if said_in(member.title.text).severity:
            yield from ("about", "rated")
        if _is_own(outline, member):
            yield "own"
        yield from _listed(outline, member)

    return measured(found, traits)


def _listed(outline: Outline, member: Member) -> Iterator[str]:
    """Yield what the list is that a section consists of: of items, a list at all, of praise."""
    if _is_group(outline, member):
        yield from ("group", "bare")
    elif _is_bare(outline, member) or _has_graded_table(outline, member):
        yield "bare"
    if _is_praised(outline, member):
        yield "else"


def _is_group(outline: Outline, member: Member) -> bool:
    """Tell whether a heading only gathers what is below it.

    A list of nothing but bold titles with fields of their own, bold lines that are counted, a table
    of claims, headings that are groups or have fields of items, lines with codes and severities,
    or, where the heading is no more than a file, any list.
    """
    inner = _inner(outline, member)
    if inner:
        return _is_of_groups(outline, member, inner)
    first, end = member.title.end, member.end
    titles = outline.titles_between(first, end)
    if is_place(said_in(member.title.text).title):
        has_what = any(field.name in WHAT for field in outline.fields_between(first, end))
        return any(title.kind in ("item", "row") for title in titles) and not has_what
    if sum(_is_led(title) for title in titles) > 1:
        return True
    if any(title.kind == "bold" and numbered(title.text) for title in titles):
        return not outline.has_prose(first, next(iter(titles)).line)
    return not outline.has_prose(first, end) and _lists_claims(outline, titles)


def _is_of_groups(outline: Outline, member: Member, inner: Sequence[Member]) -> bool:
    """Tell whether the headings in a section are groups or have fields of items."""
    first, end = member.title.end, inner[0].title.line
    groups = sum(_is_group(outline, one) for one in inner)
    told = sum(_is_told(outline, one) for one in inner)
    is_fieldless = not outline.fields_between(first, end)
    is_listed = groups * 2 > len(inner) or (is_fieldless and told * 2 >= len(inner))
    return is_listed and not outline.has_prose(first, end)


def _is_led(title: Title) -> bool:
    """Tell whether a line begins with a code and a severity, so that it is an item by itself."""
    lead = lead_in(title.text) if title.kind in ("bold", "line", "list") else Lead()
    return bool(lead.code and lead.is_rated)


def _is_told(outline: Outline, member: Member) -> bool:
    """Tell whether a heading has fields of an item right below, and is no part of one itself."""
    if is_part_of_issue(member.title.text):
        return False
    fields = outline.fields_between(member.title.end, member.end)
    names = {field.name for field in fields if field.kind == "bold" and field.value}
    return len(names) > 1 and bool(names & (FIELDS | STATUS))


def _lists_claims(outline: Outline, titles: Sequence[Title]) -> bool:
    """Tell whether titles are a table of claims, or list items of which half have fields."""
    items = [title for title in titles if title.kind == "item" and title.level == 0]
    if not items:
        rows = [title for title in titles if title.kind == "row"]
        return any(_has_claims(columns_of(table)) for table in tables_of(rows) if len(table) > 1)
    bold = [title for title in titles if title.kind == "list" and title.level == 0]
    told = [title for title in bold if len(set(_field_names(outline, title))) > 1]
    return bool(told) and len(told) * 2 >= len(items)


def _has_graded_table(outline: Outline, member: Member) -> bool:
    """Tell whether a section has a table whose rows each say how severe and where."""
    titles = outline.titles_between(member.title.end, member.end)
    tables = tables_of([title for title in titles if title.kind == "row"])
    found = (columns_of(table) for table in tables if len(table) > 1)
    return any(one.has_severity and (one.has_place or one.has_site) for one in found)


def _has_claims(columns: Columns) -> bool:
    return columns.claim is not None or columns.place is not None


def _inner(outline: Outline, member: Member) -> list[Member]:
    """Return the headings right below a heading."""
    below = outline.headings_between(member.title.end, member.end)
    level = min((title.level for title in below), default=0)
    found = [title for title in below if title.level == level]
    ends = [*(title.line for title in found[1:]), member.end]
    return [Member(title, end) for title, end in zip(found, ends, strict=False)]


def _is_bare(outline: Outline, member: Member) -> bool:
    """Tell whether a section is a list and nothing else, which no sentence leads to."""
    first, end = member.title.end, member.end
    titles = outline.titles_between(first, end)
    items = sum(title.kind == "item" and title.level == 0 for title in titles)
    is_else = any(title.kind in ("heading", "bold", "line") for title in titles)
    return items > 1 and not is_else and not outline.has_paragraph(first, end)


def _is_praised(outline: Outline, member: Member) -> bool:
    """Tell whether all that a section lists has the sign that it is well, and no field is there."""
    titles = outline.titles_between(member.title.end, member.end)
    items = [title for title in titles if title.kind == "item" and title.level == 0]
    fields = outline.fields_between(member.title.end, member.end)
    has_fields = any(field.kind == "bold" and field.name in FIELDS | STATUS for field in fields)
    return len(items) > 1 and not has_fields and all(is_praise(title.text) for title in items)


def _field_names(outline: Outline, title: Title) -> Iterator[str]:
    """Yield the names of the fields inside a list item."""
    for field in outline.fields_between(title.line + 1, title.stop):
        if field.kind != "heading":
            yield field.name


def _is_own(outline: Outline, member: Member) -> bool:
    """Tell whether a heading is `## …` with a field right below that says where, as ours."""
    deeper = outline.headings_between(member.title.line + 1, member.end)
    end = deeper[0].line if deeper else member.end
    fields = outline.fields_between(member.title.line + 1, end)
    return member.title.level == 2 and any(  # noqa: PLR2004
        field.name in _WHERE and field.kind == "bold" for field in fields
    )


def _with_fields(outline: Outline, names: dict[Member, frozenset[str]]) -> set[Member]:
    """Return the headings whose sections say what only items say, or the same as their siblings."""
    below = {member for member in names if "about" in set(about(outline, member.title))}
    strong = _strong(names, below)
    common = _common(list(names.values()))
    alike = {member for member in names if len(names[member] & common) > 1}
    if not alike:
        return strong
    is_known = common & FIELDS or below
    is_sure = common & STRONG or below & alike
    return strong | alike if is_known and is_sure else strong


def _strong(names: dict[Member, frozenset[str]], below: set[Member]) -> set[Member]:
    """Return the headings with fields of items; `below`: those that a word for issues is above."""
    placed = {member for member in names if _is_placed(names[member])}
    found = placed if len(placed) > 1 else set()
    found |= {member for member in names if _is_strong(names[member])}
    return found | {member for member in below if len(names[member] & FIELDS) > 1}


def _is_strong(names: frozenset[str]) -> bool:
    return bool(names & STRONG) and len(names & FIELDS) > 1


def _is_placed(names: frozenset[str]) -> bool:
    """Tell whether fields say where, and what is wrong there or whether it is done."""
    return bool(names & LOCATION and names & (WHAT | STATUS))


def _common(names: Sequence[frozenset[str]]) -> set[str]:
    """Return the names that at least half of some siblings have, and more than one."""
    counts = Counter(name for found in names for name in found)
    return {name for name, count in counts.items() if count > 1 and count * 2 >= len(names)}


def _is_cleared(outline: Outline, member: Member) -> bool:
    """Tell whether a section says that nothing is wrong: `SQL injection - none found`."""
    fields = outline.fields_between(member.title.line, member.end)
    return is_cleared(member.title.text, [one.value for one in fields if one.name in STATUS][:1])


def _is_place_of_boxes(outline: Outline, member: Member) -> bool:
    """Tell whether a heading only says in which file the boxes below it are."""
    if not is_place(member.title.text):
        return False
    below = outline.titles_between(member.title.end, member.end)
    return any(title.kind == "box" for title in below)


def _names(outline: Outline, member: Member) -> frozenset[str]:
    """Return the names of the fields of an item; those of items inside it are not its own."""
    level, first, last = member.title.level, member.title.line + 1, member.end
    fields = outline.fields_between(first, last)
    if not all(map(is_value, fields)):
        return frozenset()  # it explains what an item is
    counts = Counter(field.name for field in fields if _is_short(field))
    deeper = [title for title in outline.headings_between(first, last) if title.level > level]
    counted = sum(bool(marked(title.text) or numbered(title.text)) for title in deeper)
    if counted > 1 or any(counts[name] > 1 for name in _ONCE):
        return frozenset()  # a group of items
    return frozenset(counts)


def _is_short(field: Named) -> bool:
    return field.kind != "plain" or len(field.name.split()) <= _WORDS
