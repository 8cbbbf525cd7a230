"""Where in a bundle what a report names and quotes is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.quotes import SHORTEST, find_quote, fold_quote, fragments
from sous.claims.source import FileLines, LineSpan, Source, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference

_ENOUGH = 20  # places of a quote, more than which tell nothing
_MOST_WORDS = 8  # of a quote, by which files are chosen
_CALL = re.compile(r"[\w.:$]+\([\w ,.*&=]*\)")
_BETWEEN_NAMES = re.compile(r"\.|::|->|#|\?\.|\$")
_ELLIPSIS = re.compile(r"\.\.\.|\u2026")


class Found(NamedTuple):
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
        """Tell whether it is within these lines, or begins like them.

        Of a quote that leaves lines out, any part may be what is meant.
        """
        for start, end in self._numberings:
            is_within = first <= start and end <= last
            is_part = not is_whole and start <= first <= end
            if is_within or first == start or is_part:
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

    def prepare(self, references: Iterable[Reference]) -> None:
        """Read the bundle once for all words of these references."""
        words = {word for reference in references for word in self._words_for(reference)}
        self.evidence.prepare(words)

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
        return [source for path in paths if (source := self.evidence.source(path))]

    def meant(self, reference: Reference) -> list[str]:
        """Return the files that a reference may mean.

        Of several the one that is named above it in full.
        """
        if reference.named is None:
            return []
        found = self.evidence.resolve(reference.named)
        if len(found) <= 1:
            return found
        for near in reference.near:
            if near in found:
                return [near]
            folder = near.strip("/").rpartition("/")[0] if "/" in near else None
            close = [path for path in found if folder is not None and path.startswith(f"{folder}/")]
            if len(close) == 1:
                return close
        return found

    def find(self, source: Source, quote: str) -> list[LineSpan]:
        """Return where a quote is in a file."""
        key = (source.path, quote)
        if key not in self._quotes:
            self._quotes[key] = find_quote(source, quote)
        return self._quotes[key]

    def everywhere(self, quote: str, *, without: Iterable[str] = ()) -> list[Found]:
        """Return all places of a quote in other files, at most a few."""
        left_out = set(without)
        found: list[Found] = []
        wanted = _key_words(quote)
        for source in self.evidence.sources(wanted) if wanted else ():
            if source.path not in left_out:
                found += [Found(source, span) for span in self.find(source, quote)]
            if len(found) > _ENOUGH:
                break
        return found

    def is_unsure(self, paths: Iterable[str]) -> bool:
        """Tell whether some of the content of any of these files is not in the bundle."""
        return any(map(self._is_unsure, paths))

    def _is_unsure(self, path: str) -> bool:
        source = self.evidence.source(path)
        return source.is_reduced if source else self.evidence.is_left_out(path)

    def other_home(self, name: str | None, paths: Sequence[str]) -> FileLines | None:
        """Return the one place where a name is defined that is not in the file it is claimed in."""
        source = self.evidence.source(paths[0]) if name and len(paths) == 1 else None
        names = names_in(name or "")
        if source is None or source.is_reduced or not names or any(map(source.find_word, names)):
            return None
        others = self.evidence.sources(_with_class(names))
        homes = [other.lines_of(span) for other in others for span in other.definitions(names[-1])]
        return homes[0] if len(homes) == 1 else None

    def has_name(self, names: Sequence[str]) -> bool:
        """Tell whether the bundle contains a name; a method and its class are in one file."""
        wanted = _with_class(names)
        if len(wanted) == 1:
            return self.evidence.holds_word(wanted[0])
        return bool(self.evidence.sources(wanted))

    def home_of(self, name: str, near: Iterable[str]) -> str | None:
        """Return the file that contains a name: one of those near it, or the only one."""
        paths = {source.path for source in self.evidence.sources([name])}
        for path in near:
            found = [path for path in self.evidence.resolve(path) if path in paths]
            if found:
                return found[0]
        return next(iter(paths)) if len(paths) == 1 else None

    def names_call(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether code calls something that a file names: it need not be written so there."""
        names = names_in(quote.partition("(")[0]) if _CALL.fullmatch(quote) else []
        return bool(names) and any(source.find_word(names[-1]) for source in self.sources(paths))

    def is_sketch(self, paths: Iterable[str], quote: str) -> bool:
        """Tell whether a quote itself leaves things out, and the rest of it is in a file."""
        lines = [line for line in map(fold_quote, quote.split("\n")) if len(line) >= SHORTEST]
        sketched = [line for line in lines if _ELLIPSIS.search(line)]
        full = [line for line in lines if len(line) > 2 * SHORTEST]
        for source in self.sources(paths):
            is_sketched = any(_is_found_in_parts(line, source) for line in sketched)
            if is_sketched and any(map(source.find, full)):
                return True
        return False


def _is_found_in_parts(line: str, source: Source) -> bool:
    parts = [part for part in map(fold_quote, fragments(line)) if len(part) >= SHORTEST]
    return not source.find(line) and all(map(source.find, parts))


def _with_class(names: Sequence[str]) -> Sequence[str]:
    """Return the last of dotted names, with the class before it where there is one."""
    has_class = len(names) > 1 and names[-2][:1].isupper()
    return names[-2:] if has_class else names[-1:]


def names_in(text: str) -> list[str]:
    """Return the names in a dotted one."""
    return [part for part in _BETWEEN_NAMES.split(text.rstrip("!?()")) if part]


def _key_words(quote: str) -> list[str]:
    """Return the words that choose the files to search: the longest of the longest part."""
    return words_of(max(fragments(quote) or [""], key=len))[:_MOST_WORDS]
