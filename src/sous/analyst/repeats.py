"""Blocks of code that stand in more than one place."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, takewhile
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sous.analyst.facts import FileFacts

_MANY = 12  # places of one block, beyond which it is no copy but a custom of the project
_LEAST = 10  # lines of code
_TELLING = 3  # characters of a line that counts


class Repeat(NamedTuple):
    """Lines (from 1, both ends included) that are the same in two places, white space and blank lines aside."""

    path: str
    first: int
    last: int
    other: str
    other_first: int
    other_last: int
    size: int  # lines of code


class Surveyed(Protocol):
    """What is asked of a survey."""

    @property
    def facts(self) -> Mapping[str, FileFacts]:
        """What is known of each file."""

    @property
    def program(self) -> Sequence[str]:
        """The files of the program itself."""

    def lines(self, path: str) -> Sequence[str]:
        """Return the lines of a file."""

    def function_at(self, path: str, line: int) -> object | None:
        """Return the function that a line is in."""


def find_repeats(survey: Surveyed) -> list[Repeat]:
    """Return what is repeated in the functions of a program, the longest first."""
    return sorted(_Repeats(survey).find(), key=lambda one: (-one.size, one.path, one.first))


class _Repeats:
    def __init__(self, survey: Surveyed) -> None:
        self._survey = survey
        self._texts: dict[str, list[tuple[int, str]]] = {}
        self._known: dict[tuple[str, str], list[Repeat]] = defaultdict(list)

    def find(self) -> Iterator[Repeat]:
        places: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for path in self._survey.program:
            for value, line in self._survey.facts[path].blocks:
                places[value].append((path, line))
        for same in places.values():
            if 1 < len(same) <= _MANY:
                for one, other in combinations(same, 2):
                    yield from self._around(one, other)

    def _around(self, one: tuple[str, int], other: tuple[str, int]) -> Iterator[Repeat]:
        known = self._known[one[0], other[0]]
        if any(
            two.first <= one[1] <= two.last and two.other_first <= other[1] <= two.other_last
            for two in known
        ):
            return
        found = self._grown(*one, *other)
        if found is None:
            return
        known.append(found)
        in_functions = self._is_function(found.path, found.first) and self._is_function(
            found.other, found.other_last
        )
        if found.size >= _LEAST and in_functions:
            yield found

    def _grown(self, path: str, line: int, other: str, other_line: int) -> Repeat | None:
        """Return the longest run of equal lines around two places.

        None where it overlaps itself, as in a table.
        """
        ours, theirs = self._lines(path), self._lines(other)
        at, to = _index(ours, line), _index(theirs, other_line)
        before = list(
            takewhile(_same, zip(reversed(ours[:at]), reversed(theirs[:to]), strict=False))
        )
        behind = list(takewhile(_same, zip(ours[at:], theirs[to:], strict=False)))
        if not behind:
            return None
        run = [*reversed(before), *behind]
        (first, _), (other_first, _) = run[0]
        (last, _), (other_last, _) = run[-1]
        if path == other and first <= other_last and other_first <= last:
            return None
        size = sum(len(text) >= _TELLING for (_, text), _ in run)
        return Repeat(path, first, last, other, other_first, other_last, size)

    def _lines(self, path: str) -> list[tuple[int, str]]:
        """Return the lines of a file that are not blank, each with its number, without white space around it."""
        if path not in self._texts:
            lines = enumerate(self._survey.lines(path), 1)
            self._texts[path] = [(number, bare) for number, text in lines if (bare := text.strip())]
        return self._texts[path]

    def _is_function(self, path: str, line: int) -> bool:
        """Tell whether a line, or one of the three behind it, is in a function, and not in a list of types."""
        near = range(line, min(line + 4, len(self._survey.lines(path)) + 1))
        return not path.endswith((".d.ts", ".pyi")) and any(
            self._survey.function_at(path, one) for one in near
        )


def _same(pair: tuple[tuple[int, str], tuple[int, str]]) -> bool:
    return pair[0][1] == pair[1][1]


def _index(rows: Sequence[tuple[int, str]], line: int) -> int:
    return next((at for at, (number, _) in enumerate(rows) if number >= line), len(rows))
