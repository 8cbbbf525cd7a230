"""Cut a markdown file into items and what is around them; joined, they are the file."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.claims.mark import without_table
from sous.document.boxes import boxes_between, is_ticked, without_box_of_heading
from sous.document.counted import marked, numbered, worded
from sous.document.gather import read_outline
from sous.document.headings import heading_line, is_rule, title_at
from sous.document.leads import has_site, is_site
from sous.document.markdown import unwrapped
from sous.document.outline import Named
from sous.items.finding import SEVERITIES, Finding, own_finding
from sous.items.habits import habits_of
from sous.items.shapes import find_items
from sous.items.tables import tables_of
from sous.items.words import (
    FIELDS,
    FIRST_PLACE,
    FIXED,
    LABELS,
    SEVERITY,
    STATUS,
    TITLES,
    WHAT,
    are_done,
    is_declined,
    is_done,
    is_place,
    is_severity,
    is_undone,
    said_in,
    says_where,
    severity_in,
    without_litter,
)
from sous.lines import line_starts
from sous.output.provenance import read_signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.family import Member
    from sous.document.outline import Outline, Title
    from sous.items.habits import Habits
    from sous.items.words import Said

OPEN, DONE, SKIPPED = "open", "done", "skipped"
ID = 12  # characters of an identity that are shown
_LINES = re.compile(r"(?P<first>\d{1,9})(?:\s*[-\u2013\u2014]\s*L?(?P<last>\d{1,9}))?")
_PLACE_OR_MARK = re.compile(
    r"(?:[(\[\u2705\u2611]|[\u2014\u2013-]\s*(?:`|[\w.-]*[/.]\w|\u2705|\*{0,2}(?:done|completed?|fixed)\b)).{0,120}$",
    re.IGNORECASE,
)
_MOST = 8  # ranges of lines that are named
_FAR = 60  # characters before a box


@dataclass(frozen=True)
class Item:
    """An item of a file: its place (from 1), its bare title, what is said of it, its source.

    `start` to `end` are offsets of its source in the text, `body_start` to `body_end` of what is
    below its title; `tick` is where its box is, or would be (None: there can be none). `location`
    is as it is written.
    """

    number: int
    title: str
    state: str
    severity: str
    labels: tuple[str, ...]
    location: str
    kind: str
    text: str
    start: int
    end: int
    body_start: int
    body_end: int
    tick: tuple[int, int] | None
    line: int = 0
    confidence: float = 1.0
    why: str = ""

    @property
    def source(self) -> str:
        """The item as it stands in the file."""
        return self.text[self.start : self.end]

    @property
    def body(self) -> str:
        """What stands below the title, as it stands in the file."""
        return self.text[self.body_start : self.body_end]

    @cached_property
    def finding(self) -> Finding:
        """The item as a finding: what it quotes and where, and so its identity."""
        own = own_finding(without_box_of_heading(self.source))
        if own:
            return own
        place = FIRST_PLACE.search(self.location)
        written = place["path"] or place["folder"] if place else ""
        path = written.strip("`").removeprefix("./").replace("\\", "/")
        lines = _LINES.search(place["lines"] or "") if place else None
        first = int(lines["first"]) if lines else None
        last = int(lines["last"]) if lines and lines["last"] else first
        fields = {"severity": self.severity} if self.severity else {}
        return Finding(
            self.title,
            self.source,
            self.start,
            fields=fields,
            path=path or None,
            first=first,
            last=last,
        )

    @property
    def identity(self) -> str:
        """Finding.identity: the same whatever title or number, as long as it quotes the same."""
        return self.finding.identity

    @property
    def id(self) -> str:
        """The beginning of its identity."""
        return self.identity[:ID]


@dataclass(frozen=True)
class Items:
    """A file cut into items: its text, and the items in their order."""

    text: str
    items: tuple[Item, ...]

    @property
    def pieces(self) -> Iterator[str]:
        """Yield what stands before, between and behind the items, and each item, in order."""
        at = 0
        for item in self.items:
            yield self.text[at : item.start]
            yield item.source
            at = item.end
        yield self.text[at:]

    @property
    def left_over(self) -> int:
        """How many lines of text are in no item; headings, rules and our comments are none."""
        return len(self.lines_left)

    @property
    def lines_left(self) -> list[int]:
        """Which lines of text, from 1, are in no item."""
        starts = [*line_starts(self.text), len(self.text)]
        found: list[int] = []
        at = 0
        for start, end in [*((item.start, item.end) for item in self.items), (len(self.text), 0)]:
            for line in range(bisect_left(starts, at), bisect_left(starts, start)):
                text = self.text[starts[line] : starts[line + 1]]
                if text.strip() and not _is_frame(text.rstrip("\r\n")):
                    found.append(line + 1)
            at = end
        return found

    @property
    def confidence(self) -> float:
        """How sure it is that these are items: of the least sure one."""
        return min((item.confidence for item in self.items), default=1.0)

    @property
    def open(self) -> list[Item]:
        """The items that are to be done."""
        return [item for item in self.items if item.state == OPEN]


def read_items(text: str) -> Items:
    """Return the items of a file; none where it lists none."""
    facts = read_signature(text)[1]
    body = without_table(text[: len(text) if facts is None else text.rfind("\n<!-- sous {") + 1])
    outline = read_outline(unwrapped(without_litter(body)))
    starts = line_starts(text)
    taken = find_items(outline)
    habits = habits_of([one.member.title for one in taken])
    reader = _ItemMaker(text, starts, outline, habits)
    made = (
        replace(
            reader.item(number, one.member),
            line=one.member.title.line + 1,
            confidence=one.confidence,
            why=one.why,
        )
        for number, one in enumerate(taken, 1)
    )
    return Items(text, tuple(made))


def ranges(lines: Sequence[int]) -> str:
    """Return numbers of lines in words: `lines 3-20, 88`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    more = f" and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
    return f"line{'s' * (len(lines) != 1)} {', '.join(parts[:_MOST])}{more}"


class _ItemMaker:
    """Makes items of what was found in a text."""

    def __init__(self, text: str, starts: Sequence[int], outline: Outline, habits: Habits) -> None:
        self._text = text
        self._starts = starts
        self._outline = outline
        self._habits = habits

    def _at(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def item(self, number: int, found: Member) -> Item:
        title, last = found.title, self._trimmed(found)
        fields = self._fields(title, last)
        start, end = self._at(title.line), self._at(last)
        body = min(self._body(found, start), end)
        said = self._habits.said_in(title, _behind(title.rest))
        by_field = self._said_by_field(fields, said, title, last)
        fields += self._in_cells(title, last)
        named = self._first(fields, LABELS)
        labels = _listed(named.value if named else "")
        return Item(
            number,
            by_field.title or said.title or f"Item {number}",
            said.state or by_field.state or self._state(fields, title, last),
            self._severity(fields, said.severity or by_field.severity, title, labels),
            labels,
            self._location(fields, said) or self._site_below(found) or self._site_told(found),
            title.kind,
            self._text,
            start,
            end,
            body,
            self._end_of_body(body, end),
            self._tick(found, start),
        )

    def _fields(self, title: Title, last: int) -> list[Named]:
        found = self._outline.fields_between(title.line, last)
        return [field for field in found if field.kind != "heading" or field.name in TITLES]

    def _body(self, found: Member, start: int) -> int:
        """Return where what stands below a title begins."""
        if found.title.kind == "list":
            return start + self._behind_title(found)
        return start if found.title.kind == "row" else self._at(found.title.end)

    def _said_by_field(self, fields: Sequence[Named], said: Said, title: Title, last: int) -> Said:
        """Return what the field says that is the real title; where none is, what the title says."""
        named = self._first(fields, TITLES)
        if named is None and is_place(said.title):
            named = self._first(fields, WHAT)
        if named is None or title.kind in ("field", "front"):
            return said
        value = self._value(named, last)
        return said_in(_sentence(value) if named.name in WHAT else value)

    def _state(self, fields: Sequence[Named], title: Title, last: int) -> str:
        status = self._first(fields, STATUS)
        if status:
            done = DONE if is_done(status.value) else OPEN
            return SKIPPED if is_declined(status.value) else done
        if any(field.name in FIXED and not is_undone(field.value) for field in fields):
            return DONE
        boxes = [one for one in self._outline.titles_between(title.end, last) if one.kind == "box"]
        if boxes and title.kind == "heading" and all(is_ticked(f"- {one.box}") for one in boxes):
            return DONE
        return DONE if any(map(are_done, self._outline.above(title)[:1])) else OPEN

    def _trimmed(self, found: Member) -> int:
        """Return where an item ends without the rules and blank lines behind it."""
        lines = [
            self._text[self._at(at) : self._at(at + 1)] for at in range(found.title.end, found.end)
        ]
        while lines and (not lines[-1].strip() or is_rule(lines[-1].strip())):
            lines.pop()
        return found.title.end + len(lines)

    def _end_of_body(self, start: int, end: int) -> int:
        return start + len(self._text[start:end].rstrip())

    def _behind_title(self, found: Member) -> int:
        """Return where in a list item the text behind its bold title begins."""
        source = self._text[self._at(found.title.line) : self._at(found.title.line + 1)]
        match = re.match(r".*?(?:\*\*|__).+?(?:\*\*|__)[ \t]*[:\uff1a.]?[ \t]*", source)
        return match.end() if match and found.title.rest.strip(" :.\uff1a") else len(source)

    def _first(self, fields: Sequence[Named], names: frozenset[str]) -> Named | None:
        return next((field for field in fields if field.name in names), None)

    def _value(self, field: Named, last: int) -> str:
        """Return the value of a field, which may stand in the block of code below its name."""
        if field.value:
            return field.value.strip().strip('"`')
        for first, _, content in self._outline.codes:
            if field.line < first < min(field.line + 3, last):
                return content.strip().split("\n")[0]
        return ""

    def _in_cells(self, title: Title, last: int) -> list[Named]:
        """Return the cells of an item that is a row, and of tables of one row below a title."""
        if title.kind == "row":
            return _cells_of(title)
        below = self._outline.titles_between(title.end, last)
        tables = tables_of([row for row in below if row.kind == "row"])
        return [cell for table in tables if len(table) == 1 for cell in _cells_of(table[0])]

    def _severity(
        self, fields: Sequence[Named], said: str, node: Title, labels: Sequence[str]
    ) -> str:
        field = self._first(fields, SEVERITY)
        if field and (found := severity_in(field.value)):
            return found
        if said in SEVERITIES:
            return said
        values = [field.value for field in fields if field.name not in FIELDS]
        values += [re.split(r"[:/]", label)[-1] for label in labels]
        texts = [*filter(is_severity, values), *self._outline.above(node)]
        return next((found for text in texts if (found := severity_in(text))), "")

    def _location(self, fields: Sequence[Named], said: Said) -> str:
        for field, following in zip_longest(fields, fields[1:]):
            if says_where(field.name) and (field.value or self._place_below(field)):
                if not field.value:
                    return self._place_below(field)
                line = following.value if following and following.line == field.line else ""
                return field.value.strip() + (f":{line}" if line.isdecimal() else "")
        site = next((field.value for field in fields if is_site(field.value)), "")
        if site:
            return site
        return said.place or (said.title if is_place(said.title) else "")

    def _place_below(self, field: Named) -> str:
        """Return the first place of the list below the name of a field."""
        below = self._outline.titles_between(field.line + 1, field.line + 3)
        places = (FIRST_PLACE.search(title.text) for title in below if title.kind == "item")
        return next((place[0] for place in places if place), "").replace("`", "")

    def _site_told(self, found: Member) -> str:
        """Return the first line of a file that a paragraph names."""
        text = self._text[self._at(found.title.line) : self._at(found.end)]
        sites = FIRST_PLACE.finditer(text) if found.title.kind == "prose" else ()
        return next((site[0] for site in sites if has_site(site[0])), "").replace("`", "")

    def _site_below(self, found: Member) -> str:
        """Return the first line of an item that is a file with its line, and nothing else."""
        at = self._outline.first_site(found.title.end, found.end)
        line = "" if at is None else self._text[self._at(at) : self._at(at + 1)]
        return line.strip(" \t\r\n-*+") if is_site(line.strip(" \t\r\n-*+")) else ""

    def _tick(self, found: Member, start: int) -> tuple[int, int] | None:
        """Return where the box of an item is, or is to be put."""
        if found.title.kind in ("command", "entry"):
            return None
        line = self._text[start : self._at(found.title.line + 1)]
        at = title_at(line, found.title.kind)
        for first, last in boxes_between(line, at, at + _FAR):
            if _is_only_counting(line[at:first]):
                return start + first, start + last
        return start + at, start + at


def _cells_of(row: Title) -> list[Named]:
    cells = row.cells if row.kind == "row" else ()
    return [Named(head, cell.strip(), row.line, "bold") for head, cell in cells]


def _is_frame(line: str) -> bool:
    return heading_line(line) is not None or is_rule(line) or line.startswith("<!--")


def _behind(rest: str) -> str:
    """Return what follows a bold title in its line as far as it is a place or a mark, not text."""
    rest = rest.split("\n", maxsplit=1)[0]
    return f" {rest}" if _PLACE_OR_MARK.match(rest) else ""


def _is_only_counting(text: str) -> bool:
    """Tell whether what is before a box only counts the item: `Issue 1:`, `3.`, emphasis."""
    bare = text.strip(" \t*_")
    found = marked(bare) or worded(bare) or numbered(bare)
    return not bare or (found is not None and not found.title.strip(" *_"))


def _sentence(text: str) -> str:
    """Return the first sentence of a text, without its end."""
    return re.split(r"(?<=[\w`)])[.!?\u3002](?:\s|$)", text, maxsplit=1)[0].strip()


def _listed(value: str) -> tuple[str, ...]:
    """Return the labels that a field names."""
    ticked = re.findall(r"`([^`\n]+)`", value)
    parts = ticked or re.split(r"[,;\u3001\uff0c|]", value.strip("[]"))
    return tuple(dict.fromkeys(part for one in parts if (part := one.strip(" \t*_.[]\"'"))))
