"""Paths and lines in a text: what is named, and which lines go with which path."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sous.claims import words
from sous.project.languages import file_names, named_endings, sure_endings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.claims.evidence import Evidence

LONGEST = 400  # characters of a path or a name
_PLACE = re.compile(rf"(?P<path>[^\s`|<>\"]{{1,400}}?)(?:{words.BEHIND_PATH})?")
_WITH_BLANKS = re.compile(rf"(?P<path>.+?)(?:{words.BEHIND_PATH})?")
_TRIM = ".,;:!?()[]{}<>\"'*\u201c\u201d\u2018\u2019\u00ab\u00bb\u2026"
_NO_PATHS = ("@", "www.", "mailto:", "-", "$")
_NO_PATH = re.compile(r"[=;$'\"<>|^&]|\(\)|\.\.\.|\w@\w")
TOKEN = re.compile(r"`(?P<code>[^`]*)`|(?P<word>[^\s`|]+)")


@dataclass
class Mention:
    """A path or lines in one text, at `at` to `to` in it."""

    at: int
    to: int
    path: str | None = None
    ranges: list[tuple[int, int]] = field(default_factory=list)
    code: bool = False
    text: str = ""


class Mentions:
    """Finds the paths and lines that texts name; which words are paths, a bundle helps to tell."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._is_path_cache: dict[tuple[str, bool], bool] = {}

    def of(self, text: str) -> list[Mention]:
        """Return what a text names, in order; `text` as a Block has it."""
        found: list[Mention] = []
        for token in TOKEN.finditer(text):
            if token["code"] is not None:
                found += self._in_code(token["code"], token.start() + 1)
            else:
                word = token["word"]
                if len(word) <= LONGEST and (
                    "." in word
                    or "/" in word
                    or "\\" in word
                    or word.strip(_TRIM).lower() in file_names()
                ):
                    found += self._in_word(word, token.start())
        for form in (words.LINES, words.SHORT_LINES):
            taken = [mention.at for mention in found]
            for match in form.finditer(text):
                before = bisect_right(taken, match.start()) - 1
                is_free = before < 0 or found[before].to <= match.start()
                if is_free and (before + 1 == len(taken) or taken[before + 1] >= match.end()):
                    ranges = ranges_in(match["list"])
                    found.append(
                        Mention(match.start(), match.end(), ranges=ranges, text=match[0].strip())
                    )
            found.sort(key=lambda mention: mention.at)
        return self._joined(found, text)

    def _in_code(self, code: str, at: int) -> Iterator[Mention]:
        stripped = code.strip()
        whole = self.place(stripped, in_code=True)
        if whole:
            yield replace(whole, at=at - 1, to=at + len(code) + 1, code=True, text=stripped)
            return
        if " " not in stripped or len(stripped) > 10 * LONGEST:
            return
        position = 0
        for word in stripped.split():
            position = code.index(word, position)
            place = self.place(word.strip(_TRIM), in_code=False)
            if (
                place
                and place.path
                and ("/" in place.path or place.ranges or self._evidence.resolve(place.path))
            ):
                yield replace(
                    place,
                    at=at + position,
                    to=at + position + len(word),
                    code=True,
                    text=word.strip(_TRIM),
                )
            position += len(word)

    def _in_word(self, word: str, at: int) -> Iterator[Mention]:
        start = len(word) - len(word.lstrip(_TRIM.replace(".", "")))
        bare = word[start:].rstrip(_TRIM)
        if bare.startswith("_") and bare.endswith("_"):
            bare = bare.strip("_")
        for piece in re.split(r"(?<=\w),(?=\w*[A-Za-z/])", bare):
            place = self.place(piece, in_code=False)
            if place:
                offset = word.index(piece, start)
                yield replace(place, at=at + offset, to=at + offset + len(piece), text=piece)

    def place(self, text: str, *, in_code: bool) -> Mention | None:
        """Return the path that a text is, with lines or without; None for what is no path."""
        if not text or len(text) > LONGEST or "://" in text:
            return None
        match = _PLACE.fullmatch(text)
        if match and self.is_path(match["path"], in_code=in_code or bool(match["list"])):
            return Mention(0, 0, normal(match["path"]), ranges_in(match["list"] or ""))
        blank = (
            _WITH_BLANKS.fullmatch(text) if in_code and " " in text and len(text) < 200 else None  # noqa: PLR2004
        )
        if blank and self._evidence.resolve(normal(blank["path"])):
            return Mention(0, 0, normal(blank["path"]), ranges_in(blank["list"] or ""))
        return None

    def is_path(self, text: str, *, in_code: bool) -> bool:
        """Tell whether a text is a path; between ticks more is."""
        key = (text, in_code)
        if key not in self._is_path_cache:
            self._is_path_cache[key] = self._looks_like_path(text, in_code=in_code)
        return self._is_path_cache[key]

    def _looks_like_path(self, text: str, *, in_code: bool) -> bool:
        path = normal(text)
        bare = path.strip("/")
        name = bare.rpartition("/")[2]
        if not bare or text.startswith(_NO_PATHS) or _NO_PATH.search(text):
            return False
        evidence = self._evidence
        has_folder = "/" in path
        if "*" in bare:
            is_file = has_folder or "." in name
            return (
                is_file
                and not path.startswith("/")
                and (evidence.matches(path) or _ending(name) in named_endings())
            )
        if not re.search(r"[^\W\d_]", name) or "{" in bare:
            return False
        if evidence.resolve(path):
            return has_folder or "." in name or in_code or name.lower() in file_names()
        if has_folder and (path.endswith("/") or in_code) and evidence.has_folder(path):
            return "/" in bare or path.endswith("/")
        return self._could_be_folder(path, in_code=in_code) or self._could_be_file(
            path, name, in_code=in_code
        )

    def _could_be_folder(self, path: str, *, in_code: bool) -> bool:
        """Tell whether a path that is not there is meant as a folder: one in a folder of the project."""
        first, _, rest = path.rstrip("/").partition("/")
        return (
            in_code
            and path.endswith("/")
            and bool(rest)
            and " " not in path
            and first in self._evidence.folders
        )

    def _could_be_file(self, path: str, name: str, *, in_code: bool) -> bool:
        """Tell whether a path that is not there is meant as a file, by its ending."""
        ending, stem = _ending(name), name.rpartition(".")[0]
        if (
            not stem
            or "(" in name
            or ":" in path[2:]
            or ending not in named_endings() | self._evidence.endings
        ):
            return False
        if "/" in path:
            return True
        is_name = re.fullmatch(r"[\w.@+\-\[\]]+", name) and name.lower() not in words.PROGRAMS
        if not is_name or stem.lower() in words.EXPRESSIONS:
            return False
        return in_code or ending in sure_endings()

    def _joined(self, mentions: list[Mention], text: str) -> list[Mention]:
        """Put lines to the path that they stand beside; a range between two code spans is one."""
        joined: list[Mention] = []
        at = 0
        while at < len(mentions):
            one = mentions[at]
            following = mentions[at + 1] if at + 1 < len(mentions) else None
            if one.path and not one.ranges:
                brackets = words.IN_BRACKETS.match(text, one.to)
                if brackets:
                    one = replace(
                        one,
                        to=brackets.end(),
                        ranges=ranges_in(brackets["list"]),
                        text=text[one.at : brackets.end()],
                    )
                elif (
                    following
                    and not following.path
                    and words.BETWEEN.fullmatch(text, one.to, following.at)
                ):
                    one = replace(
                        one,
                        to=following.to,
                        ranges=following.ranges,
                        text=text[one.at : following.to],
                    )
                    at += 1
            elif (
                one.path
                and one.ranges
                and following
                and following.path == one.path
                and len(one.ranges) == 1 == len(following.ranges)
            ):
                if re.fullmatch(r"[`\s]*[-\u2013\u2014][`\s]*", text[one.to : following.at]):
                    both = (one.ranges[0][0], following.ranges[0][1])
                    one = replace(
                        one, to=following.to, ranges=[both], text=text[one.at : following.to]
                    )
                    at += 1
            elif (
                not one.path
                and following
                and following.path
                and not following.ranges
                and words.LINES_OF.fullmatch(text, one.to, following.at)
            ):
                one = replace(
                    one, to=following.to, path=following.path, text=text[one.at : following.to]
                )
                at += 1
            joined.append(one)
            at += 1
        return joined


def normal(path: str) -> str:
    """Return a path with `/`, without `./` before it."""
    path = path.replace("\\", "/").strip()
    while path.startswith("./"):
        path = path[2:]
    return re.sub(r"/{2,}", "/", path)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def ranges_in(text: str) -> list[tuple[int, int]]:
    """Return the lines that a list of them names, as first and last."""
    found = []
    for match in words.RANGE.finditer(text):
        start, end = int(match[1]), int(match[2] or match[1])
        found.append((start, end) if end >= start else (start, start))
    return found[:200]
