"""Places in a path where a match may begin or end: what globs and ignore rules are made of.

A pattern is a function from the set of places where a match may begin to the set of those where it
ends; a set is an integer, a bit a place. No pattern needs more time than its length times that of
the path, twice, whatever it says.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    Match = Callable[["Places", int], int]


class Places:
    """A path, and the sets of its places that were looked for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.end = 1 << len(path)
        self._of: dict[str | re.Pattern[str], int] = {}
        self.known: dict[tuple[Match, int], int] = {}

    @property
    def inside(self) -> int:
        """All places before the end."""
        return self.end - 1

    def of(self, what: str | re.Pattern[str]) -> int:
        """Return where a character stands, or one that a class takes."""
        found = self._of.get(what)
        if found is None:
            at = self._stands_at(what) if isinstance(what, str) else self._taken_at(what)
            found = self._of[what] = sum(1 << one for one in at)
        return found

    def _stands_at(self, char: str) -> Iterator[int]:
        at = self.path.find(char)
        while at >= 0:
            yield at
            at = self.path.find(char, at + 1)

    def _taken_at(self, what: re.Pattern[str]) -> list[int]:
        return [found.start() for found in what.finditer(self.path)]


def one_of(what: str | re.Pattern[str], places: Places, begins: int) -> int:
    """Take one character."""
    return (begins & places.of(what)) << 1


def name_char(places: Places, begins: int) -> int:
    """Take any character of a name."""
    return (begins & places.inside & ~places.of("/")) << 1


def _spread(begins: int, over: int) -> int:
    """Return the places that are reached over any number of those in `over`."""
    return (((begins & over) + over) ^ over) | begins


def star(places: Places, begins: int) -> int:
    """Take any characters of a name, also none."""
    return _spread(begins, places.inside & ~places.of("/"))


def anything(places: Places, begins: int) -> int:
    """Take any characters."""
    return _spread(begins, places.inside)


def in_turn(matches: tuple[Match, ...], places: Places, begins: int) -> int:
    """Take what one after the other takes."""
    for match in matches:
        begins = match(places, begins)
        if not begins:
            break
    return begins


def either(matches: tuple[Match, ...], places: Places, begins: int) -> int:
    """Take what any of them takes."""
    ends = 0
    for match in matches:
        ends |= match(places, begins)
    return ends


def sequence(*matches: Match) -> Match:
    """Return the match that takes what these take one after the other."""
    return matches[0] if len(matches) == 1 else partial(in_turn, matches)
