"""Where in a bundle what a report names and quotes is found."""

from __future__ import annotations

import builtins
import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.altered import line_instead, part_instead
from sous.claims.condensed import is_condensed, is_retold
from sous.claims.quotes import SHORTEST, find_quote, fold_quote, fragments, is_alike, uncommented
from sous.claims.signatures import Signature
from sous.claims.source import FileLines, LineSpan, Source, words_of
from sous.claims.words import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.claims.altered import Instead
    from sous.claims.evidence import Evidence
    from sous.claims.reference import Cited, Reference

_MANY_LETTERS = 30  # of a quote that is told without its comments
_ENOUGH = 20  # places of a quote, more than which tell nothing
_MOST_WORDS = 8  # of a quote, by which files are chosen
_PICKED = 3  # lines of a quote that are picked from those cited
_ABOUT = 12  # lines about those cited from which a quote may be told
_AROUND = 1  # lines about those cited that a quote may be an altered copy of
_OWNER = re.compile(r"(?:[A-Za-z_]\w*\.)+(?=\w+\s*(?:=(?!=)|\())")
_FEW_FILES = 4  # that may be the one that a quote of none is from
_ITSELF = ("self", "this", "cls", "super", "$this")
_COMPOUND = re.compile(
    r"(?<![\w.])(?:[A-Za-z]+(?:_[A-Za-z0-9]+)+|[A-Za-z][a-z]+(?:[A-Z][a-z]+)+)(?!\w)"
)
_CALL = re.compile(r"[\w.:$]+\([\w ,.*&=]*\)")
_ERRORS = ("Error", "Exception")
_BETWEEN_NAMES = re.compile(r"\.|::|->|#|\?\.|\$")
_ELLIPSIS = re.compile(r"\.\.\.|\u2026")


class QuotePlace(NamedTuple):
    """Where a quote is: the file, and its lines there."""

    source: Source
    span: LineSpan

    @property
    def lines(self) -> FileLines:
        """The lines, by the numbers of the file where these are known."""
        return self.source.lines_of(self.span)

    def overlaps(self, first: int, last: int) -> bool:
        """Tell whether it is among these lines, by the numbers of the file or of the bundle."""
        return any(start <= last and first <= end for start, end in self._numberings)

    def is_at(self, first: int, last: int, *, is_whole: bool = True) -> bool:
        """Tell whether it is within these lines, begins like them, or has the one line in it.

        Of a quote that leaves lines out, any part may be what is meant.
        """
        for start, end in self._numberings:
            if first == start:
                return True
            if first <= start and end <= last:
                return True
            if (not is_whole or first == last) and start <= first <= end:
                return True
        return False

    @property
    def _numberings(self) -> set[tuple[int, int]]:
        return {self.source.numbered(self.span), self.source.in_bundle(self.span)}


class Lookup:
    """Looks up what references mean and quote; a quote is searched once a file."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._quotes: dict[tuple[str, str], list[LineSpan]] = {}
        self._bare: dict[str, str] = {}  # files without their comments

    def prepare(self, references: Iterable[Reference]) -> None:
        """Read the bundle once for all words of these references."""
        words: set[str] = set()
        for reference in references:
            words.update(self._words_for(reference))
        self.evidence.prepare(words)

    def cited(self, reference: Reference) -> Iterator[tuple[Cited, Source]]:
        """Yield the places that a sentence is about whose files are there."""
        for cited in reference.places:
            at = replace(reference, named=cited.path, start=cited.first, end=cited.last)
            for source in self.sources(self.meant(at)):
                if source.holds(cited.first, cited.last):
                    yield cited, source

    def _words_for(self, reference: Reference) -> Iterator[str]:
        """Yield the words to search the whole bundle by: of what the named files do not contain."""
        if reference.kind == "symbol":
            yield from names_in(reference.text)[-2:]
        yield from names_in(reference.bound or "")[-2:]
        sources = self.sources(self.meant(reference))
        for code in (reference.quote, *reference.beside):
            if code and not any(self.find(source, code) for source in sources):
                yield from _key_words(code)

    def sources(self, paths: Iterable[str]) -> list[Source]:
        """Return the files among these whose content is there."""
        return list(filter(None, map(self.evidence.source, paths)))

    def meant(self, reference: Reference) -> list[str]:
        """Return the files that a reference may mean.

        Of several the one that is named above it in full, or the one in the folder of that.
        """
        if reference.named is None:
            return []
        found = self.evidence.resolve(reference.named)
        if len(found) <= 1:
            return found
        for near in reference.near:
            if near in found:
                return [near]
            close = _in_folder_of(near, found)
            if len(close) == 1:
                return close
        return found

    def find(self, source: Source, quote: str) -> list[LineSpan]:
        """Return where a quote is in a file."""
        key = (source.path, quote)
        if key not in self._quotes:
            self._quotes[key] = find_quote(source, quote)
        return self._quotes[key]

    def places(self, quote: str, paths: Iterable[str]) -> Iterator[tuple[QuotePlace, bool]]:
        """Yield where a quote is in some files, and whether it is as a whole in that file."""
        for source in self.sources(paths):
            is_whole = len(fragments(quote)) == 1 or bool(source.find(fold_quote(quote)))
            for span in self.find(source, quote):
                yield QuotePlace(source, span), is_whole

    def everywhere(self, quote: str, *, without: Iterable[str] = ()) -> list[QuotePlace]:
        """Return all places of a quote in other files, at most a few."""
        left_out = set(without)
        found: list[QuotePlace] = []
        wanted = _key_words(quote)
        for source in self.evidence.sources(wanted) if wanted else ():
            if source.path not in left_out:
                found += [QuotePlace(source, span) for span in self.find(source, quote)]
            if len(found) > _ENOUGH:
                break
        return found

    def holding(self, quote: str) -> list[str]:
        """Return the few files that have the longest words of a quote but for one of them."""
        words = words_of(quote)[:_MOST_WORDS]
        found: dict[str, int] = {}
        for word in words:
            for source in self.evidence.sources([word]):
                found[source.path] = found.get(source.path, 0) + 1
        paths = [path for path, count in found.items() if count >= len(words) - 1]
        return paths[:_FEW_FILES] if len(words) > 2 else []  # noqa: PLR2004

    def is_unsure(self, paths: Iterable[str]) -> bool:
        """Tell whether some of the content of any of these files is not in the bundle."""
        return any(map(self._is_unsure, paths))

    def _is_unsure(self, path: str) -> bool:
        source = self.evidence.source(path)
        return source.is_reduced if source else self.evidence.is_left_out(path)

    def other_home(self, name: str | None, paths: Sequence[str]) -> FileLines | None:
        """Return the one place where a name is defined that is not in the file it is claimed in."""
        if not name or len(paths) != 1:
            return None
        source = self.evidence.source(paths[0])
        names = names_in(name)
        if source is None or source.is_reduced or not names:
            return None
        if any(map(source.find_word, names)):
            return None
        homes: list[FileLines] = []
        for other in self.evidence.sources(_with_class(names)):
            homes += map(other.lines_of, other.definitions(names[-1]))
        return homes[0] if len(homes) == 1 else None

    def invented_in(self, quote: str) -> str | None:
        """Return a name of several words in code that no file contains."""
        names = (name for name in _COMPOUND.findall(quote) if not is_of_a_library([name]))
        return next((name for name in names if not self.evidence.holds_word(name)), None)

    def has_name(self, names: Sequence[str]) -> bool:
        """Tell whether the bundle contains a name; a method and its class are in one file."""
        wanted = _with_class(names)
        if len(wanted) == 1:
            return self.evidence.holds_word(wanted[0])
        return bool(self.evidence.sources(wanted))

    def has_whole(self, names: Sequence[str]) -> bool:
        """Tell whether a dotted name stands somewhere as it is written, or is of its class or file.

        Of the first part nothing is known where it is `self`, as good as nothing of a class.
        """
        first, last = names[-2:] if len(names) > 1 else ("self", names[-1])
        if first in _ITSELF or first[:1].isupper() or self.evidence.has_module(names[:-1]):
            return True
        form = re.compile(rf"(?<!\w){re.escape(first)}\W{{1,3}}{re.escape(last)}(?!\w)")
        return any(
            form.search(line)
            for source in self.evidence.sources((first, last))
            for line in source.lines
            if first in line
        )

    def home_of(self, name: str, near: Iterable[str]) -> str | None:
        """Return the file that contains a name: one of those near it, or the only one."""
        paths = {source.path for source in self.evidence.sources([name])}
        for path in near:
            for resolved in self.evidence.resolve(path):
                if resolved in paths:
                    return resolved
        return paths.pop() if len(paths) == 1 else None

    def names_call(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether code calls something that a file names: it need not be written so there."""
        names = names_in(quote.partition("(")[0])
        if not names or not _CALL.fullmatch(quote):
            return False
        return any(source.find_word(names[-1]) for source in self.sources(paths))

    def picked_from(self, paths: Iterable[str], quote: str, reference: Reference) -> str | None:
        """Return the file of which all lines of a quote are among those cited, in any order."""
        lines = _long_enough(quote.split("\n"), SHORTEST)
        if len(lines) < _PICKED:
            return None
        for source in self.sources(paths):
            there = {
                fold_quote(line) for _, line in source.between(reference.first, reference.last)
            }
            if there.issuperset(lines):
                return source.path
        return None

    def is_mostly_there(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether half the lines of a quote are in a file: the rest may be told freely."""
        lines = _long_enough(quote.split("\n"), SHORTEST)
        return any(
            2 * sum(map(bool, map(source.find, lines))) >= len(lines)
            for source in self.sources(paths)
        )

    def is_uncommented(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether a quote of several lines, without comments, is in a file that has some."""
        lines = [*filter(str.strip, quote.split("\n"))]
        wanted = uncommented(lines) if len(lines) > 1 else ""
        is_bare = len(wanted) > _MANY_LETTERS and wanted == fold_quote("\n".join(lines))
        for source in self.sources(paths) if is_bare else ():
            if source.path not in self._bare:
                self._bare[source.path] = uncommented(source.lines)
            if wanted in self._bare[source.path]:
                return True
        return False

    def is_replaced(self, quote: str, instead: str, paths: Iterable[str]) -> bool:
        """Tell whether a file has what should be in the place of a quote, and not the quote."""
        lines = _long_enough(instead.split("\n")[1:], 2 * SHORTEST)
        resolved = [one for path in paths for one in self.evidence.resolve(path)]
        sources = self.sources(dict.fromkeys(resolved))
        is_there = any(
            sum(map(bool, map(source.find, lines))) * 2 > len(lines) for source in sources
        )
        return bool(lines) and is_there and not any(self.find(source, quote) for source in sources)

    def instead(self, reference: Reference, quote: str, source: Source) -> Instead | None:
        """Return what a file has for a part of a quote that is not in it: in the lines cited.

        Or anywhere in it, where the quote is long, or a number is what differs.
        """
        if "\n" in quote:
            return line_instead(quote, source)
        if source.is_reduced:
            return None
        cited = [
            line
            for place, file in self.cited(reference)
            if file is source
            for line in source.between(place.first - _AROUND, place.last + _AROUND)
        ]
        found = part_instead(quote, cited)
        is_call = _CALL.fullmatch(quote)
        if found:
            is_other_argument = is_call and found.is_of_words
            return None if is_other_argument else found._replace(line=source.at(found.line))
        if is_call and source.definitions(names_in(quote.partition("(")[0])[-1]):
            return None
        return part_instead(quote, source.different_lines, is_long=True)

    def otherwise_defined(self, quote: str) -> FileLines | None:
        """Return where a function is defined, if none of its name takes what a quote says."""
        said = Signature(quote)
        homes = [
            (source, span)
            for source in (self.evidence.sources([said.name]) if said.name else ())
            for span in source.definitions(said.name)
        ]
        is_other = all(said.differs(source, span) for source, span in homes)
        return homes[0][0].lines_of(homes[0][1]) if homes and is_other else None

    def is_told_shorter(self, paths: Sequence[str], quote: str, cited: Cited) -> bool:
        """Tell whether a quote leaves out lines, or comments or brackets, of what is in a file."""
        if self.is_uncommented(paths, quote) or self.is_sketch(paths, quote):
            return True
        first, last = cited.first - _ABOUT, cited.last + _ABOUT
        return any(
            is_condensed(source, quote, first, last) or is_retold(source, quote, first, last)
            for source in self.sources(paths)
        )

    def is_flat(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether a quote is in a file but for brackets and line ends, or names its class.

        As `Settings.limit = 3` of `limit = 3` in a class.
        """
        owner = _OWNER.match(quote)
        said = [quote, quote[owner.end() :]] if owner else [quote]
        words = [word for word in owner[0].split(".") if word] if owner else []
        for source in self.sources(paths):
            forms = said if any(map(source.find_word, words)) else said[:1]
            if any(source.has_flat(form) for form in forms):
                return True
        return False

    def is_sketch(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether a quote itself leaves things out, and the rest of it is in a file."""
        lines = _long_enough(quote.split("\n"), SHORTEST)
        sketched = list(filter(_ELLIPSIS.search, lines))
        full = _long_enough(lines, 2 * SHORTEST + 1)
        for source in self.sources(paths):
            is_sketched = any(_is_found_in_parts(line, source) for line in sketched)
            is_rest = all(line in sketched or source.find(line) for line in full)
            if is_sketched and full and is_rest:
                return True
        return False


def is_near(source: Source, name: str, first: int, last: int) -> bool:
    """Tell whether lines contain a name, or stand in what it defines."""
    mentioned = [LineSpan(line, line) for line in source.find_word(name)]
    spans = (*source.definitions(name), *mentioned)
    return any(QuotePlace(source, span).overlaps(first, last) for span in spans)


def is_altered_line(source: Source, quote: str, cited: Cited) -> bool:
    """Tell whether a quote is a line that is cited, but for a word or a sign of it."""
    if "\n" in quote or source.is_reduced:
        return False
    lines = source.between(cited.first - _AROUND, cited.last + _AROUND)
    return any(is_alike(fold_quote(line), quote) for _, line in lines)


def _is_found_in_parts(line: str, source: Source) -> bool:
    if source.find(line):
        return False
    parts = _long_enough(fragments(line), SHORTEST)
    return bool(parts) and all(map(source.find, parts))


def _long_enough(pieces: Iterable[str], least: int) -> list[str]:
    """Return the pieces of a quote that say something, folded."""
    return [folded for folded in map(fold_quote, pieces) if len(folded) >= least]


def _in_folder_of(near: str, paths: Sequence[str]) -> list[str]:
    """Return the paths in the folder of another."""
    if "/" not in near:
        return []
    folder = near.strip("/").rpartition("/")[0]
    return [path for path in paths if path.startswith(f"{folder}/")]


def _with_class(names: Sequence[str]) -> Sequence[str]:
    """Return the last of dotted names, with the class before it where there is one."""
    last = names[-2:]
    if len(last) > 1 and last[0][:1].isupper():
        return last
    return names[-1:]


def is_of_a_library(names: Sequence[str]) -> bool:
    """Tell whether a name comes from a language or its library, so that no bundle contains it."""
    first = names[0]
    if first in sys.stdlib_module_names or hasattr(builtins, first) or hasattr(os, first):
        return True
    if len(names) == 1 and first.endswith(_ERRORS):
        return True
    return first in words_in("libraries")


def names_in(text: str) -> list[str]:
    """Return the names in a dotted one."""
    bare = text.rstrip("!?()")
    return list(filter(None, _BETWEEN_NAMES.split(bare)))


def _key_words(quote: str) -> list[str]:
    """Return the words that choose the files to search: the longest of the longest part."""
    return words_of(max(fragments(quote) or [""], key=len))[:_MOST_WORDS]
