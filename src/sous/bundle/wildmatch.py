"""The rules of one ignore file, matched as git matches them: dir.c and wildmatch.c of git 2.39.

Paths and rules are bytes to git. Here each byte is a character (latin-1).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.places import Places, anything, either, name_char, one_of, sequence, star

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sous.bundle.places import Match

_SPECIAL = re.compile(r"[*?\[\\]")
_BLANK = " \t"
_POSIX: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "blank": lambda char: char in _BLANK,
    "cntrl": lambda char: char < " " or char == "\x7f",
    "digit": str.isdigit,
    "graph": lambda char: "!" <= char <= "~",
    "lower": str.islower,
    "print": lambda char: " " <= char <= "~",
    "punct": lambda char: "!" <= char <= "~" and not char.isalnum(),
    "space": lambda char: char in " \t\r\n",
    "upper": str.isupper,
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
}
_ASCII = [chr(code) for code in range(128)]
_ALL = "".join(map(chr, range(256)))


class _NeverMatchesError(Exception):
    """Ends the reading of a rule that git takes for one that matches nothing."""


class Rule(NamedTuple):
    """One line of an ignore file, read; `in_name`: matched with names, not with paths."""

    text: str
    takes_back: bool = False
    only_folders: bool = False
    in_name: bool = False


def read_rule(line: str) -> Rule | None:
    """Return what a line says; None for a comment and for a line that says nothing."""
    text = _without_blanks(line.removesuffix("\r"))
    if not text or text.startswith("#"):
        return None
    takes_back = text.startswith("!")
    text = text[takes_back:]
    only_folders = text.endswith("/")
    text = text[: len(text) - only_folders]
    in_name = "/" not in text
    text = text.removeprefix("/")
    if text.startswith("**/") and text[3:] and "/" not in text[3:]:
        text, in_name = text[3:], True  # in any folder: the name decides
    return Rule(text, takes_back, only_folders, in_name)


def _without_blanks(line: str) -> str:
    """Leave out spaces at the end, but one behind a backslash."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if backslashes % 2 and len(kept) < len(line) else kept


class IgnoreRules:
    """The rules of an ignore file; the last one that matches decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        rules = [rule for rule in map(read_rule, lines) if rule]
        self._takes_back = [rule.takes_back for rule in rules]
        self._for_folders = _Table()
        self._for_files = _Table()
        for number, rule in enumerate(rules):
            self._for_folders.add(number, rule)
            if not rule.only_folders:
                self._for_files.add(number, rule)

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._takes_back)

    def verdict(self, path: str) -> bool | None:
        """Tell whether a path is ignored; None where no rule matches. A folder ends in `/`."""
        table = self._for_folders if path.endswith("/") else self._for_files
        number = table.last(as_bytes(path.rstrip("/")))
        return None if number < 0 else not self._takes_back[number]


def as_bytes(path: str) -> str:
    """Return a path with a character for each of its bytes."""
    return path if path.isascii() else os.fsencode(path).decode("latin-1")


@dataclass
class _Table:
    """Rules by the way in which they are looked up, each with its number."""

    names: dict[str, int] = field(default_factory=dict)
    paths: dict[str, int] = field(default_factory=dict)
    endings: list[tuple[str, int]] = field(default_factory=list)
    wild: list[tuple[_Wild, int]] = field(default_factory=list)
    below: dict[str, list[tuple[_Wild, int]]] = field(default_factory=dict)  # by the first folder

    @cached_property
    def _any_ending(self) -> tuple[str, ...]:
        return tuple(ending for ending, _ in self.endings)

    def add(self, number: int, rule: Rule) -> None:
        """Add a rule, which counts more than those before it."""
        if not _SPECIAL.search(rule.text):
            (self.names if rule.in_name else self.paths)[rule.text] = number
        elif rule.in_name and rule.text[0] == "*" and not _SPECIAL.search(rule.text[1:]):
            self.endings.append((rule.text[1:], number))
        else:
            wild = _Wild(rule)
            top, slash, _ = wild.begin.partition("/")
            (self.below.setdefault(top, []) if slash else self.wild).append((wild, number))

    def last(self, path: str) -> int:
        """Return the number of the last rule that takes a path, -1 if none does."""
        name = path.rpartition("/")[2]
        number = max(self.names.get(name, -1), self.paths.get(path, -1))
        if name.endswith(self._any_ending):
            last = next(one for end, one in reversed(self.endings) if name.endswith(end))
            number = max(number, last)
        places: dict[bool, Places] = {}
        for rules in (self.below.get(path.partition("/")[0], ()), self.wild):
            for wild, one in reversed(rules):
                if one < number:
                    break
                text = name if wild.in_name else path
                if not wild.may_match(text):
                    continue
                if wild.matches(places.setdefault(wild.in_name, Places(text))):
                    number = one
                    break
        return number


class _Wild:
    """A rule with wildcards, read in full when a path first may match it."""

    def __init__(self, rule: Rule) -> None:
        self.in_name = rule.in_name
        self._text = rule.text
        special = _SPECIAL.search(rule.text)
        self.begin = rule.text[: special.start() if special else None]
        self._inside = _longest_plain(rule.text)

    @cached_property
    def _match(self) -> Match | None:
        rest = self._text[len(self.begin) :]
        try:
            matches = _matches(rest, in_name=self.in_name)
        except _NeverMatchesError:
            return None
        return sequence(*(partial(one_of, char) for char in self.begin), *matches)

    def may_match(self, path: str) -> bool:
        """Tell quickly of most paths that they do not match."""
        return self._inside in path and path.startswith(self.begin)

    def matches(self, places: Places) -> bool:
        return self._match is not None and bool(self._match(places, 1) & places.end)


def _longest_plain(text: str) -> str:
    """Return the longest text that stands in whatever a rule matches, if it is easily told."""
    if "\\" in text or "[:" in text:
        return ""
    pieces = re.split(r"\[[!^]?\]?[^\]]*\]|[*?]", text)
    return max((piece.strip("/") for piece in pieces), key=len)


def _matches(text: str, *, in_name: bool) -> list[Match]:
    """Return what the characters of a rule match, from the first that is special on."""
    found: list[Match] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "*":
            match, at = _stars(text, at, in_name=in_name)
        elif char == "[":
            match, at = _class(text, at + 1)
        elif char == "\\":
            if at + 1 == len(text):
                raise _NeverMatchesError
            match, at = partial(one_of, text[at + 1]), at + 2
        else:
            match, at = name_char if char == "?" else partial(one_of, char), at + 1
        found.append(match)
    return found


def _stars(text: str, at: int, *, in_name: bool) -> tuple[Match, int]:
    end = at
    while text[end : end + 1] == "*":
        end += 1
    rest = text[end:]
    is_alone = (at == 0 or text[at - 1] == "/") and (not rest or rest.startswith(("/", r"\/")))
    if in_name or end == at + 1 or not is_alone:
        return star, end
    if not rest.startswith("/"):
        return anything, end
    slash = partial(one_of, "/")
    return partial(either, (sequence(), sequence(anything, slash))), end + 1


def _class(text: str, at: int) -> tuple[Match, int]:
    """Return what a class takes, and where it ends."""
    is_negated = text[at : at + 1] in ("!", "^")
    at += is_negated
    taken: set[str] = set()
    before = ""  # the character that a range may begin with
    first = True
    while first or text[at : at + 1] != "]":
        first = False
        members, before, at = _member(text, at, before)
        taken |= members
    chars = (set(_ALL) - taken if is_negated else taken) - {"/"}
    if not chars:
        raise _NeverMatchesError
    regex = "".join(map(re.escape, sorted(chars)))
    return partial(one_of, re.compile(f"[{regex}]", re.DOTALL)), at + 1


def _member(text: str, at: int, before: str) -> tuple[set[str], str, int]:
    """Return what a member of a class takes, what a range may begin with, and where it ends."""
    char = text[at : at + 1]
    if char == "-" and before and text[at + 1 : at + 2] not in ("", "]"):
        last, at = _plain(text, at + 1)
        return {one for one in _ALL if before <= one <= last}, "", at
    if text.startswith("[:", at):
        end = text.find("]", at + 2)
        if end < 0:
            raise _NeverMatchesError
        if end >= at + 3 and text[end - 1] == ":":
            is_it = _POSIX.get(text[at + 2 : end - 1])
            if is_it is None:
                raise _NeverMatchesError
            return {one for one in _ASCII if is_it(one)}, "", end + 1
    char, at = _plain(text, at)
    return {char}, char, at


def _plain(text: str, at: int) -> tuple[str, int]:
    """Return a character of a class that may be escaped."""
    at += text[at : at + 1] == "\\"
    if at >= len(text):
        raise _NeverMatchesError
    return text[at], at + 1
