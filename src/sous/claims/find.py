"""The references to code in a report: paths, lines, quotes and names, in order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sous.claims import words
from sous.claims.blocks import Passage, ReportText
from sous.claims.context import ReportContext
from sous.claims.fenced import Fence, reference_of_quote, references_of_header
from sous.claims.line_numbers import list_in_cell, ranges_in
from sous.claims.lookup import Lookup
from sous.claims.mentions import Mention, Mentions
from sous.claims.prose import Links, Prose
from sous.claims.reference import Cited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference

_NUMBER = re.compile(r"L\d{1,3}\]?\s*[.:)\u2013\u2014-]")
_ASIDE = re.compile(r"(?P<marks>[*_]*)\s\([^()]*\)(?=[\s:*_]*$)")  # at the end of a label
CLAUSE_ENDS = re.compile(r"[.:;!?\u3002\uff1a]\W*(?:\s|$)|\s[-\u2013\u2014]\s")


def find_references(report: str, evidence: Evidence) -> list[Reference]:
    """Return the references of a report in the order in which they stand."""
    return _Finder(ReportText(report), evidence).read()


class _Finder:
    def __init__(self, report: ReportText, evidence: Evidence) -> None:
        self._report = report
        self._context = ReportContext()
        self._pending = _Pending(Lookup(evidence))
        self._mentions = Mentions(evidence)
        self._links = Links(report, evidence, self._mentions)

    def read(self) -> list[Reference]:
        before: Passage | None = None
        for block in self._report.blocks:
            is_code = block.kind == "code"
            is_heading = block.kind == "heading"
            found = list(self._in_code(block, before) if is_code else self._in_text(block))
            names_lines = not is_code and any(one.kind == "line" for one in found)
            if is_heading or names_lines:
                self._pending.begin(is_heading=is_heading)
            for reference in found:
                self._pending.add(self._placed(reference, block))
            if is_heading:
                self._pending.end_heading()
            before = block
        return self._pending.all()

    def _placed(self, reference: Reference, block: Passage) -> Reference:
        """Return a reference with where it stands in the report."""
        if reference.spot:
            return reference
        spot = self._report.spot(block, reference.at, reference.text, reference.line)
        return replace(reference, spot=spot)

    def _in_text(self, block: Passage) -> Iterator[Reference]:
        firmness = self._context.enter(block)
        mentions = _lines_in_cell(block) or self._mentions.of(block.text)
        mentions = [one for one in mentions if not _is_number_of(block, one)]
        prose = Prose(block, mentions, firmness, self._context)
        references = [*prose.references(), *self._links.references(block, mentions)]
        self._context.cite(block, references)
        self._context.leave(block, [one.named for one in references if one.named])
        yield from references

    def _in_code(self, block: Passage, before: Passage | None) -> Iterator[Reference]:
        fence = Fence(block, self._mentions)
        is_quote = fence.is_code and not self._context.is_fixing and not self._asks_for_code(before)
        header = fence.place_in_info()
        for number, (mention, line, code) in enumerate(fence.parts()):
            near = self._context.near(block)
            quote = fence.quoted(code) if is_quote else ""
            if quote and self._pending.is_done(quote, fence.instead(code), near):
                quote = ""
            place = mention or (header if number == 0 else None)
            if place:
                yield from references_of_header(place, line, quote if is_quote else None, near)
                self._context.last = place.path or self._context.last
            elif quote:
                found = reference_of_quote(quote, code, line, near)
                found = replace(found, is_real=not fence.may_be_text)
                found = replace(found, names_lines=_is_labelled(before))
                yield from self._of_above(found) if number == 0 else [found]

    def _of_above(self, quote: Reference) -> Iterator[Reference]:
        """Yield code, where it does not prove lines that the text above it names."""
        if not self._pending.prove(quote):
            yield quote

    def _asks_for_code(self, before: Passage | None) -> bool:
        """Tell whether the text before a block of code announces what is not there: `Add this:`."""
        if before is None or before.kind != "text":
            return False
        last = before.text.rstrip().rpartition("\n")[2]
        for mention in reversed(self._mentions.of(last)):
            last = f"{last[: mention.at]}{last[mention.to :]}"
        is_label = last.rstrip("*_ ").endswith(":")
        last = _ASIDE.sub(r"\g<marks>", last).rstrip("*_ :.()[]`")
        clause = CLAUSE_ENDS.split(last)[-1].strip("*_ ")
        is_missing = words.is_hypothetical(clause) or words.is_about_missing(clause)
        return words.is_about_fixes(clause) or (is_label and is_missing)


class _Pending:
    """References in order; a block of code proves the last lines before it, or their heading's."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._references: list[Reference] = []
        self._lines: list[int] = []  # where among these the lines are that a block may prove
        self._heading: list[int] = []

    def add(self, reference: Reference) -> None:
        if reference.kind == "line":
            self._lines.append(len(self._references))
        self._references.append(reference)

    def begin(self, *, is_heading: bool) -> None:
        """Begin anew with a heading, or with a text that names lines."""
        self._lines = []
        self._heading = [] if is_heading else self._heading

    def end_heading(self) -> None:
        """Remember the lines of a heading for all that stands under it."""
        self._heading = list(self._lines)

    def all(self) -> list[Reference]:
        """Return all references."""
        return self._references

    def is_done(self, quote: str, instead: str, paths: Sequence[str]) -> bool:
        """Tell whether code that is shown with what should be there instead is replaced by that."""
        return bool(instead) and self._lookup.is_replaced(quote, instead, paths)

    def prove(self, quote: Reference) -> bool:
        """Give lines that are named their quote; tell whether there are some that lacked one."""
        free = [at for at in (*self._heading, *self._lines) if self._references[at].quote is None]
        at = self._proved(free, quote.quote or "")
        if at is None:
            return False
        lines = self._references[at]
        places = tuple(
            Cited(one.named or "", one.first, one.last)
            for one in map(self._references.__getitem__, free)
            if (one.named, one.line) == (lines.named, lines.line)
        )
        self._references[at] = replace(
            lines,
            quote=quote.quote,
            quote_line=quote.quote_line,
            is_real=quote.is_real,
            names_lines=quote.names_lines,
            places=places,
        )
        return True

    def _proved(self, free: Sequence[int], quote: str) -> int | None:
        """Return which lines a quote proves: where it is, else the last that are named."""
        if len(set(free)) > 1:
            found = next((at for at in reversed(free) if self._is_there(at, quote)), None)
            if found is not None:
                return found
        if not self._lines or self._lines[-1] not in free:
            return None
        shares_line = self._lines[-1] in self._heading
        return self._lines[0] if shares_line and self._lines[0] in free else self._lines[-1]

    def _is_there(self, at: int, quote: str) -> bool:
        reference = self._references[at]
        places = self._lookup.places(quote, self._lookup.meant(reference))
        return any(
            place.is_at(reference.first, reference.last, is_whole=is_whole)
            for place, is_whole in places
        )


def _is_labelled(before: Passage | None) -> bool:
    """Tell whether a label right before a block of code, `**Quote:**`, says that this is there."""
    if before is None or before.kind != "text":
        return False
    label = next(reversed(list(words.labels_in(before.text))), None)
    is_last = label is not None and before.text.rstrip("*_:\uff1a \n").endswith(label.text)
    return is_last and label is not None and words.is_about_what_is_there(label.text)


def _is_number_of(block: Passage, mention: Mention) -> bool:
    """Tell whether lines without a path are the number of a finding in its heading: `L10. x`."""
    is_first = block.kind == "heading" and mention.path is None
    return is_first and bool(_NUMBER.match(block.text.lstrip("*_ [")))


def _lines_in_cell(block: Passage) -> list[Mention]:
    """Return the lines in a cell of a table, where its column is for them."""
    said = list_in_cell(block.text, column=block.column)
    if not said:
        return []
    return [Mention(block.text.index(said), len(block.text), None, ranges_in(said), said)]
