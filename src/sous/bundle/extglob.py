"""Globs with groups and classes, `@(a|b)`, `!(a)`, `[[:digit:]]`, as picomatch reads them."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sous.bundle.places import anything, either, name_char, one_of, sequence, star
from sous.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.bundle.places import Match, Places

_DEEPEST = 30  # groups in groups
_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "ascii": r"\x00-\x7F",
    "blank": r" \t",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": r"\x21-\x7E",
    "lower": "a-z",
    "print": r"\x20-\x7E",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\r\n\v\f",
    "upper": "A-Z",
    "word": "A-Za-z0-9_",
    "xdigit": "A-Fa-f0-9",
}


def _more(places: Places, begins: int) -> int:
    """Keep the places that something follows."""
    return begins & places.inside


def _at_start(_places: Places, begins: int) -> int:
    return begins & 1


def _at_end(places: Places, begins: int) -> int:
    return begins & places.end


def _name_goes_on(places: Places, begins: int) -> int:
    """Keep the places where a name does not end, nor after one more dot."""
    ends = places.end | places.of("/")
    return begins & ~ends & ~(places.of(".") & (ends >> 1))


def _bits(places: int) -> Iterator[int]:
    while places:
        lowest = places & -places
        yield lowest
        places ^= lowest


def _from_each(match: Match, places: Places, begins: int) -> Iterator[tuple[int, int]]:
    """Yield each place with where a match from there ends, which is found out once."""
    for begin in _bits(begins):
        key = (match, begin)
        ends = places.known.get(key)
        if ends is None:
            ends = places.known[key] = match(places, begin)
        yield begin, ends


def _repeated(match: Match, least: int, places: Places, begins: int) -> int:
    reached = 0 if least else begins
    waiting = begins
    tried = 0
    while waiting:
        tried |= waiting
        ends = 0
        for _, one in _from_each(match, places, waiting):
            ends |= one
        reached |= ends
        waiting = ends & ~tried
    return reached


def _no_match(match: Match, places: Places, begins: int) -> int:
    """Keep the places where no match begins."""
    kept = 0
    for begin, ends in _from_each(match, places, begins):
        kept |= 0 if ends else begin
    return kept


class Extglob:
    """One glob, without braces."""

    def __init__(self, glob: str, whole: str) -> None:
        self._match = _parsed(glob, whole)

    def matches(self, places: Places) -> bool:
        """Tell whether it takes the whole path."""
        return bool(self._match(places, 1) & places.end)


@lru_cache(maxsize=1024)
def _parsed(glob: str, whole: str) -> Match:
    return _Parser(glob, whole).alternatives()


class _Parser:
    """Reads a glob from left to right; `_before` is what kind of thing was last read."""

    def __init__(self, glob: str, whole: str) -> None:
        self._glob, self._whole = glob, whole
        self._at = 0
        self._depth = 0
        self._before = "start"

    def alternatives(self) -> Match:
        """Read up to the end, or to the `)` that closes the group that was entered."""
        found: list[Match] = []
        items: list[Match] = []
        while self._at < len(self._glob):
            char = self._glob[self._at]
            if char == ")" and self._depth:
                break
            self._at += 1
            if char == "|":
                found.append(sequence(*items))
                items, self._before = [], "text"
            else:
                self._item(char, items)
        found.append(sequence(*items))
        return found[0] if len(found) == 1 else partial(either, tuple(found))

    def _item(self, char: str, items: list[Match]) -> None:
        """Read what begins with `char`."""
        if char in "@!+*?" and self._group_end(self._at) and self._glob[self._at + 1] != "?":
            items.append(self._extglob(char))
        elif char == "(" and self._group_end(self._at - 1):
            self._at -= 1
            items.append(self._group())
        elif char == "*":
            items += self._stars()
        elif char == "/":
            items.append(self._slash())
        elif char == "[" and (inside := class_at(self._glob, self._at)) is not None:
            items.append(_class_match(inside, self._whole))
            self._at += len(inside) + 1
            self._before = "class"
        elif char in "?+" and self._is_quantifier(char) and items:
            items.append(_quantified(char, items.pop()))
            self._before = "text"
        elif char == "?":
            items.append(name_char)
            self._before = "text"
        else:
            self._plain(char, items)

    def _is_quantifier(self, char: str) -> bool:
        if char == "?":
            return self._before == "group"
        return self._before in ("class", "group") or (self._depth > 0 and self._before != "open")

    def _plain(self, char: str, items: list[Match]) -> None:
        is_dot = char == "." and (self._depth or self._before in ("start", "slash"))
        if char == "\\" and self._at < len(self._glob):
            char = self._glob[self._at]
            self._at += 1
        items.append(partial(one_of, char))
        self._before = "dot" if is_dot else "slash" if char == "/" else "text"

    def _stars(self) -> list[Match]:
        """Read `*`, `**` and more, of which the first was read."""
        before, begin = self._before, self._at - 1
        while self._at < len(self._glob) and self._glob[self._at] == "*" and not self._opens_next():
            self._at += 1
        is_double = self._at - begin == len("**")
        self._before = "star"
        is_alone = self._glob[self._at : self._at + 1] in ("", "/", ")")
        if is_double and is_alone and before in ("start", "slash", "open", "group"):
            return [self._globstar(before)]
        if before == "dot":
            return [_name_goes_on, star]
        is_one = self._at == begin + 1
        return [_more, star] if is_one and before in ("start", "slash") else [star]

    def _opens_next(self) -> bool:
        return bool(self._group_end(self._at + 1))

    def _globstar(self, before: str) -> Match:
        if before == "start" and self._glob[self._at : self._at + 1] == "/":
            self._skip_globstars()
            self._at += 1
            self._before = "slash"
            slash = partial(one_of, "/")
            return partial(either, (_at_start, slash, sequence(anything, slash)))
        self._skip_globstars()
        return anything

    def _skip_globstars(self) -> None:
        """Skip `/**`, which adds nothing to the `**` before it."""
        while re.match(r"/\*\*(?=/|$)", self._glob[self._at :]):
            self._at += 3

    def _slash(self) -> Match:
        """Read a `/`, and the `**` behind it, which may stand for no folder at all."""
        before, self._before = self._before, "slash"
        slash = partial(one_of, "/")
        globstar = re.match(r"\*\*(/\*\*)*(/|$)", self._glob[self._at :])
        if not globstar or before == "start":
            return slash
        if globstar[2]:
            self._at += globstar.end()
            more: tuple[Match, ...] = (_at_end,) if self._at < len(self._glob) else ()
            return partial(either, (sequence(slash, anything, slash), slash, *more))
        self._at += globstar.end()
        self._before = "star"
        under = sequence(slash, anything)
        return under if before == "star" else partial(either, (under, _at_end))

    def _group_end(self, at: int) -> int:
        """Return where the group that opens at `at` ends, 0 if none does."""
        return _group_end(self._glob, at) if self._glob[at : at + 1] == "(" else 0

    def _group(self) -> Match:
        """Read a group from its `(` on."""
        if self._depth >= _DEEPEST:
            raise UsageProblem(f"the glob `{self._whole[:60]}` nests groups too deep")
        self._at += 1
        self._depth += 1
        self._before = "open"
        match = self.alternatives()
        self._depth -= 1
        self._at += 1
        self._before = "group"
        return match

    def _extglob(self, kind: str) -> Match:
        is_first = self._before == "start"
        begin = self._at
        match = self._group()
        inner = self._glob[begin + 1 : self._at - 1]
        if kind == "!":
            match = self._negated(match, inner)
        elif kind in "*+":
            match = partial(_repeated, match, int(kind == "+"))
        elif kind == "?":
            match = _quantified(kind, match)
        return sequence(_more, match) if is_first else match

    def _negated(self, match: Match, inner: str) -> Match:
        """Return what takes all but `match`: up to the end, or with what follows it, as picomatch.

        `!(a)b` takes nothing that begins with `a`; `!(*.d).ts` what does not end in `.d.ts`.
        """
        rest = self._glob[self._at :]
        takes = anything if "/" in inner and len(inner) > 1 else star
        if takes is anything or not rest.strip(")"):
            match = sequence(match, _at_end)
        if "*" in inner and re.fullmatch(r"\.[^\\/.]+", rest):
            match = sequence(match, _Parser(rest, self._whole).alternatives())
        return sequence(partial(_no_match, match), takes)


def _optional(match: Match, places: Places, begins: int) -> int:
    return begins | match(places, begins)


def _quantified(char: str, match: Match) -> Match:
    return partial(_optional, match) if char == "?" else partial(_repeated, match, 1)


@lru_cache(maxsize=1024)
def _group_ends(glob: str) -> dict[int, int]:
    """Return where each group that is closed ends, by where it opens."""
    ends, opened, at = {}, [], 0
    while at < len(glob):
        char = glob[at]
        if char == "\\":
            at += 1
        elif char == "[":
            at = max(at, _class_end(glob, at + 1) - 1)
        elif char == "(":
            opened.append(at)
        elif char == ")" and opened:
            ends[opened.pop()] = at + 1
        at += 1
    return ends


def _group_end(glob: str, at: int) -> int:
    return _group_ends(glob).get(at, 0)


def _class_end(glob: str, at: int) -> int:
    """Return where the class whose `[` is before `at` ends; 0 if it never does."""
    if glob.find("]", at) < 0:
        return 0
    begin = at + (glob[at : at + 1] in ("!", "^"))
    at = begin
    while at < len(glob):
        if glob[at] == "\\":
            at += 1
        elif glob.startswith("[:", at) and (posix := re.match(r"\[:(\w+):\]", glob[at:])):
            at += posix.end() - 1
        elif glob[at] == "]" and at > begin:
            return at + 1
        at += 1
    return 0


def class_at(glob: str, at: int) -> str | None:
    """Return what is in the class whose `[` is before `at`; None for a `[` that is plain."""
    end = _class_end(glob, at)
    return glob[at : end - 1] if end else None


def class_regex(inside: str, whole: str) -> str:
    """Return what `re` calls a class.

    One without anything special takes its own text too: `[id]` is a folder's name. Raises
    UsageProblem for a range that ends before it begins.
    """
    regex = _compiled(inside, whole).pattern
    return f"(?:{regex}|{re.escape(f'[{inside}]')})" if _is_name(inside) else regex


def _is_name(inside: str) -> bool:
    return not re.search(r"[-*+?.^${}(|)\[\]!\\:]", inside)


def _class_match(inside: str, whole: str) -> Match:
    match: Match = partial(one_of, _compiled(inside, whole))
    if not _is_name(inside):
        return match
    return partial(either, (match, sequence(*(partial(one_of, char) for char in f"[{inside}]"))))


@lru_cache(maxsize=1024)
def _compiled(inside: str, whole: str) -> re.Pattern[str]:
    is_negated = inside[:1] in ("!", "^")
    members = inside[is_negated:]
    out = re.sub(
        r"\[:(\w+):\]|\\(.)|-(?=$)|[\[\]\\&|~^]|-{2,}",
        _member,
        members,
        flags=re.DOTALL,
    )
    try:
        return re.compile(f"[^/{out}]" if is_negated else f"[{out}]", re.DOTALL)
    except re.error as exc:
        raise UsageProblem(
            f"cannot read the glob `{whole[:60]}`: {exc}; write `\\[` for a plain bracket"
        ) from exc


def _member(found: re.Match[str]) -> str:
    """Return one member of a class as `re` writes it."""
    if found[1]:
        return _POSIX.get(found[1], re.escape(found[0]))
    if found[2]:
        return re.escape(found[2])
    return "-" if found[0].startswith("--") else re.escape(found[0])
