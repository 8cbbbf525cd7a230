"""The references in one text of a report: paths and lines, names, quotes in the sentence, links."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from sous.claims.inline import is_code, is_empty_call, is_quote, quoted_beside
from sous.claims.line_numbers import lines_of_anchor
from sous.claims.literals import literals_in
from sous.claims.pathlike import normal
from sous.claims.quotes import fold_quote
from sous.claims.reference import Cited, Reference
from sous.claims.sentences import (
    CODE_SPAN,
    code_beside,
    has_none,
    is_hypothetical,
    is_hypothetical_path,
    is_of_a_commit,
    is_reported,
    is_subject,
    sentence_start,
)
from sous.claims.symbols import CALL, Symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.blocks import Link, Passage, ReportText
    from sous.claims.context import Firmness, ReportContext
    from sous.claims.evidence import Evidence
    from sous.claims.mentions import Mention, Mentions
    from sous.claims.symbols import Symbol

_STRING = re.compile(r"([\"'])[^\"']*\1")  # as likely input as code
_SAYS = re.compile(r"[*_]*\s+[\w(`]")  # behind what a sentence is about
_MOST_NEAR = 20  # paths that a name may be near
_NO_FILE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)  # what a link may lead to


class Prose:
    """Finds the references in a text; `context`: what stands above it."""

    def __init__(
        self,
        block: Passage,
        mentions: Sequence[Mention],
        firmness: Firmness,
        context: ReportContext,
    ) -> None:
        self._block = block
        self._text = block.text
        self._mentions = mentions
        self._firmness = firmness
        self._near = context.near(block)
        self._above = context.places(block)  # the lines that the finding is about
        self._bound: set[str] = set()  # names that lines belong to
        self._symbols = Symbols(block.text, mentions)
        paths = dict.fromkeys(mention.path for mention in mentions if mention.path)
        self._paths_here = tuple(paths)[:_MOST_NEAR]
        self._quotes: set[str] = set()  # what stands beside lines

    def references(self) -> Iterator[Reference]:
        """Yield the references: places first, then names, then code that no lines stand beside."""
        previous: str | None = None
        for mention in self._mentions:
            above = tuple(filter(None, dict.fromkeys((previous, *self._near))))
            near = tuple(dict.fromkeys((*above, *self._paths_here)))
            found = self._lines(mention, near) if mention.ranges else self._path(mention, near)
            yield from (replace(one, is_guess=not (above or mention.path)) for one in found)
            previous = mention.path or previous
        yield from self._names()
        yield from self._inline_quotes()
        yield from self._literals()

    def _path(self, mention: Mention, near: tuple[str, ...]) -> Iterator[Reference]:
        yield Reference(
            "path",
            mention.text.strip("`"),
            self._block.line_of(mention.at),
            mention.at,
            mention.path,
            firm=self._is_firm_place(mention) and self._is_sure_path(mention),
            bound=self._symbols.in_file(mention),
            near=near,
            link=_link_around(self._block, mention.at),
        )

    def _lines(self, mention: Mention, near: tuple[str, ...]) -> Iterator[Reference]:
        line = self._block.line_of(mention.at)
        named = mention.path or self._cited_as(mention) or (near[0] if near else None)
        quoted = bound = None
        if len(mention.ranges) == 1:
            quoted = quoted_beside(self._text, mention, self._mentions)
            bound = None if quoted else self._symbols.bound_to(mention)
            self._bound.update([bound] if bound else [])
        if quoted:
            self._quotes.add(quoted)
        for start, end in mention.ranges:
            yield Reference(
                "line",
                mention.text.strip("`"),
                line,
                mention.at,
                named,
                start,
                end,
                quote=fold_quote(quoted) if quoted else None,
                quote_line=line,
                is_named_here=mention.path is not None,
                bound=bound,
                beside=() if named else code_beside(self._text, mention.at),
                near=near,
                link=_link_around(self._block, mention.at),
            )

    def _cited_as(self, mention: Mention) -> str | None:
        """Return the path whose lines the finding names already, where a number stands alone."""
        paths = (one.path for one in self._above if (one.first, one.last) in mention.ranges)
        return next(paths, None)

    def _is_firm_place(self, mention: Mention) -> bool:
        return self._firmness.at(mention.at) and not is_hypothetical_path(self._text, mention)

    def _is_sure_path(self, mention: Mention) -> bool:
        """Tell whether a path is written as one: with a folder, in ticks, or alone in its text."""
        is_ticked = self._text[mention.at : mention.at + 1] == "`"
        is_alone = len(mention.text) >= len(self._text.strip("*_ "))
        return is_ticked or is_alone or "/" in mention.text

    def _is_firm(self, start: int, end: int) -> bool:
        return self._firmness.at(start) and not is_hypothetical(self._text, start, end)

    def _names(self) -> Iterator[Reference]:
        near = tuple(dict.fromkeys((*self._paths_here, *self._near)))
        for symbol in self._symbols.all:
            yield Reference(
                "symbol",
                symbol.name,
                self._block.line_of(symbol.at),
                symbol.at,
                firm=symbol.is_firm
                and self._is_firm(symbol.at, symbol.end)
                and not is_of_a_commit(self._text, symbol.at),
                near=near,
                places=self._places_of(symbol.at),
                is_called=symbol.is_called,
                is_beside=self._is_beside(symbol.at),
                absent_in=self._file_without(symbol),
                is_subject=self._is_free(symbol) and self._opens(symbol.at),
            )

    def _file_without(self, symbol: Symbol) -> str | None:
        """Return the file that is said to define no such name: `a.py` has no `name`."""
        number = bisect_right(self._mentions, symbol.at, key=lambda mention: mention.at) - 1
        mention = self._mentions[number] if number >= 0 else None
        is_said = mention and has_none(self._text, mention.to, symbol.at)
        return mention.path if mention and is_said else None

    def _is_free(self, symbol: Symbol) -> bool:
        """Tell whether a name stands alone: in no list, and no lines belong to it."""
        return symbol.name not in self._bound and not symbol.is_listed

    def _literals(self) -> Iterator[Reference]:
        """Yield what names are said to be in the lines of a sentence or of its finding."""
        for literal in literals_in(self._text):
            places = self._places_of(literal.at)
            if not (places or literal.is_of_constant) or self._is_place(literal.at):
                continue
            line = self._block.line_of(literal.at)
            yield Reference(
                "quote",
                literal.value,
                line,
                literal.at,
                places[0].path if places else None,
                quote=literal.value,
                quote_line=line,
                firm=self._is_firm(literal.at, literal.at + len(literal.value)),
                bound=literal.name,
                beside=(literal.unit,),
                near=self._near,
                places=places,
            )

    def _inline_quotes(self) -> Iterator[Reference]:
        """Yield code between single ticks that is more than a name, but for the quotes of lines."""
        for span in CODE_SPAN.finditer(self._text):
            code = span[1].strip()
            if self._is_place(span.start()) or code in self._quotes:
                continue
            if not is_code(code) or is_empty_call(code):
                continue
            yield self._inline_quote(code, span)

    def _is_place(self, at: int) -> bool:
        """Tell whether an offset is inside a mention."""
        number = bisect_right(self._mentions, at, key=lambda mention: mention.at) - 1
        return number >= 0 and at < self._mentions[number].to

    @cached_property
    def _cited(self) -> dict[int, list[Cited]]:
        """The lines that each sentence names, by where it begins."""
        found: dict[int, list[Cited]] = {}
        previous = self._near[0] if self._near else ""
        for mention in self._mentions:
            path = previous = mention.path or previous
            start = sentence_start(self._text, mention.at)
            places = [Cited(path, first, last) for first, last in mention.ranges if path]
            found.setdefault(start, []).extend(places)
        return found

    def _places_of(self, at: int) -> tuple[Cited, ...]:
        """Return the lines that a sentence names, else those named before it in the finding."""
        start = sentence_start(self._text, at)
        before = [places for begin, places in self._cited.items() if begin <= start and places]
        return tuple(before[-1][:_MOST_NEAR]) if before else self._above

    def _is_beside(self, at: int) -> bool:
        """Tell whether the places of a name are those of its sentence or above its text."""
        start = sentence_start(self._text, at)
        return bool(self._cited.get(start)) or self._places_of(at) == self._above

    def _is_subject(self, at: int) -> bool:
        """Tell whether a sentence is about what stands at an offset: it begins with it."""
        begin = sentence_start(self._text, at)
        number = bisect_right(self._mentions, at, key=lambda mention: mention.at) - 1
        if number >= 0 and begin <= self._mentions[number].to <= at:
            begin = self._mentions[number].to
        return is_subject(self._text, begin, at)

    def _opens(self, at: int) -> bool:
        """Tell whether a name is what lines are of: of its sentence, or the first of its text."""
        start = sentence_start(self._text, at)
        is_told = bool(self._cited.get(start)) or not self._text[:start].strip()
        return is_told and self._is_subject(at)

    def _inline_quote(self, code: str, span: re.Match[str]) -> Reference:
        places = self._places_of(span.start())
        paths = [place.path for place in places]
        is_subject = self._is_subject(span.start()) and bool(_SAYS.match(self._text, span.end()))
        is_real = is_quote(code) and self._is_firm(*span.span())
        is_claimed = is_subject or is_reported(self._text, span.start())
        is_claimed = is_claimed and bool(places) and not CALL.fullmatch(code)
        is_claimed = is_claimed and not _STRING.fullmatch(code)
        line = self._block.line_of(span.start())
        named = (*filter(None, paths[:_MOST_NEAR]), *self._near, *self._paths_here)
        near = tuple(dict.fromkeys(named))
        return Reference(
            "quote",
            code,
            line,
            span.start() + 1,
            near[0] if near else None,
            quote=fold_quote(code),
            quote_line=line,
            firm=is_claimed and is_real,
            is_named_here=sentence_start(self._text, span.start()) in self._cited,
            near=near,
            places=places,
            is_beside=self._is_beside(span.start()),
            is_real=is_real,
            is_subject=is_subject,
        )


def _link_around(block: Passage, at: int) -> Link | None:
    """Return the link whose text a place is in."""
    there = block.in_report(at) if block.links else None
    if there is None:
        return None
    number = bisect_right(block.links, there, key=lambda link: link.start) - 1
    return block.links[number] if number >= 0 and there < block.links[number].end else None


class Links:
    """Finds what the links of a report lead to, where its text does not name that."""

    def __init__(self, report: ReportText, evidence: Evidence, mentions: Mentions) -> None:
        self._report = report
        self._evidence = evidence
        self._mentions = mentions

    def references(self, block: Passage, mentions: Sequence[Mention]) -> Iterator[Reference]:
        """Yield the targets of the links in a text that `mentions` does not have."""
        named = {(mention.path, None) for mention in mentions}
        named_lines = {
            (mention.path, mention.ranges[0][0]) for mention in mentions if mention.ranges
        }
        for link in block.links:
            target = None if _NO_FILE.match(link.href) else self._target(link)
            if target and (target.named, target.start) not in named | named_lines:
                yield target

    def _target(self, link: Link) -> Reference | None:
        path, _, anchor = link.href.partition("#")
        lines = lines_of_anchor(anchor)
        named = self._evidence.from_report(normal(path))
        if not named.strip("/"):
            return None
        if not lines and not self._mentions.is_path(path, in_code=True):
            return None
        line = bisect_right(self._report.starts, link.start)
        start, end = lines or (None, None)
        return Reference(
            "line" if lines else "path",
            link.href,
            line,
            0,
            named,
            start,
            end,
            spot=self._report.spot_of_link(link),
            is_target=True,
        )
