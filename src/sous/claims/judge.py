"""Whether a reference holds: looked up in the bundle, without a model and in no time."""

from __future__ import annotations

import builtins
import enum
import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.claims import words
from sous.claims.quotes import SHORTEST, find_quote, fold_quote, fragments
from sous.claims.source import Place, Source, Span, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.find import Reference

_CALL = re.compile(r"[\w.:$]+\([\w ,.*&=]*\)")


class Verdict(str, enum.Enum):
    """What came of looking a reference up."""

    VERIFIED = "verified"
    MOVED = "moved"
    UNPROVEN = "unproven"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """A reference with its verdict: the path that is meant, where it was found instead, and why, in words."""

    reference: Reference
    verdict: Verdict
    path: str | None = None
    found: Place | None = None
    why: str = ""


def judge_all(references: Sequence[Reference], evidence: Evidence) -> list[Judged]:
    """Return the verdict on each reference; what is only mentioned, and is not there, is left out."""
    judge = _Judge(evidence)
    # one pass for all
    evidence.prepare({word for reference in references for word in judge.words_for(reference)})
    judged = [found for reference in references if (found := judge.judge(reference))]
    return judged if judge.cites_bundle else [_as_cited(one) for one in judged]


def _as_cited(one: Judged) -> Judged:
    """Return a verdict on lines that nothing proves without the lines of the file that they would be in the bundle."""
    is_guess = (
        one.verdict is Verdict.VERIFIED
        and one.reference.kind == "line"
        and one.reference.quote is None
    )
    return replace(one, found=None) if is_guess else one


class _Judge:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        # quotes that stand where the one numbering says, and not the other
        self._by_bundle = self._by_file = 0
        self._quotes: dict[tuple[str, str], list[Span]] = {}

    @property
    def cites_bundle(self) -> bool:
        """Whether the report names lines as a bundle counts that lost some; quotes tell."""
        return self._by_bundle > self._by_file

    def words_for(self, reference: Reference) -> Iterable[str]:
        """Yield the words to search the whole bundle by: of what the files that are named do not hold."""
        if reference.kind == "symbol":
            yield from _names(reference.text)[-2:]
        yield from _names(reference.bound or "")[-2:]
        sources = [
            source for path in self._meant(reference) if (source := self._evidence.source(path))
        ]
        for code in (reference.quote, *reference.beside):
            if code and not any(self._find(source, code) for source in sources):
                yield from _key_words(code)

    def judge(self, reference: Reference) -> Judged | None:
        if reference.kind == "symbol":
            return self._symbol(reference)
        if reference.kind == "quote":
            return self._quote(reference)
        return self._path(reference) if reference.kind == "path" else self._lines(reference)

    # -- paths

    def _meant(self, reference: Reference) -> list[str]:
        """Return the files that a reference may mean.

        Of several the one that is named above it in full.
        """
        if reference.named is None:
            return []
        found = self._evidence.resolve(reference.named)
        if len(found) <= 1:
            return found
        for near in reference.near:
            exact = [path for path in found if path == near]
            if exact:
                return exact
            close = (
                [
                    path
                    for path in found
                    if path.startswith(f"{near.strip('/').rpartition('/')[0]}/")
                ]
                if "/" in near
                else []
            )
            if len(close) == 1:
                return close
        return found

    def _path(self, reference: Reference) -> Judged | None:
        named = reference.named or ""
        meant = self._meant(reference)
        if meant:
            home = self._other_home(reference.bound, meant)
            if home:
                return Judged(
                    reference, Verdict.MOVED, home.path, home, f"{reference.bound} is there"
                )
            return Judged(reference, Verdict.VERIFIED, meant[0] if len(meant) == 1 else named)
        if "*" in named or "{" in named:
            there = self._evidence.matches(named)
            return Judged(
                reference,
                Verdict.VERIFIED if there else Verdict.UNPROVEN,
                named,
                why="" if there else "no file matches it",
            )
        if self._evidence.has_folder(named):
            return Judged(reference, Verdict.VERIFIED, named)
        return self._missing(reference)

    def _other_home(self, name: str | None, meant: Sequence[str]) -> Place | None:
        """Return the one place where a name is defined that is said to be in a file and that the file does not hold."""
        source = self._evidence.source(meant[0]) if name and len(meant) == 1 else None
        parts = _names(name or "")
        if source is None or source.is_reduced or not parts or any(map(source.find_word, parts)):
            return None
        others = self._evidence.sources(
            parts[-2:] if parts[-2:-1] and parts[-2][:1].isupper() else parts[-1:]
        )
        homes = [(other, span) for other in others for span in other.definitions(parts[-1])]
        return (
            Place(homes[0][0].path, *homes[0][0].numbered(homes[0][1])) if len(homes) == 1 else None
        )

    def _missing(self, reference: Reference) -> Judged | None:
        """Return the verdict on a path that is not there: it may be one that is to be made."""
        if self._evidence.may_be_left_out(reference.named):
            return Judged(
                reference, Verdict.UNKNOWN, reference.named, why="it is not in the bundle"
            )
        if not reference.firm and reference.kind == "path":
            return None
        return Judged(reference, Verdict.UNPROVEN, reference.named, why="there is no such file")

    # -- lines

    def _lines(self, reference: Reference) -> Judged | None:
        quote = reference.quote
        meant = self._meant(reference)
        if quote and reference.firm and len(fold_quote(quote)) >= SHORTEST:
            return self._lines_with_quote(reference, quote, meant)
        if not meant:
            if not reference.is_named_here:
                return self._without_file(reference)
            return self._missing(reference)
        held = [
            path
            for path in meant
            if (source := self._evidence.source(path))
            and source.holds(_first(reference), _last(reference))
        ]
        if not held:
            if any(self._is_unsure(path) for path in meant):
                return Judged(
                    reference,
                    Verdict.UNKNOWN,
                    meant[0],
                    why="not all of its content is in the bundle",
                )
            length = max(
                (source.length for path in meant if (source := self._evidence.source(path))),
                default=0,
            )
            return Judged(
                reference, Verdict.UNPROVEN, meant[0], why=f"the file has {length:,} lines"
            )
        by_name = self._by_symbol(reference, held)
        return by_name or self._in_range(reference, held)

    def _in_range(self, reference: Reference, held: Sequence[str]) -> Judged:
        source = self._evidence.source(held[0])
        mapped = (
            source.mapped(_first(reference), _last(reference))
            if source and len(held) == 1
            else None
        )
        found = Place(held[0], *mapped) if mapped else None
        return Judged(
            reference, Verdict.VERIFIED, held[0] if len(held) == 1 else reference.named, found
        )

    def _without_file(self, reference: Reference) -> Judged | None:
        """Return the verdict on lines of no file that is named: only code beside them can tell which is meant."""
        for code in reference.beside:
            found = self._everywhere(code, without=()) if len(fold_quote(code)) >= SHORTEST else []
            at_place = [one for one in found if _is_near(*one, _first(reference), _last(reference))]
            if len({source.path for source, _ in at_place}) == 1:
                return Judged(reference, Verdict.VERIFIED, at_place[0][0].path)
            if len(found) == 1 and len(words_of(code)) > 1:
                return self._moved(reference, *found[0])
        return Judged(reference, Verdict.UNKNOWN, None, why="no file is named")

    def _by_symbol(self, reference: Reference, held: Sequence[str]) -> Judged | None:
        """Return where lines belong that stand beside the name of what they hold, if it is surely elsewhere."""
        if len(held) != 1 or not reference.bound:
            return None
        home = self._other_home(reference.bound, held)
        if home:
            place = Place(home.path, home.start, home.start + _last(reference) - _first(reference))
            return Judged(reference, Verdict.MOVED, home.path, place, f"{reference.bound} is there")
        source = self._evidence.source(held[0])
        if source is None or source.is_reduced:
            return None
        name = re.split(r"\.|::|->|#", reference.bound)[-1]
        places = source.definitions(name)
        if len(places) != 1:
            return None
        first, last = _first(reference), _last(reference)
        mentioned = [Span(line, line) for line in source.find_word(name)]
        for span in (*places, *mentioned):
            for start, end in {source.numbered(span), source.in_bundle(span)}:
                if start <= last and first <= end:
                    return None
        start, end = source.numbered(places[0])
        length = last - first
        return Judged(
            reference,
            Verdict.MOVED,
            held[0],
            Place(held[0], start, start + length if length else start),
            f"{name} is there",
        )

    def _lines_with_quote(
        self, reference: Reference, quote: str, meant: Sequence[str]
    ) -> Judged | None:
        first, last = _first(reference), _last(reference)
        elsewhere: list[tuple[Source, Span]] = []
        for path in meant:
            source = self._evidence.source(path)
            spans = self._find(source, quote) if source else []
            is_whole = (
                not source or len(fragments(quote)) == 1 or bool(source.find(fold_quote(quote)))
            )
            for span in spans:
                if source and _is_at(source, span, first, last, is_whole=is_whole):
                    return self._at_place(reference, source, span)
            elsewhere += [(source, span) for span in spans if source]
        if any(self._is_unsure(path) for path in meant) and not elsewhere:
            return Judged(
                reference, Verdict.UNKNOWN, meant[0], why="not all of the file is in the bundle"
            )
        elsewhere = elsewhere or self._everywhere(quote, without=meant)
        at_place = [one for one in elsewhere if not meant and _is_at(*one, first, last)]
        if len(at_place) == 1 and not reference.is_named_here:
            return self._at_place(reference, *at_place[0])
        if len(elsewhere) == 1:
            return self._moved(reference, *elsewhere[0])
        is_call = reference.quote_line == reference.line and any(
            self._names_call(path, quote) for path in meant
        )
        if not elsewhere and (is_call or any(self._is_sketch(path, quote) for path in meant)):
            # what is called need not be written so
            return self._lines(replace(reference, quote=None))
        verdict, why = Verdict.UNPROVEN, _where_instead(elsewhere, is_file=bool(meant))
        if (
            not elsewhere
            and not meant
            and (self._evidence.is_partial or self._evidence.may_be_left_out(reference.named))
        ):
            verdict, why = Verdict.UNKNOWN, "not all files are in the bundle"
        return Judged(reference, verdict, meant[0] if len(meant) == 1 else reference.named, why=why)

    def _names_call(self, path: str, quote: str) -> bool:
        """Tell whether code is a call of something that a file names: it need not be written there so."""
        source = self._evidence.source(path)
        names = _names(quote.partition("(")[0]) if source and _CALL.fullmatch(quote) else []
        return bool(source and names and source.find_word(names[-1]))

    def _is_sketch(self, path: str, quote: str) -> bool:
        """Tell whether a quote says itself that it leaves things out, and some of it stands in a file."""
        source = self._evidence.source(path)
        if source is None:
            return False
        lines = [
            folded for line in quote.split("\n") if len(folded := fold_quote(line)) >= SHORTEST
        ]
        for line in lines:
            parts = [
                folded for part in fragments(line) if len(folded := fold_quote(part)) >= SHORTEST
            ]
            if (
                ("..." in line or "\u2026" in line)
                and not source.find(line)
                and all(map(source.find, parts))
            ):
                return any(source.find(other) for other in lines if len(other) > 2 * SHORTEST)
        return False

    def _at_place(self, reference: Reference, source: Source, span: Span) -> Judged:
        first, last = _first(reference), _last(reference)
        start, end = source.numbered(span)
        if not source.in_file or source.in_bundle(span) == (start, end):
            return Judged(reference, Verdict.VERIFIED, source.path)
        if not (first <= start and end <= last) and start != first:  # in the numbers of the bundle
            self._by_bundle += 1
            mapped = source.mapped(first, last)
            return Judged(
                reference,
                Verdict.VERIFIED,
                source.path,
                Place(source.path, *(mapped or (start, end))),
            )
        self._by_file += 1
        return Judged(reference, Verdict.VERIFIED, source.path)

    def _moved(self, reference: Reference, source: Source, span: Span) -> Judged:
        start, end = source.numbered(span)
        place = Place(source.path, start, start if reference.start == reference.end else end)
        where = (
            ""
            if source.path in self._evidence.resolve(reference.named or "")
            else f" in {source.path}"
        )
        return Judged(
            reference,
            Verdict.MOVED,
            source.path,
            place,
            f"what is quoted stands in line {start}{where}",
        )

    # -- quotes

    def _quote(self, reference: Reference) -> Judged | None:
        quote = reference.quote or ""
        if len(fold_quote(quote)) < SHORTEST:
            return None
        meant = self._meant(reference)
        for path in dict.fromkeys(
            (*meant, *(one for near in reference.near for one in self._evidence.resolve(near)))
        ):
            source = self._evidence.source(path)
            spans = self._find(source, quote) if source else []
            if source and spans:
                start, end = source.numbered(spans[0])
                return Judged(reference, Verdict.VERIFIED, path, Place(path, start, end))
        others = self._everywhere(quote, without=meant)
        if others:
            source, span = others[0]
            place = Place(source.path, *source.numbered(span))
            moved = reference.firm and len(others) == 1 and bool(meant)
            return Judged(
                reference, Verdict.MOVED if moved else Verdict.VERIFIED, source.path, place
            )
        if not reference.firm:
            return None
        if self._evidence.is_partial and (
            not meant or any(self._is_unsure(path) for path in meant)
        ):
            return Judged(
                reference,
                Verdict.UNKNOWN,
                reference.named,
                why="not all of the code is in the bundle",
            )
        return Judged(
            reference,
            Verdict.UNPROVEN,
            meant[0] if len(meant) == 1 else reference.named,
            why="what is quoted stands nowhere",
        )

    def _find(self, source: Source, quote: str) -> list[Span]:
        key = (source.path, quote)
        if key not in self._quotes:
            self._quotes[key] = find_quote(source, quote)
        return self._quotes[key]

    def _everywhere(self, quote: str, *, without: Iterable[str]) -> list[tuple[Source, Span]]:
        """Return all other places where a quote stands, at most a few."""
        left_out = set(without)
        found: list[tuple[Source, Span]] = []
        wanted = _key_words(quote)
        if not wanted:
            return []
        for source in self._evidence.sources(wanted):
            if source.path not in left_out:
                found += [(source, span) for span in self._find(source, quote)]
            if len(found) > 20:  # noqa: PLR2004
                break
        return found

    def _is_unsure(self, path: str) -> bool:
        source = self._evidence.source(path)
        return source.is_reduced if source else self._evidence.is_left_out(path)

    # -- names

    def _symbol(self, reference: Reference) -> Judged | None:
        parts = _names(reference.text)
        if not parts:
            return None
        if self._is_there(parts):
            return Judged(reference, Verdict.VERIFIED, self._home(reference, parts[-1]))
        if not reference.firm or _is_of_a_library(parts):
            return None
        if self._is_part_of_something(parts):
            return Judged(reference, Verdict.VERIFIED)
        if self._evidence.is_partial:
            return Judged(
                reference, Verdict.UNKNOWN, None, why="not all of the code is in the bundle"
            )
        return Judged(reference, Verdict.UNPROVEN, None, why="there is no such name")

    def _is_there(self, parts: Sequence[str]) -> bool:
        if len(parts) > 1 and parts[-2][:1].isupper():  # a method of a class: both in one file
            return bool(self._evidence.sources(parts[-2:]))
        return self._evidence.holds_word(parts[-1])

    def _is_part_of_something(self, parts: Sequence[str]) -> bool:
        """Tell whether names are those of a module, or a beginning or end of longer ones."""
        last = parts[-1]
        is_part = (last.startswith("_") or last.endswith("_")) and self._evidence.is_part_of_word(
            last
        )
        return is_part or (len(parts) > 1 and self._evidence.has_module(parts))

    def _home(self, reference: Reference, name: str) -> str | None:
        holding = {source.path for source in self._evidence.sources([name])}
        for near in reference.near:
            found = [path for path in self._evidence.resolve(near) if path in holding]
            if found:
                return found[0]
        return next(iter(holding)) if len(holding) == 1 else None


def _names(text: str) -> list[str]:
    """Return the names in a dotted one."""
    return [part for part in re.split(r"\.|::|->|#|\?\.|\$", text.rstrip("!?()")) if part]


def _key_words(quote: str) -> list[str]:
    """Return the words by which the files are found that may hold a quote: the longest of its longest part."""
    return words_of(max(fragments(quote) or [""], key=len))[:8]


def _where_instead(places: Sequence[tuple[Source, Span]], *, is_file: bool) -> str:
    """Return in words why a quote proves no lines: it stands nowhere, or in more than one place."""
    if not places:
        return "what is quoted stands nowhere" if is_file else "there is no such file"
    named = ", ".join(f"{source.path}:{source.numbered(span)[0]}" for source, span in places[:5])
    return f"what is quoted stands in several places: {named}"


def _first(reference: Reference) -> int:
    return reference.start or 0


def _last(reference: Reference) -> int:
    return reference.end or reference.start or 0


def _is_near(source: Source, span: Span, first: int, last: int) -> bool:
    """Tell whether a quote stands among the lines that are claimed."""
    return any(
        start <= last and first <= end
        for start, end in {source.numbered(span), source.in_bundle(span)}
    )


def _is_at(source: Source, span: Span, first: int, last: int, *, is_whole: bool = True) -> bool:
    """Tell whether a quote stands at the lines that are claimed, in the numbers of the file or of the bundle.

    Of one that leaves lines out, any part may be what is meant.
    """
    for start, end in {source.numbered(span), source.in_bundle(span)}:
        if (
            (first <= start and end <= last)
            or first == start
            or (not is_whole and start <= first <= end)
        ):
            return True
    return False


def _is_of_a_library(parts: Sequence[str]) -> bool:
    return (
        parts[0] in words.LIBRARIES
        or parts[0] in sys.stdlib_module_names
        or hasattr(builtins, parts[0])
        or (
            len(parts) == 1
            and (parts[0] in words.EXPRESSIONS or parts[0].endswith(("Error", "Exception")))
        )
    )
