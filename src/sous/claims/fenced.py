"""A block of code in a report: the places in its fence and its comments, and what it quotes."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.mentions import LONGEST, Mention
from sous.claims.pathlike import normal
from sous.claims.reference import Reference
from sous.claims.words import any_of, is_about_fixes, words_in
from sous.project.languages import COMMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.claims.blocks import Passage
    from sous.claims.mentions import Mentions

_MOST_WORDS = 6  # of an info string
_CHANGES = ("diff", "patch")
_COMMENT = re.compile(rf"^\s*{COMMENT}\s?(?P<text>.*?)(?:\*/|-->)?\s*$")
_BEFORE_PLACE = re.compile(r"^(?:in|file|from|see|at)\b:?\s*", re.IGNORECASE)
_CURSOR = re.compile(r"(\d{1,7}):(\d{1,7}):(.+)")  # `12:20:src/app.py`, as Cursor writes it
_KEY = re.compile(r"^(?:\w+:(?=[^/\\\d])|(?:title|file|filename|path)=)")
_WELL = ("\u2705", "\u2714", "\u2611")
_ADDED = ("+", "@@", "---", "diff ", "index ")
_SAYS = re.compile(rf"(?m)^\W*{any_of('remarks')}\s*[:\uff1a]", re.IGNORECASE)
_COUNTED = re.compile(r"^[ \t]{0,9}\d{1,2}\.[ \t][A-Za-z]", re.MULTILINE)  # a list in words
_LONGEST_SHOWN = 80
# `map{Exchange}Error`: a form that many names have. Not in a string, nor `${x}`.
_FORM_OF_NAMES = re.compile(r"(?<![\w$#@\"'`/])\w*\{[A-Z]\w*\}_?[A-Z]")


class CodePart(NamedTuple):
    """A part of a block of code: the place named above it, its line of the report, its code."""

    mention: Mention | None
    line: int
    code: str


class Fence:
    """A block of code of a report."""

    def __init__(self, block: Passage, mentions: Mentions) -> None:
        self._block = block
        self._mentions = mentions
        self._language = re.split(r"[\s:{,]", block.info, maxsplit=1)[0].lower()

    @property
    def is_code(self) -> bool:
        """Whether it may quote a file."""
        return self._language not in words_in("typed", "fences")

    @property
    def may_be_text(self) -> bool:
        """Whether it may as well be something that no file contains."""
        return self._language in (*words_in("typed", "any_text"), *_CHANGES)

    def quoted(self, code: str) -> str:
        """Return the lines that are claimed; of a diff those that it removes or keeps.

        None where names have placeholders: it is a form that no file contains.
        """
        if _FORM_OF_NAMES.search(code) or len(_COUNTED.findall(code)) > 1:
            return ""
        lines = code.split("\n")
        if self._language in _CHANGES:
            lines = [
                line[1:] if line[:1] in "- " else line
                for line in lines
                if not line.startswith(_ADDED)
            ]
        text = "\n".join(lines).strip("\n")
        text = "\n".join(itertools.takewhile(_is_there, text.split("\n")))
        is_remark = all(map(_COMMENT.match, filter(str.strip, text.split("\n"))))
        is_remark = is_remark and len(text) < LONGEST and _SAYS.search(text) is not None
        return text if re.search(r"\w", text) and not is_remark else ""

    def instead(self, code: str) -> str:
        """Return the lines behind a comment that says that what should be there follows."""
        return "\n".join(itertools.dropwhile(_is_there, code.split("\n")))

    def parts(self) -> Iterator[CodePart]:
        """Yield the parts of it, which begin where a comment names a place."""
        mention, line = None, self._block.first_code_line
        lines: list[str] = []
        has_code = False
        for number, text in enumerate(self._block.text.split("\n"), line):
            found = self._in_comment(text, is_first=not has_code)
            if found is None:
                lines.append(text)
                has_code = has_code or bool(text.strip())
                continue
            if mention or has_code:
                yield CodePart(mention, line, "\n".join(lines))
            mention, line, lines, has_code = found, number, [], False
        if mention or has_code:
            yield CodePart(mention, line, "\n".join(lines))

    def _in_comment(self, line: str, *, is_first: bool) -> Mention | None:
        """Return the place in a line that is only a comment; one without lines begins the code."""
        comment = _COMMENT.match(line) if len(line) < LONGEST else None
        if comment is None:
            return None
        mentions = self._mentions.of(_BEFORE_PLACE.sub("", comment["text"]))
        if not mentions or mentions[0].at > 1:
            return None
        mention = mentions[0]
        is_place = bool(mention.ranges) or (is_first and mention.path)
        return replace(mention, text=mention.text.strip("`")) if is_place else None

    def place_in_info(self) -> Mention | None:
        """Return the place that stands behind the fence."""
        for word in re.split(r"[\s{}]+", self._block.info)[:_MOST_WORDS]:
            place = self._cursor(word) or self._titled(word)
            if place:
                return place
        return None

    def _cursor(self, word: str) -> Mention | None:
        match = _CURSOR.fullmatch(word)
        if match is None or not self._mentions.is_path(match[3], in_code=True):
            return None
        return Mention(0, 0, normal(match[3]), [(int(match[1]), int(match[2]))], text=word)

    def _titled(self, word: str) -> Mention | None:
        bare = _KEY.sub("", word).strip("\"'")
        if bare == word and "/" not in bare and "." not in bare:
            return None
        place = self._mentions.place(bare, in_code=True)
        return replace(place, text=bare) if place else None


def _is_there(line: str) -> bool:
    """Tell whether a line is no comment that says that what should be there follows: `# Better`."""
    comment = _COMMENT.match(line) if len(line) < LONGEST else None
    said = comment["text"].strip() if comment else ""
    return not said.startswith(_WELL) and not is_about_fixes(said.rstrip(" :."))


def references_of_header(
    mention: Mention, line: int, quote: str | None, near: tuple[str, ...]
) -> Iterator[Reference]:
    """Yield the place above code, and the code as its quote; None for code that quotes no file."""
    named = mention.path or (near[0] if near else None)
    if not mention.ranges:
        is_firm = quote is not None
        yield Reference("path", mention.text, line, 0, mention.path, firm=is_firm, near=near)
        if quote:
            paths = (mention.path or "", *near)
            yield replace(reference_of_quote(quote, quote, line + 1, paths), named=named)
    for number, (start, end) in enumerate(mention.ranges):
        yield Reference(
            "line",
            mention.text,
            line,
            0,
            named,
            start,
            end,
            quote=quote if number == 0 else None,
            quote_line=line + 1,
            near=near,
            names_lines=True,
        )


def reference_of_quote(quote: str, code: str, line: int, near: tuple[str, ...]) -> Reference:
    """Return the reference that a block of code is, shown by its first line; not a firm one."""
    lines = (line.strip() for line in code.split("\n"))
    shown = next(filter(None, lines), "")[:_LONGEST_SHOWN]
    named = near[0] if near else None
    return Reference(
        "quote", shown, line, 0, named, quote=quote, quote_line=line, firm=False, near=near
    )
