"""What holds at a place of a report: the paths that a text may be about, and if it is a fix."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.reference import Cited
from sous.claims.words import fix_within, is_about_fixes, labels_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.blocks import Passage
    from sous.claims.reference import Reference
    from sous.claims.words import Label


class Section(NamedTuple):
    """A heading above: its level, the path in it, and whether what is under it is about fixes."""

    level: int
    path: str | None
    is_about_fixes: bool


@dataclass(frozen=True)
class CitedHere:
    """The lines that a finding is about, and how far that goes: its list items or its table row."""

    places: tuple[Cited, ...]
    items: tuple[int, ...]
    row: int | None
    is_field: bool  # of a list of fields

    def covers(self, block: Passage) -> bool:
        """Tell whether a text is part of the finding."""
        if self.row is not None or block.column:
            return self.row == block.line and bool(block.column)
        if self.items == block.items[: len(self.items)]:
            return True
        is_sibling = self.items[:-1] == block.items[: len(self.items) - 1]
        return self.is_field and (is_sibling or not block.items)


class Firmness:
    """From where on in a text what it says is claimed to be there (True), or is to be done."""

    def __init__(self, changes: Sequence[tuple[int, bool]]) -> None:
        self._changes = changes

    def at(self, offset: int) -> bool:
        """Tell whether what stands at an offset is claimed to be there."""
        return self._changes[bisect_right(self._changes, (offset, True)) - 1][1]


@dataclass
class ReportContext:
    """What the headings, list items and labels before a block say about it."""

    sections: list[Section] = field(default_factory=list)
    items: dict[int, str] = field(default_factory=dict)  # path by list item
    last: str | None = None  # the path that was last named under this heading
    named: tuple[str, ...] = ()  # the paths that the last text named, the last first
    cited: CitedHere | None = None  # the lines that were last named under this heading
    is_fixing: bool = False  # what comes is about what should be
    fixing_in: tuple[int, ...] = ()  # the list items that this holds in
    is_fix_listed: bool = False  # the label of it stands alone: the list behind it is what it says

    def near(self, block: Passage) -> tuple[str, ...]:
        """Return the paths that a text may be about, the nearest first."""
        found = [self.items.get(item) for item in reversed(block.items)]
        found += [self.last, *self.named]
        found += [section.path for section in reversed(self.sections)]
        return tuple(filter(None, dict.fromkeys(found)))

    def places(self, block: Passage) -> tuple[Cited, ...]:
        """Return the lines that the finding is about which a text belongs to."""
        return self.cited.places if self.cited and self.cited.covers(block) else ()

    def cite(self, block: Passage, references: Sequence[Reference]) -> None:
        """Take note of the lines that a text names: its finding is about them."""
        lines = [one for one in references if one.kind == "line" and one.named]
        if not lines or (self.is_fixing and self.cited):
            return
        places = tuple(Cited(one.named or "", one.first, one.last) for one in lines)
        row = block.line if block.column else None
        is_field = any(label.is_find for label in labels_in(block.text))
        self.cited = CitedHere(places, block.items, row, is_field)

    @property
    def _is_in_fix_section(self) -> bool:
        return any(section.is_about_fixes for section in self.sections)

    def enter(self, block: Passage) -> Firmness:
        """Take note of where a block of text begins, and of the labels in it."""
        if block.kind == "heading":
            self._enter_section(block)
            return Firmness([(0, not self.is_fixing)])
        if block.items[: len(self.fixing_in)] != self.fixing_in:
            self._end_fix()
        changes = [(0, not self.is_fixing)]
        for label in labels_in(block.text):
            self._read_label(label, block)
            changes.append((label.at, not self.is_fixing))
        fix = fix_within(block.text)
        if fix is not None:
            changes = [one for one in changes if one[0] < fix] + [(fix, False)]
        return Firmness(changes)

    def _enter_section(self, block: Passage) -> None:
        while self.sections and self.sections[-1].level >= block.level:
            self.sections.pop()
        title = block.text.partition("\n")[0]
        self.is_fixing = self._is_in_fix_section or is_about_fixes(title)
        self.fixing_in, self.is_fix_listed = (), False
        self.last, self.named, self.items, self.cited = None, (), {}, None

    def _read_label(self, label: Label, block: Passage) -> None:
        if label.is_fix:
            self.is_fixing, self.fixing_in = True, block.items
            behind = block.text[label.at :].partition(label.text)[2]
            self.is_fix_listed = not block.items and not behind.strip(" :\uff1a*_")
            return
        is_in_list = self.is_fix_listed and bool(block.items)
        ends_fix = label.is_bold and not self._is_in_fix_section and not is_in_list
        if ends_fix or label.is_find:
            self._end_fix()

    def _end_fix(self) -> None:
        self.is_fixing, self.fixing_in = self._is_in_fix_section, ()
        self.is_fix_listed = False

    def leave(self, block: Passage, paths: Sequence[str]) -> None:
        """Take note of the paths that a block of text names, in order."""
        if block.kind == "heading":
            path = paths[0] if paths else None
            self.sections.append(Section(block.level, path, self.is_fixing))
        elif paths:
            if not self.is_fixing or self.last is None:
                self.last, self.named = paths[-1], tuple(reversed(paths))
            if block.items:
                self.items.setdefault(block.items[-1], paths[0])
