"""The code beside a report: each line of a file once, for a script of the page to show."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.pages.highlight import Colored, highlighted
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.source import LineSpan, Source
    from sous.claims.verdict import Judged

_AROUND, _LEAST_AROUND = 12, 3  # lines before and behind those that are named
_MOST_AROUND = 1_200  # lines before those that are named, of all references together
_LONGEST = 80  # lines shown of one place
_WIDEST = 400  # characters of a line
_MOST_COLORED = 500_000  # characters of all files together
_MOST_NAMES = 400  # whose definitions are looked up
_MOST_FILES = 40  # that have a name whose definition is looked up
_SHORTEST = 3  # letters of such a name


class Excerpt(NamedTuple):
    """Lines of a source that are shown, and those of them that are named; ends are one behind."""

    source: Source
    first: int
    end: int
    hits: range


class _Definition(NamedTuple):
    """A name and one of the places where it is defined."""

    name: str
    source: Source
    span: LineSpan


def _around(references: int) -> int:
    """Return how many lines are shown around each of so many: less of many, for a small page."""
    return max(_LEAST_AROUND, min(_AROUND, _MOST_AROUND // max(1, references)))


def _excerpt_of(one: Judged, evidence: Evidence, around: int) -> Excerpt | None:
    """Return the lines that a reference is about, with some around them."""
    reference, place = one.reference, one.found
    path = place.path if place else one.path
    source = evidence.source(path) if path else None
    if source is None or not source.lines:
        return None
    first = place.start if place else reference.start or 1
    last = place.end if place else reference.end or first
    hits = range(first, last + 1) if place or reference.start else range(0)
    end = min(last, first + _LONGEST) + around + 1
    return Excerpt(source, max(1, first - around), end, hits)


def code_of(judged: Sequence[Judged], evidence: Evidence) -> dict[str, Any]:
    """Return what the script of the page shows, for JSON.

    `places`: of each reference its file, the first line and the one behind the last, the same of
    those that are named; nothing where there is no code. `definitions`: those that names lead to,
    each a name and such a place. `files`: of each its path, the number of the definition that each
    name in it leads to, and its lines in runs, each the number of the first and the text.

    A line is its pieces, a `|` and its text; a piece a letter of `Colored`, `n` for a name that
    leads somewhere or `_`, and a number of characters if not 1. `i` and a number are spaces before
    the text, which are not in it. What is left of the text is plain.
    """
    around = _around(len(judged))
    excerpts = [_excerpt_of(one, evidence, around) for one in judged]
    code = _Code()
    given = [one for one in excerpts if one]
    names = _Names(evidence, code, given)
    places = [code.place(one) if one else [] for one in excerpts]
    definitions = [[one.name, *code.place(_defining(one, around))] for one in names.led_to(given)]
    return {"places": places, "definitions": definitions, "files": code.files(names)}


def _defining(one: _Definition, around: int) -> Excerpt:
    start = one.source.lines_of(one.span).start
    return Excerpt(one.source, max(1, start - 1), start + around + 1, range(start, start + 1))


class _Names:
    """Which names of the code lead to a definition, and to which."""

    def __init__(self, evidence: Evidence, code: _Code, excerpts: Sequence[Excerpt]) -> None:
        counts = Counter(name for one in excerpts for name in code.names(one))
        wanted = [name for name, _ in counts.most_common(_MOST_NAMES)]
        evidence.prepare(wanted)
        self._code = code
        self._places: dict[str, list[_Definition]] = {}
        self._numbers: dict[_Definition, int] = {}
        for name in wanted:
            sources = evidence.sources([name])
            if len(sources) <= _MOST_FILES:
                self._places[name] = [
                    _Definition(name, source, span)
                    for source in sources
                    for span in source.definitions(name)
                ]

    def led_to(self, excerpts: Iterable[Excerpt]) -> list[_Definition]:
        """Return the definitions of the names in this code, numbered from here on.

        Their own code leads to no others.
        """
        for one in excerpts:
            for name in self._code.names(one):
                found = self._definition(name, one.source.path)
                if found:
                    self._numbers.setdefault(found, len(self._numbers))
        return list(self._numbers)

    def number(self, name: str, path: str) -> int | None:
        """Return which definition a name in a file leads to."""
        found = self._definition(name, path)
        return self._numbers.get(found) if found else None

    def _definition(self, name: str, path: str) -> _Definition | None:
        """Return the one definition in the same file, or in all."""
        places = self._places.get(name, ())
        chosen = [one for one in places if one.source.path == path] or places
        return chosen[0] if len(chosen) == 1 else None


class _Code:
    """The lines of files, each file colored once."""

    def __init__(self) -> None:
        self._rows: dict[str, Mapping[int, list[Colored]]] = {}
        self._left = _MOST_COLORED
        self._shown: dict[Source, set[int]] = {}  # lines, by file in the order of their numbers

    def place(self, excerpt: Excerpt) -> list[int]:
        """Have lines in the page, and return where they are."""
        lines = [number for number, _ in excerpt.source.between(excerpt.first, excerpt.end - 1)]
        if not lines:
            return []
        self._shown.setdefault(excerpt.source, set()).update(lines)
        file = list(self._shown).index(excerpt.source)
        return [file, excerpt.first, excerpt.end, excerpt.hits.start, excerpt.hits.stop]

    def names(self, excerpt: Excerpt) -> Iterator[str]:
        """Yield the names in some code that may lead to a definition."""
        source = excerpt.source
        for number, line in source.between(excerpt.first, excerpt.end - 1):
            for piece in self._pieces(source, number, line):
                if piece.is_name and len(piece.text) >= _SHORTEST:
                    yield piece.text

    def files(self, names: _Names) -> list[list[Any]]:
        """Return the files for JSON."""
        found = []
        for source, numbers in self._shown.items():
            there: dict[str, int] = {}
            runs: list[tuple[int, list[str]]] = []
            before = None
            for number, line in source.between(min(numbers), max(numbers)):
                if number in numbers:
                    if before is None or number != before + 1:
                        runs.append((number, []))
                    runs[-1][1].append(self._line(source, number, line, names, there))
                    before = number
            joined = [[first, "\n".join(lines)] for first, lines in runs]
            found.append([clean(source.path), there, joined])
        return found

    def _line(
        self, source: Source, number: int, line: str, names: _Names, there: dict[str, int]
    ) -> str:
        kinds: list[tuple[str, str]] = []
        for piece in self._pieces(source, number, line):
            leads = names.number(piece.text, source.path) if piece.is_name else None
            text = clean(piece.text)
            if leads is not None:
                there[text] = leads
            kind = piece.kind or ("n" if leads is not None else "_")
            if kinds and kind == kinds[-1][0] and kind in "_s":
                text = kinds.pop()[1] + text
            kinds.append((kind, text))
        return _marked(kinds)

    def _pieces(self, source: Source, number: int, line: str) -> list[Colored]:
        if source.path not in self._rows:
            self._rows[source.path] = self._colored(source)
        return self._rows[source.path].get(number) or [Colored("", line[:_WIDEST])]

    def _colored(self, source: Source) -> Mapping[int, list[Colored]]:
        """Return the pieces of a file's lines, by the number of each."""
        lines = list(source.between(1, source.length))
        self._left -= sum(len(line) for _, line in lines)
        if self._left < 0:
            return {}
        rows = highlighted(source.path, [line[:_WIDEST] for _, line in lines])
        return {number: row for (number, _), row in zip(lines, rows, strict=True)}


def _marked(kinds: list[tuple[str, str]]) -> str:
    """Return a line as its pieces, a `|` and its text; `kinds`: the kind and the text of each."""
    spaces = 0
    if kinds and kinds[0][0] == "_":
        text = kinds[0][1].lstrip(" ")
        spaces = len(kinds[0][1]) - len(text)
        kinds = [*([("_", text)] if text else []), *kinds[1:]]
    told = kinds[:-1] if kinds and kinds[-1][0] == "_" else kinds
    marks = "".join(f"{kind}{_count(len(text))}" for kind, text in told)
    indent = f"i{spaces}" if spaces else ""
    return f"{indent}{marks}|{''.join(text for _, text in kinds)}"


def _count(characters: int) -> str:
    return str(characters) if characters != 1 else ""
