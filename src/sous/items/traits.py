"""What is known of titles that may be items, by their kind; of headings, see `headings`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from sous.document.family import (
    Member,
    headings_of,
    measured,
    names_more_than_once,
    to_the_next,
)
from sous.document.leads import lead_in
from sous.document.outline import Title
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
from sous.items.headings import heading_traits
from sous.items.tables import columns_of, tables_of
from sous.items.words import (
    FIELDS,
    STRONG,
    TITLES,
    WHAT,
    is_about_else,
    is_issue,
    is_part_of_issue,
    is_true,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sous.document.outline import Named, Outline
    from sous.items.tables import Columns

_LONG = 120  # characters of a title
_WORDS = 3  # of the name of a group
_FRONT = {"labels", "assignees"}  # in the front matter of an issue, and of no other page
_PARTS = 2  # of an issue, more than which a file has that is one as a whole

Siblings = dict[str, list[list[Member]]]


def siblings_in(outline: Outline, *, wrapped: bool) -> Siblings:
    """Return what may be items, by kind; `wrapped`: inside fences of markdown too."""
    levels = [headings_of(outline, level, wrapped=wrapped) for level in range(1, 7)]
    headings = [heading_traits(outline, group) for group in levels if group]
    issue = _one_issue(outline)
    found = _others(outline, issue, wrapped=wrapped)
    inside = _insides(outline, [member for group in headings for member in group])
    for kind in ("list", "box"):
        found[kind] = [
            measured(group, lambda member: {"inside"} if inside(member) else ())
            for group in found[kind]
        ]
    return {"heading": headings, **found}


def _others(outline: Outline, issue: list[Member], *, wrapped: bool) -> Siblings:
    """Return what may be items and is no heading."""
    return {
        "bold": [_counted(outline, outline.of_kind("bold", wrapped=wrapped))],
        "line": [_counted(outline, outline.of_kind("line", wrapped=wrapped))],
        "prose": [_counted(outline, outline.of_kind("prose", wrapped=wrapped))],
        "list": [
            _list(outline, outline.of_kind("list", wrapped=wrapped)),
            _list(outline, _in_groups(outline, "list", wrapped=wrapped)),
        ],
        "field": [_title_fields(outline, wrapped=wrapped)],
        "command": [_in_code(outline, "command")],
        "entry": [_in_code(outline, "entry")],
        "comment": [_comments(outline, wrapped=wrapped)],
        "item": [
            _plain(outline, outline.of_kind("item", wrapped=wrapped)),
            _plain(outline, _in_groups(outline, "item", wrapped=wrapped)),
        ],
        "row": [list(_rows(outline, outline.of_kind("row", wrapped=wrapped)))],
        "box": [[] if issue else _boxes(outline, outline.of_kind("box", wrapped=wrapped))],
        "file": [issue],
    }


def _insides(outline: Outline, headings: Sequence[Member]) -> Callable[[Member], bool]:
    """Return what tells whether a title stands in a section that begins with fields of its own."""
    spans = sorted(
        (member.title.line, member.end)
        for member in headings
        if "fielded" in member.traits and _begins_with_fields(outline, member)
    )

    def is_inside(member: Member) -> bool:
        at = bisect_left(spans, (member.title.line, 0)) - 1
        return at >= 0 and member.title.line < spans[at][1]

    return is_inside


def _begins_with_fields(outline: Outline, member: Member) -> bool:
    """Tell whether a section has two fields before its first bold list item or box."""
    first = member.title.end
    titles = outline.titles_between(first, member.end)
    listed = (
        one.line for one in titles if one.kind in ("list", "box") and not _is_field(outline, one)
    )
    fields = outline.fields_between(first, next(listed, member.end))
    names = {field.name for field in fields if field.kind == "bold" and field.value}
    return len(names) > ("numbered" not in member.traits)


# -- bold titles and list items


def _counted(outline: Outline, titles: Sequence[Title]) -> list[Member]:
    prefixes, flagged = prefixes_of(titles), tagged(titles)

    def traits(member: Member) -> Iterator[str]:
        yield from about(outline, member.title)
        yield from counted_as(member.title.text, has_marked=True)
        yield from led(member.title, prefixes)
        yield from sited(outline, member.title, member.end)
        if member.title in flagged:
            yield "flagged"

    return measured(to_the_next(outline, titles), traits)


def _in_groups(outline: Outline, kind: str, *, wrapped: bool) -> list[Title]:
    """Return items of inner lists, where those of the outer one only name groups."""
    outer = outline.of_kind("item", wrapped=wrapped)
    if len(outer) < 2:  # noqa: PLR2004
        return []
    inner = outline.of_kind(kind, wrapped=wrapped, level=1)
    lines = [title.line for title in inner]
    for group in outer:
        begins = bisect_left(lines, group.line)
        is_empty = begins == len(lines) or lines[begins] >= group.stop
        if is_empty or len(group.text.split()) > _WORDS or lead_in(group.text).end:
            return []
    return inner


def _list(outline: Outline, titles: Sequence[Title]) -> list[Member]:
    """Return bold beginnings of list items that are no fields, with what they stand under."""
    titles = [title for title in titles if not _is_field(outline, title)]
    again = names_more_than_once(title.text for title in titles)
    found = [Member(title, title.stop) for title in titles if title.text not in again]
    prefixes, flagged = prefixes_of(titles), tagged(titles)

    def traits(member: Member) -> Iterator[str]:
        yield "single"
        yield from about(outline, member.title)
        yield from led(member.title, prefixes)
        yield from sited(outline, member.title, member.end)
        if member.title in flagged:
            yield "flagged"

    found = measured(found, traits)
    found = [member for member in found if "else" not in member.traits]
    common = {"named"} if _have_fields(outline, found) else set()
    if all("about" in member.traits for member in found):
        common.add("all about")
    return measured(found, lambda _: common)


def _have_fields(outline: Outline, members: Sequence[Member]) -> bool:
    """Tell whether half of some list items have a field of items."""
    counts = Counter(
        field.name
        for member in members
        for field in outline.fields_between(member.title.line + 1, member.end)
        if field.kind == "bold"
    )
    return any(count * 2 >= len(members) and name in FIELDS for name, count in counts.items())


def _is_field(outline: Outline, title: Title) -> bool:
    own = outline.fields_between(title.line, title.line + 1)
    is_sentence = bool(title.rest) and bool(re.search(r"[:\uff1a]\s*\S", title.text))
    return not is_sentence and any(field.kind == "bold" and field.name in FIELDS for field in own)


def _plain(outline: Outline, titles: Sequence[Title]) -> list[Member]:
    """Return list items without a bold title, with what they begin with and contain."""
    prefixes, flagged = prefixes_of(titles), tagged(titles)

    def traits(member: Member) -> Iterator[str]:
        title = member.title
        fields = outline.fields_between(title.end, title.stop)
        names = {field.name for field in fields if field.kind != "heading"}
        if names & STRONG or (names & WHAT and len(names & FIELDS) > 1):
            yield "strong"
        yield from about(outline, title)
        yield from led(title, prefixes)
        yield from sited(outline, title, member.end)
        if title in flagged:
            yield "flagged"
        if not _is_field(outline, title):
            yield "plain"

    return measured([Member(title, title.stop) for title in titles], traits)


def _boxes(outline: Outline, titles: Sequence[Title]) -> list[Member]:
    """Return boxes; those beside items without one are ticks of a list of another kind."""
    lines = [heading.line for heading in outline.headings]
    items = (title for title in outline.titles if title.kind == "item" and title.level == 0)
    mixed = {bisect_left(lines, title.line) for title in items if not title.box}
    found = [Member(title, title.stop) for title in titles]

    def traits(member: Member) -> Iterator[str]:
        yield "box"
        yield from about(outline, member.title)
        if bisect_left(lines, member.title.line) in mixed:
            yield "mixed"

    return measured(found, traits)


# -- what else may be an item


def _title_fields(outline: Outline, *, wrapped: bool) -> list[Member]:
    """Return fields that are called a title; plain ones if several, and no bold ones."""
    titles = [field for field in outline.fields if field.name in TITLES and field.value]
    front = _front(outline, titles)
    if front:
        return front
    explained = [field for field in outline.fields if not is_value(field)]
    if len(titles) == 1 and explained:
        return []  # what is to be written there
    fields = [field for field in titles if field.kind == "bold"]
    if not fields and len(titles) > 1:
        fields = titles
    return [
        Member(
            Title("field", 0, at, at + 1, field.value, is_wrapped=wrapped, box=field.box),
            at + 1,
            traits=frozenset({"title"}),
        )
        for field in fields
        for at in [field.line]
    ]


def _front(outline: Outline, titles: Sequence[Named]) -> list[Member]:
    """Return issues with titles in front matter: several, or one with an issue's fields."""
    fields = [field for field in titles if field.kind == "front"]
    others = [field for field in outline.fields if field.kind == "front" and field.name in _FRONT]
    if len(fields) < 2 and not (fields and others):  # noqa: PLR2004
        return []
    return [
        Member(
            Title("front", 0, field.line, outline.front[field.line], field.value, box=field.box),
            outline.lines,
            traits=frozenset({"front"}),
        )
        for field in fields
    ]


def _in_code(outline: Outline, kind: str) -> list[Member]:
    titles = [title for title in outline.titles if title.kind == kind]
    starts = [*(title.line for title in titles[1:]), outline.lines]
    return [
        Member(title, min(title.stop, following), traits=frozenset({kind}))
        for title, following in zip(titles, starts, strict=False)
    ]


def _comments(outline: Outline, *, wrapped: bool) -> list[Member]:
    """Return conventional comments that want a change; each ends where any other begins."""
    kinds = ("comment", "no comment")
    titles = [title for kind in kinds for title in outline.of_kind(kind, wrapped=wrapped)]
    found = to_the_next(outline, sorted(titles, key=lambda title: title.line))
    wanted = [member for member in found if member.title.kind == "comment"]
    return measured(wanted, lambda _: {"comment"})


def _rows(outline: Outline, titles: Sequence[Title]) -> Iterator[Member]:
    """Yield rows of tables that have a column for the title of an item."""
    for table in tables_of(titles):
        columns = columns_of(table)
        above = set(about(outline, table[0]))
        traits = frozenset(_of_table(columns, above))
        claim = columns.place if columns.claim is None and "nearest" in above else columns.claim
        if claim is None or not traits:
            continue
        for title in table:
            text = title.cells[claim][1].strip()
            if columns.truth is not None:
                truth = [cell.strip() for _, cell in title.cells[columns.truth :]]
                text = "" if any(map(_is_right, truth)) else _against(text, truth[0])
            if re.search(r"\w", text):
                yield Member(title._replace(text=text), title.stop, traits=traits)


def _against(claim: str, truth: str) -> str:
    """Return a claim with what is so behind it, if that is no longer than a title."""
    text = f"{claim}: {truth}"
    return text if truth and len(text) < _LONG else claim


def _is_right(cell: str) -> bool:
    return is_praise(cell) or is_true(cell)


def _of_table(columns: Columns, above: set[str]) -> Iterator[str]:
    """Yield what speaks for the rows of a table; nothing where it lists something else."""
    is_clear = (columns.has_severity and columns.has_place) or columns.has_site
    if "else" in above:
        yield from ("row",) if is_clear else ()
    elif is_clear or (columns.has_severity and columns.is_named and "nearest" in above):
        yield from ("row", "sure")
    elif "about" in above or columns.has_fields or columns.has_severity:
        yield "row"


def _one_issue(outline: Outline) -> list[Member]:
    """Return a file as an item where it is one issue: one title, and an issue's sections."""
    headings = outline.headings
    first = [title for title in headings if title.level == 1]
    if len(first) != 1 or headings[0] is not first[0] or len(headings) == 1:
        return []
    texts = [title.text for title in headings[1:]]
    sections = [title.text for title in headings[1:] if title.level == headings[1].level]
    known = sum(map(is_part_of_issue, sections))
    has_boxes = any(title.kind == "box" for title in outline.titles)
    if known + has_boxes <= _PARTS or any(map(is_about_else, texts)):
        return []
    traits = {"file", "prefixed"} if is_issue(first[0].text) else {"file"}
    return [Member(first[0], outline.lines, traits=frozenset(traits))]
