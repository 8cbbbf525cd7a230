"""The references to code in a report: paths, lines, quotes and names, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sous.claims import words
from sous.claims.blocks import Passage, ReportText
from sous.claims.context import ReportContext
from sous.claims.fenced import Fence, reference_of_quote, references_of_header
from sous.claims.line_numbers import list_in_cell, ranges_in
from sous.claims.mentions import Mention, Mentions
from sous.claims.prose import Links, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference


def find_references(report: str, evidence: Evidence) -> list[Reference]:
    """Return the references of a report in the order in which they stand."""
    return list(_Finder(ReportText(report), evidence).read())


class _Finder:
    def __init__(self, report: ReportText, evidence: Evidence) -> None:
        self._report = report
        self._context = ReportContext()
        self._pending = _Pending()
        self._mentions = Mentions(evidence)
        self._links = Links(report, evidence, self._mentions)

    def read(self) -> Iterator[Reference]:
        before: Passage | None = None
        for block in self._report.blocks:
            is_code = block.kind == "code"
            found = list(self._in_code(block, before) if is_code else self._in_text(block))
            names_lines = not is_code and any(one.kind == "line" for one in found)
            if block.kind == "heading" or names_lines:
                yield from self._pending.taken()
            for reference in found:
                self._pending.add(self._placed(reference, block))
            before = block
        yield from self._pending.taken()

    def _placed(self, reference: Reference, block: Passage) -> Reference:
        """Return a reference with where it stands in the report."""
        if reference.spot:
            return reference
        spot = self._report.spot(block, reference.at, reference.text, reference.line)
        return replace(reference, spot=spot)

    def _in_text(self, block: Passage) -> Iterator[Reference]:
        firmness = self._context.enter(block)
        mentions = _lines_in_cell(block) or self._mentions.of(block.text)
        prose = Prose(block, mentions, firmness, self._context.near(block))
        references = [*prose.references(), *self._links.references(block, mentions)]
        self._context.leave(block, [one.named for one in references if one.named])
        yield from references

    def _in_code(self, block: Passage, before: Passage | None) -> Iterator[Reference]:
        fence = Fence(block, self._mentions)
        is_quote = fence.is_code and not self._context.is_fixing and not _asks_for_code(before)
        header = fence.place_in_info()
        for number, (mention, line, code) in enumerate(fence.parts()):
            is_first = number == 0
            quote = fence.quoted(code) if is_quote else ""
            place = mention or (header if is_first else None)
            near = self._context.near(block)
            if place:
                yield from references_of_header(place, line, quote if is_quote else None, near)
                self._context.last = place.path or self._context.last
            elif quote and not (is_first and self._pending.prove(quote, line)):
                is_firm = is_first and (_is_labelled(before) or self._pending.has_path)
                yield replace(reference_of_quote(quote, code, line, near), firm=is_firm)


class _Pending:
    """References since lines were last named, which a block of code behind them may prove."""

    def __init__(self) -> None:
        self._references: list[Reference] = []
        self._lines: int | None = None  # where among these the last lines are
        self.has_path = False

    def add(self, reference: Reference) -> None:
        if reference.kind == "line":
            self._lines = len(self._references)
        self.has_path = self.has_path or reference.kind == "path"
        self._references.append(reference)

    def taken(self) -> list[Reference]:
        """Return the references, and begin anew."""
        references = self._references
        self._references, self._lines, self.has_path = [], None, False
        return references

    def prove(self, quote: str, line: int) -> bool:
        """Give the last lines that are named their quote; tell whether they lacked one."""
        if self._lines is None or self._references[self._lines].quote is not None:
            return False
        lines = self._references[self._lines]
        self._references[self._lines] = replace(lines, quote=quote, quote_line=line)
        return True


def _lines_in_cell(block: Passage) -> list[Mention]:
    """Return the lines in a cell of a table, where its column is for them."""
    said = list_in_cell(block.text, column=block.column)
    if not said:
        return []
    return [Mention(block.text.index(said), len(block.text), None, ranges_in(said), said)]


def _asks_for_code(before: Passage | None) -> bool:
    """Tell whether the text before a block of code announces what should be: `Add this:`."""
    if before is None or before.kind != "text":
        return False
    last = before.text.rstrip().rpartition("\n")[2]
    return last.endswith(":") and words.is_hypothetical(last.rstrip(":"))


def _is_labelled(before: Passage | None) -> bool:
    """Tell whether the first label in the text before a block of code announces what is there."""
    if before is None or before.kind != "text":
        return False
    label = next(words.labels_in(before.text), None)
    return label is not None and words.is_about_what_is_there(label.text)
