"""Whether a reference is right: looked up in the bundle, without a model and in no time."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.claims.lookup import Lookup, QuotePlace, is_of_a_library, names_in
from sous.claims.quotes import SHORTEST, fold_quote
from sous.claims.source import FileLines, LineSpan, Source, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference

_MOST_NAMED = 5  # places of a quote that a message names


class Verdict(str, enum.Enum):
    """What came of looking a reference up."""

    VERIFIED = "verified"
    MOVED = "moved"
    UNPROVEN = "unproven"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """A reference with its verdict: the path that is meant, where it was found instead, and why."""

    reference: Reference
    verdict: Verdict
    path: str | None = None
    found: FileLines | None = None
    why: str = ""


def judge_all(references: Sequence[Reference], evidence: Evidence) -> list[Judged]:
    """Return the verdict on each reference, but for what is only mentioned and not there."""
    judge = _Judge(evidence)
    judge.lookup.prepare(references)
    judged = [one for reference in references if (one := judge.judge(reference))]
    return judged if judge.cites_bundle else [_as_cited(one) for one in judged]


def _as_cited(judged: Judged) -> Judged:
    """Return a verdict on lines that nothing proves without where they would be in the bundle."""
    is_proved = judged.reference.quote is not None
    if is_proved or judged.reference.kind != "line" or judged.verdict is not Verdict.VERIFIED:
        return judged
    return replace(judged, found=None)


class _Judge:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.lookup = Lookup(evidence)
        # quotes that are where the one numbering says, and not the other
        self._by_bundle = self._by_file = 0

    @property
    def cites_bundle(self) -> bool:
        """Whether the report names lines as a bundle counts that lost some; quotes tell."""
        return self._by_bundle > self._by_file

    def judge(self, reference: Reference) -> Judged | None:
        """Return the verdict, None for what is only mentioned."""
        judges = {
            "symbol": self._symbol,
            "quote": self._quote,
            "path": self._path,
            "line": self._lines,
        }
        return judges[reference.kind](reference)

    # -- paths

    def _path(self, reference: Reference) -> Judged | None:
        named = reference.named or ""
        meant = self.lookup.meant(reference)
        if meant:
            home = self.lookup.other_home(reference.bound, meant)
            if home:
                return _moved_name(reference, reference.bound, home)
            return Judged(reference, Verdict.VERIFIED, meant[0] if len(meant) == 1 else named)
        if "*" in named or "{" in named:
            if self._evidence.matches(named):
                return Judged(reference, Verdict.VERIFIED, named)
            return Judged(reference, Verdict.UNPROVEN, named, why="no file matches it")
        if self._evidence.has_folder(named):
            return Judged(reference, Verdict.VERIFIED, named)
        return self._missing(reference)

    def _missing(self, reference: Reference) -> Judged | None:
        """Return the verdict on a path that is not there: it may be one that is to be made."""
        named = reference.named
        if self._evidence.may_be_left_out(named):
            return Judged(reference, Verdict.UNKNOWN, named, why="it is not in the bundle")
        if not reference.firm and reference.kind == "path":
            return None
        return Judged(reference, Verdict.UNPROVEN, named, why="there is no such file")

    # -- lines

    def _lines(self, reference: Reference) -> Judged | None:
        quote = reference.quote
        meant = self.lookup.meant(reference)
        if quote and reference.firm and len(fold_quote(quote)) >= SHORTEST:
            return self._quoted_lines(reference, quote, meant)
        if not meant:
            is_named_here = reference.is_named_here
            return self._missing(reference) if is_named_here else self._without_file(reference)
        sources = self.lookup.sources(meant)
        holding = [one for one in sources if one.holds(reference.first, reference.last)]
        if not holding:
            return self._past_the_end(reference, meant, sources)
        by_name = self._by_name(reference, holding[0]) if len(holding) == 1 else None
        return by_name or self._in_range(reference, holding)

    def _past_the_end(
        self, reference: Reference, meant: Sequence[str], sources: Sequence[Source]
    ) -> Judged:
        if self.lookup.is_unsure(meant):
            why = "not all of its content is in the bundle"
            return Judged(reference, Verdict.UNKNOWN, meant[0], why=why)
        length = max((source.length for source in sources), default=0)
        why = f"the file has {length:,} lines"
        return Judged(reference, Verdict.UNPROVEN, meant[0], why=why)

    def _in_range(self, reference: Reference, holding: Sequence[Source]) -> Judged:
        if len(holding) > 1:
            return Judged(reference, Verdict.VERIFIED, reference.named)
        source = holding[0]
        mapped = source.mapped(reference.first, reference.last)
        found = FileLines(source.path, *mapped) if mapped else None
        return Judged(reference, Verdict.VERIFIED, source.path, found)

    def _without_file(self, reference: Reference) -> Judged | None:
        """Return the verdict on lines of no file: only code beside them tells which is meant."""
        for code in reference.beside:
            found = self.lookup.everywhere(code) if len(fold_quote(code)) >= SHORTEST else []
            near = {
                one.source.path for one in found if one.overlaps(reference.first, reference.last)
            }
            if len(near) == 1:
                return Judged(reference, Verdict.VERIFIED, near.pop())
            if len(found) == 1 and len(words_of(code)) > 1:
                return self._moved(reference, found[0])
        return Judged(reference, Verdict.UNKNOWN, None, why="no file is named")

    def _by_name(self, reference: Reference, source: Source) -> Judged | None:
        """Return where lines belong that stand beside a name, if that is surely elsewhere."""
        length = reference.last - reference.first
        home = self.lookup.other_home(reference.bound, [source.path])
        if home:
            lines = home._replace(end=home.start + length)
            return _moved_name(reference, reference.bound, lines)
        if source.is_reduced or not reference.bound:
            return None
        name = re.split(r"\.|::|->|#", reference.bound)[-1]
        places = source.definitions(name)
        if len(places) != 1:
            return None
        mentioned = [LineSpan(line, line) for line in source.find_word(name)]
        for span in (*places, *mentioned):
            if QuotePlace(source, span).overlaps(reference.first, reference.last):
                return None
        start, _ = source.numbered(places[0])
        return _moved_name(reference, name, FileLines(source.path, start, start + length))

    def _quoted_lines(
        self, reference: Reference, quote: str, meant: Sequence[str]
    ) -> Judged | None:
        elsewhere: list[QuotePlace] = []
        for place, is_whole in self.lookup.places(quote, meant):
            if place.is_at(reference.first, reference.last, is_whole=is_whole):
                return self._at_place(reference, place)
            elsewhere.append(place)
        if self.lookup.is_unsure(meant) and not elsewhere:
            why = "not all of the file is in the bundle"
            return Judged(reference, Verdict.UNKNOWN, meant[0], why=why)
        elsewhere = elsewhere or self.lookup.everywhere(quote, without=meant)
        if not meant and not reference.is_named_here:
            here = [one for one in elsewhere if one.is_at(reference.first, reference.last)]
            if len(here) == 1:
                return self._at_place(reference, here[0])
        if len(elsewhere) == 1:
            return self._moved(reference, elsewhere[0])
        if elsewhere:
            return _unproven_quote(reference, meant, _in_several_places(elsewhere))
        return self._unfound_lines(reference, quote, meant)

    def _unfound_lines(
        self, reference: Reference, quote: str, meant: Sequence[str]
    ) -> Judged | None:
        """Return the verdict on lines whose quote is nowhere."""
        is_in_sentence = reference.quote_line == reference.line
        is_call = is_in_sentence and self.lookup.names_call(meant, quote)
        if is_call or self.lookup.is_sketch(meant, quote):  # need not be written so
            return self._lines(replace(reference, quote=None))
        if meant:
            return _unproven_quote(reference, meant, "what is quoted stands nowhere")
        if self._evidence.is_partial or self._evidence.may_be_left_out(reference.named):
            why = "not all files are in the bundle"
            return Judged(reference, Verdict.UNKNOWN, reference.named, why=why)
        return _unproven_quote(reference, meant, "there is no such file")

    def _at_place(self, reference: Reference, found: QuotePlace) -> Judged:
        source = found.source
        start, end = source.numbered(found.span)
        if not source.in_file or source.in_bundle(found.span) == (start, end):
            return Judged(reference, Verdict.VERIFIED, source.path)
        first, last = reference.first, reference.last
        if start == first or (first <= start and end <= last):
            self._by_file += 1
            return Judged(reference, Verdict.VERIFIED, source.path)
        self._by_bundle += 1
        lines = FileLines(source.path, *(source.mapped(first, last) or (start, end)))
        return Judged(reference, Verdict.VERIFIED, source.path, lines)

    def _moved(self, reference: Reference, found: QuotePlace) -> Judged:
        lines = found.lines
        if reference.start == reference.end:
            lines = lines._replace(end=lines.start)
        is_same_file = lines.path in self._evidence.resolve(reference.named or "")
        where = "" if is_same_file else f" in {lines.path}"
        why = f"what is quoted stands in line {lines.start}{where}"
        return Judged(reference, Verdict.MOVED, lines.path, lines, why)

    # -- quotes

    def _quote(self, reference: Reference) -> Judged | None:
        quote = reference.quote or ""
        if len(fold_quote(quote)) < SHORTEST:
            return None
        meant = self.lookup.meant(reference)
        near = [path for named in reference.near for path in self._evidence.resolve(named)]
        for source in self.lookup.sources(dict.fromkeys((*meant, *near))):
            spans = self.lookup.find(source, quote)
            if spans:
                lines = source.lines_of(spans[0])
                return Judged(reference, Verdict.VERIFIED, source.path, lines)
        others = self.lookup.everywhere(quote, without=meant)
        if others:
            lines = others[0].lines
            is_moved = reference.firm and len(others) == 1 and bool(meant)
            verdict = Verdict.MOVED if is_moved else Verdict.VERIFIED
            return Judged(reference, verdict, lines.path, lines)
        return self._unfound_quote(reference, meant) if reference.firm else None

    def _unfound_quote(self, reference: Reference, meant: Sequence[str]) -> Judged:
        if self._evidence.is_partial and (not meant or self.lookup.is_unsure(meant)):
            why = "not all of the code is in the bundle"
            return Judged(reference, Verdict.UNKNOWN, reference.named, why=why)
        return _unproven_quote(reference, meant, "what is quoted stands nowhere")

    # -- names

    def _symbol(self, reference: Reference) -> Judged | None:
        names = names_in(reference.text)
        if not names:
            return None
        if self.lookup.has_name(names):
            home = self.lookup.home_of(names[-1], reference.near)
            return Judged(reference, Verdict.VERIFIED, home)
        if not reference.firm or is_of_a_library(names):
            return None
        if self._is_part_of_something(names):
            return Judged(reference, Verdict.VERIFIED)
        if self._evidence.is_partial:
            why = "not all of the code is in the bundle"
            return Judged(reference, Verdict.UNKNOWN, None, why=why)
        return Judged(reference, Verdict.UNPROVEN, None, why="there is no such name")

    def _is_part_of_something(self, names: Sequence[str]) -> bool:
        """Tell whether names are those of a module, or a beginning or end of longer ones."""
        last = names[-1]
        is_affix = last.startswith("_") or last.endswith("_")
        if is_affix and self._evidence.is_part_of_word(last):
            return True
        return len(names) > 1 and self._evidence.has_module(names)


def _moved_name(reference: Reference, name: str | None, lines: FileLines) -> Judged:
    return Judged(reference, Verdict.MOVED, lines.path, lines, f"{name} is there")


def _unproven_quote(reference: Reference, meant: Sequence[str], why: str) -> Judged:
    path = meant[0] if len(meant) == 1 else reference.named
    return Judged(reference, Verdict.UNPROVEN, path, why=why)


def _in_several_places(places: Sequence[QuotePlace]) -> str:
    first = (f"{lines.path}:{lines.start}" for lines in (one.lines for one in places[:_MOST_NAMED]))
    return f"what is quoted stands in several places: {', '.join(first)}"
