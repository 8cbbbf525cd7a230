"""Paths and lines in a text: what is named, and which lines go with which path."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.claims.line_numbers import (
    BEHIND_PATH,
    IN_BRACKETS,
    between_lines_and_path,
    between_path_and_lines,
    lines_apart,
    lists_of_lines,
    ranges_in,
)
from sous.claims.pathlike import PathLike, normal
from sous.claims.words import is_command
from sous.project.languages import file_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.claims.evidence import Evidence

LONGEST = 400  # characters of a path or a name
_LONGEST_WITH_BLANKS = 200
_PLACE = re.compile(rf"(?P<path>[^\s`|<>\"]{{1,400}}?)(?:{BEHIND_PATH})?")
_WITH_BLANKS = re.compile(rf"(?P<path>.+?)(?:{BEHIND_PATH})?")
_TRIM = ".,;:!?()[]{}<>\"'*\u201c\u201d\u2018\u2019\u00ab\u00bb\u2026"
_TRIM_BEFORE = _TRIM.replace(".", "")  # a dot begins `.github/x`
_COMMA = re.compile(r"(?<=\w),(?=\w*[A-Za-z/])")
_AND = re.compile(r"[`*\s]*(?:,|&|and|und|et|y|и)[`*\s]*")
_DASH = re.compile(r"[`\s]*[-\u2013\u2014][`\s]*")
TOKEN = re.compile(r"`(?P<code>[^`]*)`|(?P<word>[^\s`|]+)")


@dataclass
class Mention:
    """A path or lines in one text, at `at` to `to` in it."""

    at: int
    to: int
    path: str | None = None
    ranges: list[tuple[int, int]] = field(default_factory=list)
    text: str = ""

    @property
    def is_path_alone(self) -> bool:
        """Whether it is a path without lines."""
        return bool(self.path) and not self.ranges


class Mentions:
    """Finds the paths and lines that texts name; which words are paths, a bundle helps to tell."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._paths = PathLike(evidence)

    def of(self, text: str) -> list[Mention]:
        """Return what a text names, in order; `text` as a Block has it."""
        found: list[Mention] = []
        for token in TOKEN.finditer(text):
            if token.lastgroup == "code":
                found += self._in_code(token["code"], token.start() + 1)
                continue
            word = token[0]
            if len(word) <= LONGEST and _may_name_a_path(word):
                found += self._in_word(word, token.start())
        for matches in lists_of_lines(text):
            _add_lines(found, matches)
        _add_lines(found, _lines_apart(found, text))
        return _joined(found, text)

    def _in_code(self, code: str, at: int) -> Iterator[Mention]:
        stripped = code.strip()
        whole = self.place(stripped, in_code=True)
        if whole:
            yield replace(whole, at=at - 1, to=at + len(code) + 1, text=stripped)
        elif " " in stripped and len(stripped) <= 10 * LONGEST:
            yield from self._in_command(code, at)

    def _in_command(self, code: str, at: int) -> Iterator[Mention]:
        """Yield the paths among several words between ticks."""
        position = 0
        is_typed = is_command(code)
        for word in code.split():
            position = code.index(word, position)
            bare = word.strip(_TRIM)
            place = self.place(bare, in_code=False)
            is_there = place is not None and self._evidence.resolve(place.path or "")
            if place and self._is_sure(place) and (is_there or not is_typed):
                start = at + position
                yield replace(place, at=start, to=start + len(word), text=bare)
            position += len(word)

    def _is_sure(self, place: Mention) -> bool:
        """Tell whether a word of a command is a path that is known, or written as one."""
        path = place.path
        if not path:
            return False
        if "/" in path or place.ranges:
            return True
        return bool(self._evidence.resolve(path))

    def _in_word(self, word: str, at: int) -> Iterator[Mention]:
        start = len(word) - len(word.lstrip(_TRIM_BEFORE))
        bare = word[start:].rstrip(_TRIM)
        if bare.startswith("_") and bare.endswith("_"):
            bare = bare.strip("_")
        for piece in _COMMA.split(bare):
            place = self.place(piece, in_code=False)
            if place:
                offset = at + word.index(piece, start)
                yield replace(place, at=offset, to=offset + len(piece), text=piece)

    def place(self, text: str, *, in_code: bool) -> Mention | None:
        """Return the path that a text is, with lines or without; None for what is no path."""
        if not text or len(text) > LONGEST or "://" in text:
            return None
        match = _PLACE.fullmatch(text)
        if match:
            is_sure = in_code or bool(match["list"])
            if self.is_path(match["path"], in_code=is_sure):
                return _place_of(match)
        return self._with_blanks(text) if in_code else None

    def _with_blanks(self, text: str) -> Mention | None:
        """Return a path with blanks in it, which has to exist."""
        if " " not in text or len(text) >= _LONGEST_WITH_BLANKS:
            return None
        match = _WITH_BLANKS.fullmatch(text)
        if match is None or not self._evidence.resolve(normal(match["path"])):
            return None
        return _place_of(match)

    def is_path(self, text: str, *, in_code: bool) -> bool:
        """Tell whether a text is a path; between ticks more is."""
        return self._paths.is_path(text, in_code=in_code)


def _place_of(match: re.Match[str]) -> Mention:
    return Mention(0, 0, normal(match["path"]), ranges_in(match["list"] or ""))


@lru_cache(maxsize=10_000)  # most words of a report are there again and again
def _may_name_a_path(word: str) -> bool:
    if not {".", "/", "\\"}.isdisjoint(word):
        return True
    return word.strip(_TRIM).lower() in file_names()


def _add_lines(found: list[Mention], matches: Iterable[re.Match[str]]) -> None:
    """Add lists of lines where nothing was found, and keep the order."""
    starts = [mention.at for mention in found]
    more = []
    for match in matches:
        following = bisect_right(starts, match.start())
        is_behind = following == 0 or found[following - 1].to <= match.start()
        is_before = following == len(starts) or starts[following] >= match.end()
        if is_behind and is_before:
            ranges = ranges_in(match["list"])
            more.append(Mention(*match.span(), ranges=ranges, text=match[0].strip()))
    found += more
    found.sort(key=lambda mention: mention.at)


def _lines_apart(found: Sequence[Mention], text: str) -> Iterator[re.Match[str]]:
    """Yield lists of lines in brackets behind a path, but for those right behind one."""
    paths = [mention.to for mention in found if mention.path]
    beside = {match.end() for to in paths if (match := IN_BRACKETS.match(text, to))}
    for match in lines_apart(text):
        if paths and paths[0] < match.start() and match.end() not in beside:
            yield match


def _joined(mentions: list[Mention], text: str) -> list[Mention]:
    """Put lines to the path that they stand beside; a range between two code spans is one."""
    joined: list[Mention] = []
    at = 0
    while at < len(mentions):
        mention = mentions[at]
        whole = _with_brackets(mention, text)
        if whole is None and at + 1 < len(mentions):
            whole = _merged(mention, mentions[at + 1], text)
            at += whole is not None
        joined.append(_with_lines_before(joined, whole or mention, text))
        at += 1
    return joined


def _with_lines_before(joined: Sequence[Mention], mention: Mention, text: str) -> Mention:
    """Return a path with the lines said of it and of one before: `lines 1-6 in a and b`."""
    before = joined[-1] if joined else None
    if before is None or not before.path or not before.ranges or not mention.is_path_alone:
        return mention
    is_said_first = before.text.find(before.path) > 0 and before.text[:1].isalpha()
    if not is_said_first or not _AND.fullmatch(text, before.to, mention.at):
        return mention
    return replace(mention, ranges=list(before.ranges))


def _with_brackets(mention: Mention, text: str) -> Mention | None:
    """Return a path with the lines in brackets right behind it."""
    match = IN_BRACKETS.match(text, mention.to) if mention.is_path_alone else None
    if match is None:
        return None
    said = text[mention.at : match.end()]
    return replace(mention, to=match.end(), ranges=ranges_in(match["list"]), text=said)


def _merged(mention: Mention, following: Mention, text: str) -> Mention | None:
    """Return two mentions as one, where what stands between them says so."""
    between = _between(mention, following)
    if between is None or not between.fullmatch(text, mention.to, following.at):
        return None
    ranges = mention.ranges or following.ranges
    if mention.ranges and following.ranges:
        ranges = [(mention.ranges[0][0], following.ranges[0][1])]
    path = mention.path or following.path
    return Mention(mention.at, following.to, path, ranges, text[mention.at : following.to])


def _between(mention: Mention, following: Mention) -> re.Pattern[str] | None:
    """Return what has to stand between two mentions that are one; None where they cannot be."""
    if mention.is_path_alone and not following.path:
        return between_path_and_lines()
    if following.is_path_alone and not mention.path:
        return between_lines_and_path()
    is_range = len(mention.ranges) == len(following.ranges) == 1
    if is_range and mention.path and mention.path == following.path:
        return _DASH
    return None
