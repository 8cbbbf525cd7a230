"""Whether a reference is right: looked up in the bundle, without a model and in no time."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sous.claims.literals import is_number, number_of, value_of
from sous.claims.lookup import (
    Lookup,
    QuotePlace,
    is_altered_line,
    is_near,
    names_in,
)
from sous.claims.named import NameJudge
from sous.claims.named_paths import PathJudge
from sous.claims.quotes import SHORTEST, fold_quote
from sous.claims.reference import Cited
from sous.claims.source import FileLines, LineSpan, Source, words_of
from sous.claims.support import without_support
from sous.claims.verdict import (
    MOST_NAMED,
    Judged,
    Verdict,
    in_several_places,
    moved_name,
    unproven_quote,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference


_OFTEN = 3  # times as often as another part of the project
_NOWHERE = "the quote is nowhere"
_TELLING = 40  # characters of code that is looked for in all files


def judge_all(references: Sequence[Reference], evidence: Evidence) -> list[Judged]:
    """Return the verdict on each reference, but for what is only mentioned and not there."""
    judge = _Judge(evidence)
    judge.lookup.prepare(references)
    judged = [one for reference in references if (one := judge.judge(reference))]
    judged = judge.settled(judge.without_shared(judged))
    judged = without_support(judged, judge.lookup)
    return judged if judge.cites_bundle else [_as_cited(one) for one in judged]


def _as_cited(judged: Judged) -> Judged:
    """Return a verdict on lines that nothing proves without where they would be in the bundle."""
    is_proved = judged.reference.quote is not None
    is_there = judged.verdict in (Verdict.VERIFIED, Verdict.LOCATED)
    if is_proved or judged.reference.kind != "line" or not is_there:
        return judged
    return replace(judged, found=None)


class _Judge:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.lookup = Lookup(evidence)
        self._names = NameJudge(evidence, self.lookup)
        self._paths = PathJudge(evidence, self.lookup)
        # quotes that are where the one numbering says, and not the other
        self._by_bundle = self._by_file = 0

    @property
    def cites_bundle(self) -> bool:
        """Whether the report names lines as a bundle counts that lost some; quotes tell."""
        return self._by_bundle > self._by_file

    def without_shared(self, judged: Sequence[Judged]) -> list[Judged]:
        """Return verdicts; of several files that are named together, one has the quote."""
        together: dict[int, set[str]] = {}
        for one in judged:
            if one.reference.kind == "line" and one.path:
                together.setdefault(one.reference.line, set()).add(one.path)
        found: list[Judged | None] = []
        for one in judged:
            others = together.get(one.reference.line, set()) - {one.path}
            is_shared = one.verdict is Verdict.UNPROVEN and self._is_in(others, one.reference)
            bare = replace(one.reference, quote=None, bound=None)
            found.append(self._lines(bare) if is_shared else one)
        return list(filter(None, found))

    def settled(self, judged: Sequence[Judged]) -> list[Judged]:
        """Return verdicts; of files of one name the one is meant that the names beside tell.

        What is told in one place of a report holds in the others, where nothing tells another.
        """
        names: dict[int, set[str]] = {}
        for one in judged:
            if one.reference.kind == "symbol":
                names.setdefault(one.reference.line, set()).update(
                    names_in(one.reference.text)[-1:]
                )
        unsure = [one for one in judged if one.verdict is Verdict.AMBIGUOUS]
        told: dict[str, set[str]] = {}
        for one in unsure:
            beside = set().union(*(names.get(one.reference.line + at, ()) for at in (-1, 0, 1)))
            told.setdefault(one.reference.named or "", set()).update(self._told(one, beside))
        usual = Counter(one.path for one in judged if one.verdict is not Verdict.AMBIGUOUS)
        return [
            self._chosen(one, told[one.reference.named or ""] or self._usual(one, usual))
            if one.verdict is Verdict.AMBIGUOUS
            else one
            for one in judged
        ]

    def _usual(self, one: Judged, counted: Mapping[str | None, int]) -> set[str]:
        """Return the one of several files whose part of the project the rest of a report is of."""
        meant = self.lookup.meant(one.reference)
        parts = [path.split("/") for path in meant]
        same = sum(
            1 for _ in itertools.takewhile(_is_one, zip(*map(reversed, parts), strict=False))
        )
        of_part = {
            path: sum(count for other, count in counted.items() if other and other.startswith(part))
            for path in meant
            if (part := "".join(f"{name}/" for name in path.split("/")[:-same]))
        }
        best = max(of_part, key=lambda path: of_part[path], default="")
        others = sum(of_part.values()) - of_part.get(best, 0)
        return {best} if of_part.get(best, 0) >= _OFTEN * (others + 1) else set()

    def _told(self, one: Judged, names: Iterable[str]) -> Iterable[str]:
        """Return the one file whose lines have a name that stands beside them; else none."""
        first, last = one.reference.first, one.reference.last
        sources = self.lookup.sources(self.lookup.meant(one.reference))
        found = {
            source.path
            for source in sources
            for name in names
            if source.holds(first, last) and is_near(source, name, first, last)
        }
        return found if len(found) == 1 else ()

    def _chosen(self, one: Judged, paths: AbstractSet[str]) -> Judged:
        sources = self.lookup.sources(paths) if len(paths) == 1 else []
        holding = [file for file in sources if file.holds(one.reference.first, one.reference.last)]
        return self._in_range(one.reference, holding) if holding else one

    def _is_in(self, paths: Iterable[str], reference: Reference) -> bool:
        quote = reference.quote if reference.kind == "line" else None
        sources = self.lookup.sources(paths) if quote else []
        return any(self.lookup.find(source, quote or "") for source in sources)

    def judge(self, reference: Reference) -> Judged | None:
        """Return the verdict, None for what is only mentioned."""
        judges = {
            "symbol": self._names.judge,
            "quote": self._quote,
            "path": self._paths.judge,
            "line": self._lines,
        }
        return judges[reference.kind](reference)

    # -- lines

    def _lines(self, reference: Reference) -> Judged | None:
        quote = reference.quote
        meant = self.lookup.meant(reference)
        if quote and reference.firm and len(fold_quote(quote)) >= SHORTEST:
            return self._quoted_lines(reference, quote, meant)
        if not meant:
            is_named_here = reference.is_named_here
            return (
                self._paths.missing(reference) if is_named_here else self._without_file(reference)
            )
        sources = self.lookup.sources(meant)
        holding = [one for one in sources if one.holds(reference.first, reference.last)]
        holding = holding or self._deeper(reference, meant) or self._nearer(reference)
        if not holding and _is_no_claim(reference, sources):
            return None
        if not holding:
            return self._past_the_end(reference, meant, sources)
        by_name = self._by_name(reference, holding[0]) if len(holding) == 1 else None
        return by_name or self._in_range(reference, holding)

    def _deeper(self, reference: Reference, meant: Sequence[str]) -> list[Source]:
        """Return the one file in a folder, named without it, that has lines the one named has not.

        A report may be about a part of the project, and name its paths from there.
        """
        ending = f"/{meant[0]}" if len(meant) == 1 else ""
        paths = [path for path in self._evidence.paths if ending and path.endswith(ending)]
        found = self.lookup.sources(paths)
        holding = [one for one in found if one.holds(reference.first, reference.last)]
        return holding if len(holding) == 1 else []

    def _nearer(self, reference: Reference) -> list[Source]:
        """Return the nearest other file that has lines which the last named file has not.

        `line 8` behind a sentence that names another file may be of the place of the finding.
        """
        near = () if reference.is_named_here else reference.near
        sources = self.lookup.sources(path for one in near for path in self._evidence.resolve(one))
        return [one for one in sources if one.holds(reference.first, reference.last)][:1]

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
            why = f"it may be {' or '.join(source.path for source in holding[:MOST_NAMED])}"
            return Judged(reference, Verdict.AMBIGUOUS, reference.named, why=why)
        source = holding[0]
        mapped = source.mapped(reference.first, reference.last)
        found = FileLines(source.path, *mapped) if mapped else None
        names = names_in(reference.bound or "")
        is_proved = bool(names) and is_near(source, names[-1], reference.first, reference.last)
        verdict = Verdict.VERIFIED if is_proved else Verdict.LOCATED
        return Judged(reference, verdict, source.path, found)

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
        if home and not reference.is_named_here:
            is_there = home.start == reference.start
            return Judged(reference, Verdict.VERIFIED, home.path) if is_there else None
        if home:
            lines = home._replace(end=home.start + length)
            return moved_name(reference, reference.bound, lines)
        if source.is_reduced or not reference.bound:
            return None
        name = re.split(r"\.|::|->|#", reference.bound)[-1]
        places = source.definitions(name)
        if len(places) != 1 or is_near(source, name, reference.first, reference.last):
            return None
        start, _ = source.numbered(places[0])
        return moved_name(reference, name, FileLines(source.path, start, start + length))

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
        if elsewhere and reference.is_named_here:
            return unproven_quote(reference, meant, in_several_places(elsewhere))
        return self._unfound_lines(reference, quote, meant)

    def _unfound_lines(
        self, reference: Reference, quote: str, meant: Sequence[str]
    ) -> Judged | None:
        """Return the verdict on lines whose quote is nowhere as a whole: code nearly like it tells.

        All else may be told freely, or not be of the file at all; then the lines alone are judged.
        """
        picked = self.lookup.picked_from(meant, quote, reference)
        if picked:
            return Judged(reference, Verdict.VERIFIED, picked)
        cited = Cited(reference.named or "", reference.first, reference.last)
        if self.lookup.is_told_shorter(meant, quote, cited):
            return self._lines(replace(reference, quote=None))
        altered = self._altered(reference, quote, meant)
        if altered or not (meant and self._is_asserted(reference, quote, meant)):
            return altered or self._lines(replace(reference, quote=None))
        return unproven_quote(reference, meant, _NOWHERE)

    def _is_asserted(self, reference: Reference, quote: str, meant: Sequence[str]) -> bool:
        """Tell whether a quote is right beside its lines, or names them itself."""
        if not reference.is_real:
            return False
        if reference.quote_line == reference.line:
            is_told = self.lookup.is_flat(meant, quote) or self.lookup.names_call(meant, quote)
            return reference.is_named_here and not is_told
        return reference.names_lines and not self.lookup.is_mostly_there(meant, quote)

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
        why = f"the quote is in line {lines.start}{where}"
        return Judged(reference, Verdict.MOVED, lines.path, lines, why)

    # -- quotes

    def _quote(self, reference: Reference) -> Judged | None:
        quote = reference.quote or ""
        if reference.bound:
            return self._literal(reference, quote)
        if len(fold_quote(quote)) < SHORTEST:
            return None
        if reference.places:
            at_places = self._quote_at_places(reference, quote)
            if at_places:
                return at_places
        meant = self.lookup.meant(reference)
        near = [path for named in reference.near for path in self._evidence.resolve(named)]
        for source in self.lookup.sources(dict.fromkeys((*meant, *near))):
            spans = self.lookup.find(source, quote)
            if spans:
                lines = source.lines_of(spans[0])
                return Judged(reference, Verdict.VERIFIED, source.path, lines)
        others = self.lookup.everywhere(quote, without=meant)
        return self._in_another(reference, meant, others) or self._unfound(reference, quote, meant)

    def _in_another(
        self, reference: Reference, meant: Sequence[str], others: Sequence[QuotePlace]
    ) -> Judged | None:
        if not others:
            return None
        lines = others[0].lines
        is_claimed_here = reference.firm and reference.is_named_here and bool(meant)
        verdict = Verdict.LOCATED if is_claimed_here else Verdict.VERIFIED
        return Judged(reference, verdict, lines.path, lines)

    def _unfound(self, reference: Reference, quote: str, meant: Sequence[str]) -> Judged | None:
        """Return the verdict on code that is nowhere, None where nobody claims that it is."""
        near = [path for named in reference.near for path in self._evidence.resolve(named)]
        if not (meant or near) and len(quote) > _TELLING:
            near = self.lookup.holding(quote)
        found = self._altered(reference, quote, (*meant, *near))
        found = found or self._other_arguments(reference, quote)
        if found or not reference.firm or (reference.named and not meant):
            return found
        invented = None if self._evidence.is_partial else self.lookup.invented_in(quote)
        if invented:
            return unproven_quote(reference, meant, f"there is no {invented}")
        return Judged(reference, Verdict.UNKNOWN, meant[0] if meant else None, why=_NOWHERE)

    def _other_arguments(self, reference: Reference, quote: str) -> Judged | None:
        """Return the verdict on a call or a signature with other parameters than the function."""
        found = self.lookup.otherwise_defined(quote) if reference.is_real else None
        if found is None:
            return None
        why = f"it has other parameters in line {found.start} of {found.path}"
        return Judged(reference, Verdict.UNPROVEN, found.path, found, why)

    def _altered(self, reference: Reference, quote: str, paths: Iterable[str]) -> Judged | None:
        """Return the verdict on code that stands in a file but for one word, number or sign."""
        cited = Cited(reference.named or "", reference.first, reference.last)
        placed = reference if reference.places else replace(reference, places=(cited,))
        is_claim = reference.is_real or reference.kind == "line"
        for source in self.lookup.sources(dict.fromkeys(paths)) if is_claim else ():
            found = self.lookup.instead(placed, quote, source)
            if found:
                lines = source.lines_of(LineSpan(found.line, found.line))
                why = f"line {lines.start} has {found.there} for {found.said}"
                return Judged(reference, Verdict.UNPROVEN, source.path, lines, why)
        return None

    def _literal(self, reference: Reference, literal: str) -> Judged | None:
        """Return the verdict on a number or a string that a name is said to be in some lines."""
        constant = self._constant(reference, literal)
        if constant or not reference.places:
            return constant
        values: dict[str, str] = {}  # with the file of each
        for cited, source in self.lookup.cited(reference):
            for _, line in source.between(cited.first, cited.last):
                values.setdefault(value_of(reference.bound or "", line), source.path)
        if literal in values:
            return Judged(reference, Verdict.VERIFIED, values[literal])
        others = [value for value in values if value]
        if len(others) == 1 and reference.firm:
            why = f"it is {others[0]} there"
            return Judged(reference, Verdict.UNPROVEN, values[others[0]], why=why)
        return None

    def _constant(self, reference: Reference, literal: str) -> Judged | None:
        """Return the verdict on the number that a constant is said to be, which has one alone."""
        name = reference.bound or ""
        if not name.isupper() or not literal.replace(".", "", 1).isdecimal():
            return None
        numbers = {
            number: source.path
            for source in self._evidence.sources([name])
            for at in source.find_word(name)
            if (number := number_of(name, source.lines[at])) is not None
        }
        if len(numbers) != 1:
            return None
        number, path = numbers.popitem()
        if is_number(literal, reference.beside[0], number):
            return Judged(reference, Verdict.VERIFIED, path)
        why = f"{name} is {number:,} in {path}"
        return Judged(reference, Verdict.UNPROVEN, path, why=why) if reference.firm else None

    def _quote_at_places(self, reference: Reference, quote: str) -> Judged | None:
        """Return the verdict on a quote whose sentence names lines; None where it is not there."""
        elsewhere: list[QuotePlace] = []
        is_altered = False
        for cited, source in self.lookup.cited(reference):
            for span in self.lookup.find(source, quote):
                place = QuotePlace(source, span)
                if place.overlaps(cited.first, cited.last):
                    return Judged(reference, Verdict.VERIFIED, source.path, place.lines)
                elsewhere.append(place)
            is_altered = is_altered or is_altered_line(source, quote, cited)
        if elsewhere:
            lines = elsewhere[0].lines
            return Judged(reference, Verdict.LOCATED, lines.path, lines)
        is_elsewhere = not reference.is_subject and bool(self.lookup.everywhere(quote))
        paths = [source.path for _, source in self.lookup.cited(reference)]
        is_elsewhere = is_elsewhere or self.lookup.is_flat(dict.fromkeys(paths), quote)
        if is_altered and reference.is_real and not is_elsewhere:
            named = reference.places[0].path
            return Judged(reference, Verdict.UNPROVEN, named, why="other code is there")
        return None


def _is_one(names: Sequence[str]) -> bool:
    return len(set(names)) == 1


def _is_no_claim(reference: Reference, sources: Sequence[Source]) -> bool:
    """Tell whether lines past the end are of another file, or how many a file has and one more."""
    if reference.is_guess:
        return True
    is_bare = reference.text.isdecimal() and reference.start == reference.end
    is_about = reference.text[:1] in ("~", "≈")
    return is_about or (is_bare and any(reference.first == source.length + 1 for source in sources))
