"""What in a markdown file can be the title of a sibling, and the named values around."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.document.headings import Folded

_Placed = TypeVar("_Placed", "Title", "Named")
MOST = 2_000  # characters of a title that are looked at


class Title(NamedTuple):
    """A line that can be the title of a sibling.

    `kind`: heading, bold, list (bold in it), item, box, row, command, entry (of YAML), field,
    comment (a conventional one; `no comment`: praise and the like), line (a line of a
    paragraph that begins with a code, a severity or a place), or prose (a sentence of a paragraph
    that names a line of a file; the whole paragraph is below it); `level` of a
    heading, depth of a list item. `line` to `end` (from 0, behind the last) is the title itself,
    `stop` where a list item or a row ends (0: open). `text`: its source without what marks the
    kind, and without the `box` before it (`[x]`; empty: none); `rest`: what follows a bold title in
    its line. `is_wrapped`: it is inside a fence of markdown.
    """

    kind: str
    level: int
    line: int
    end: int
    text: str
    stop: int = 0
    rest: str = ""
    is_wrapped: bool = False
    cells: tuple[tuple[str, str], ...] = ()
    box: str = ""


class Named(NamedTuple):
    """A named value: its lower-case name, the value, its line from 0, the `box` before it.

    `kind`: bold, plain, name alone, cell (of a table with two columns), or heading.
    """

    name: str
    value: str
    line: int
    kind: str
    box: str = ""


@dataclass(frozen=True)
class Outline:
    """The titles and named values of a file in their order, the rules between sections, its lines.

    `codes`: blocks of code, each its first and last line and what is in it. `front`: for each title
    in front matter the line where that ends. `sites`: lines that are a file with a line of it;
    `folded`: what is folded away, with its summary. `leads`: of each paragraph in no list the
    text, where it ends with a colon; empty for others.
    """

    titles: Sequence[Title]
    fields: Sequence[Named]
    rules: Sequence[int]
    lines: int
    codes: Sequence[tuple[int, int, str]]
    front: Mapping[int, int] = field(default_factory=dict)
    sites: Sequence[int] = ()
    folded: Sequence[Folded] = ()
    leads: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def headings(self) -> list[Title]:
        """The titles that are headings."""
        return [title for title in self.titles if title.kind == "heading"]

    def of_kind(self, kind: str, *, wrapped: bool, level: int = 0) -> list[Title]:
        """Return the titles of a kind, of lists the outermost, inside or outside of fences."""
        return [
            title
            for title in self.titles
            if title.kind == kind and title.level == level and title.is_wrapped == wrapped
        ]

    def first_site(self, first: int, last: int) -> int | None:
        """Return the first of some lines that is a file with a line of it, None where none is."""
        at = bisect_left(self.sites, first)
        return self.sites[at] if at < len(self.sites) and self.sites[at] < last else None

    @cached_property
    def _heading_lines(self) -> list[int]:
        return [title.line for title in self.headings]

    @cached_property
    def _field_lines(self) -> list[int]:
        return [field.line for field in self.fields]

    @cached_property
    def _title_lines(self) -> list[int]:
        return [title.line for title in self.titles]

    def fields_between(self, first: int, last: int) -> Sequence[Named]:
        """Return the named values from one line to before another."""
        return _between(self.fields, self._field_lines, first, last)

    def headings_between(self, first: int, last: int) -> Sequence[Title]:
        """Return the headings from one line to before another."""
        return _between(self.headings, self._heading_lines, first, last)

    def titles_between(self, first: int, last: int) -> Sequence[Title]:
        """Return the titles from one line to before another."""
        return _between(self.titles, self._title_lines, first, last)

    def rules_between(self, first: int, last: int) -> Sequence[int]:
        """Return the rules between two lines."""
        return self.rules[bisect_left(self.rules, first + 1) : bisect_left(self.rules, last)]

    @cached_property
    def _parents(self) -> list[int]:
        """For each heading the place of the one that it stands under, -1 where there is none."""
        found: list[int] = []
        for at, title in enumerate(self.headings):
            above = at - 1
            while above >= 0 and self.headings[above].level >= title.level:
                above = found[above]
            found.append(above)
        return found

    def above(self, title: Title) -> list[str]:
        """Return the texts of the headings that a title stands under, the nearest first."""
        return self._summaries(title.line) + [one.text for one in self.headings_above(title)]

    def headings_above(self, title: Title) -> list[Title]:
        """Return the headings that a title stands under, the nearest first."""
        at = bisect_left(self._heading_lines, title.line)
        if title.kind == "heading":
            at = self._parents[at] if at < len(self.headings) else -1
        else:
            at -= 1
        found = []
        while at >= 0:
            found.append(self.headings[at])
            at = self._parents[at]
        return found

    @cached_property
    def _lead_lines(self) -> list[int]:
        return sorted(self.leads)

    def lead_of(self, title: Title) -> str:
        """Return the sentence that a list follows, where it ends with a colon; empty for none."""
        at = bisect_left(self._lead_lines, title.line) - 1
        heading = bisect_left(self._heading_lines, title.line) - 1
        if at < 0 or (heading >= 0 and self.headings[heading].line > self._lead_lines[at]):
            return ""
        return self.leads[self._lead_lines[at]]

    def has_prose(self, first: int, last: int) -> bool:
        """Tell whether between two lines is a paragraph in no list that leads to none."""
        return not all(self.leads[line] for line in self._paragraphs(first, last))

    def has_paragraph(self, first: int, last: int) -> bool:
        """Tell whether between two lines is a paragraph in no list."""
        return bool(self._paragraphs(first, last))

    def _paragraphs(self, first: int, last: int) -> Sequence[int]:
        at = bisect_left(self._lead_lines, first)
        return self._lead_lines[at : bisect_left(self._lead_lines, last)]

    @cached_property
    def _folded_lines(self) -> list[int]:
        return [folded.line for folded in self.folded]

    def _summaries(self, line: int) -> list[str]:
        """Return the summaries of what a line is folded away in, the nearest first."""
        at = bisect_left(self._folded_lines, line) - 1
        texts = []
        while at >= 0:
            if self.folded[at].end > line:
                texts.append(self.folded[at].summary)
            at = self.folded[at].parent
        return texts


def _between(
    found: Sequence[_Placed], lines: Sequence[int], first: int, last: int
) -> Sequence[_Placed]:
    return found[bisect_left(lines, first) : bisect_left(lines, last)]


def on_one_line(text: str) -> str:
    """Return the text of a title on one line, as much of it as is looked at."""
    return " ".join(text[:MOST].split())
