"""The words around references, by `words.toml`: labels, what is asked for, what is missing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sous.project.data import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COULD = re.compile(r"[`*_]{0,4}\s(?:would|could|should|might)\b", re.IGNORECASE)
_FAR = r"[^.!?\n]{0,160}$"  # to the end, in the same sentence
_CAPITALS = r"A-Z\u00c0-\u00de\u0410-\u042f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
_LABEL = re.compile(
    rf"""
    ^ [\s>*+\-\d.)#]{{0,8}}              # bullets and numbers
    (?: [^\w\s`*]{{1,3}} \ufe0f? \s? )?  # a sign
    (?:
        (?: \*\*|__ ) (?P<bold> [^*\n]{{2,300}}? ) (?: \*\*|__ ) (?P<colon> \s?[:\uff1a] )?
      | (?P<plain> [{_CAPITALS}] [\w ()/'-]{{1,40}}? ) (?: :(?= \s|\*|$ ) | \uff1a )
    )
    """,
    re.MULTILINE | re.VERBOSE,
)


class Label(NamedTuple):
    """A label in a text, as `**Fix:**`, `**Fix**:`, or `Fix:` at the beginning of a line.

    `is_sure`: it cannot be only something in bold.
    """

    at: int
    text: str
    is_sure: bool
    is_bold: bool

    @property
    def is_fix(self) -> bool:
        """Whether what should be stands behind it."""
        if not self.is_sure:
            return False
        return bool(_labels("fix_labels").fullmatch(self.text)) or is_about_missing(self.text)

    @property
    def is_find(self) -> bool:
        """Whether what is there stands behind it."""
        return self.is_sure and is_about_what_is_there(self.text)


@cache
def _tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return parse_toml(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def words_in(table: str, *groups: str) -> frozenset[str]:
    """Return the words of some groups of a table, of all where none is named, to look one up in."""
    return frozenset(_entries(table, groups))


def any_of(table: str, *groups: str) -> str:
    """Return an expression for any entry of some groups of a table, of all where none is named."""
    return f"(?:{'|'.join(_entries(table, groups))})"


def _entries(table: str, groups: Sequence[str]) -> list[str]:
    found: list[str] = []
    for group in groups or _tables()[table]:
        found += _tables()[table][group]
    return found


def labels_in(text: str) -> Iterator[Label]:
    """Yield the labels in a text, in order."""
    for match in _LABEL.finditer(text):
        said = match["bold"] or match["plain"]
        is_sure = (
            bool(match["colon"])
            or said.rstrip().endswith((":", "\uff1a"))
            or match.end() == len(text)
        )
        is_bold = match["plain"] is None
        yield Label(match.start(), _bare(said), is_sure or not is_bold, is_bold)


def _bare(label: str) -> str:
    """Return a label or a heading without numbers before it and signs around it."""
    return re.sub(r"^[\W\d]+", "", label).strip(" :\uff1a*._")


def fix_within(text: str) -> int | None:
    """Return where in a text a sentence begins that says what should be: `x is lost. Fix: y`."""
    match = _fix_within().search(text)
    return match.start() if match else None


@cache
def _fix_within() -> re.Pattern[str]:
    return re.compile(rf"(?<=[.!?)]\s)(?=[{_CAPITALS}])(?i:{any_of('fix_labels')})(?:\s\w+)?:\s")


def is_about_fixes(heading: str) -> bool:
    """Tell whether a heading is about what should be."""
    return bool(_labels("fix_labels").fullmatch(_bare(heading)))


def is_about_missing(label: str) -> bool:
    """Tell whether a label names what is missing: `Missing guard`."""
    return bool(_labels("missing_labels").fullmatch(label))


def is_about_what_is_there(label: str) -> bool:
    """Tell whether a label is about what is there."""
    return bool(_labels("find_labels").fullmatch(label))


@cache
def _labels(table: str) -> re.Pattern[str]:
    adjectives = any_of("label_adjectives")
    more = r"(?:\s[\w/()'\u2019-]+){0,3}"
    return re.compile(rf"(?:{adjectives}\s)*{any_of(table)}{more}", re.IGNORECASE)


def is_to_be_made(before: str) -> bool:
    """Tell by what is before a path whether it is to be made, or reported missing."""
    return bool(_asks_for("files").search(before))


def is_command(code: str) -> bool:
    """Tell whether code between ticks is typed into a shell."""
    return bool(_command().match(code.strip()))


@cache
def _command() -> re.Pattern[str]:
    known = rf"(?:\$\s+)?(?:\w+=\S+\s+)*{any_of('typed', 'commands')}\s+[\w./-]"
    with_option = r"[a-z][\w.-]*(?:\s[\w./-]+)?\s--?[a-z][\w-]*(?:=[^\s(){};]+)?(?:\s[^\s(){};]+)*$"
    return re.compile(rf"{known}|{with_option}")


def is_reported(before: str) -> bool:
    """Tell by what is before code whether it is said to be there."""
    return bool(_reported().search(before))


@cache
def _reported() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of('reported')}[\s:`*_(]*$", re.IGNORECASE)


def is_hypothetical(before: str) -> bool:
    """Tell by what is before a name whether it should be there, could be, or is missing."""
    return bool(_asks_for("names").search(before) or _use().search(before))


@cache
def _asks_for(group: str) -> re.Pattern[str]:
    asked = rf"\b{any_of('to_do', 'anything', 'others', group)}\b{_FAR}"
    missing = rf"\b{any_of('next', 'missing')}\b[^.!?;,\n]{{0,30}}$"
    example = rf"\b{any_of('next', 'example')}\b\.?[^.!?;\n]{{0,40}}$"
    unspaced = rf"{any_of('to_do', 'unspaced')}[^\u3002\uff01\uff1f\uff1b.!?;\n]{{0,40}}$"
    return re.compile(f"{asked}|{missing}|{example}|{unspaced}", re.IGNORECASE)


@cache
def _use() -> re.Pattern[str]:
    """Return what finds `use` and `using` where they ask for something: first in a clause."""
    begins = r"(?:^|[.!?:;,(]|[-*]|\d\.|\b(?:by|and|or|to|then|please))\s*\*{0,2}"
    return re.compile(rf"{begins}us(?:e|ing)\b{_FAR}", re.IGNORECASE)


def is_missing(text: str, end: int) -> bool:
    """Tell whether a text says of the name or file that ends there that it does not exist."""
    return bool(_missing().match(text, end, end + 80) or _COULD.match(text, end))


@cache
def _missing() -> re.Pattern[str]:
    be = r"(?:is|are|was|were|has been)"
    adverb = r"(?:\w+ly\s)?"
    gone = rf"{be}\s{adverb}{any_of('behind', 'gone')}"
    no_such = rf"(?:does|do)(?:n't|\snot)\s{adverb}exist"
    not_there = rf"{be}(?:n't|\snot|\sno longer|\snever)\s{adverb}{any_of('behind', 'not')}"
    before = r"(?:\([^()]{0,40}\))?[`*_)]{0,4}\s(?:\w+\s){0,2}?"
    unspaced = rf"[\s`*_()\uff08\uff09]{{0,6}}{any_of('behind', 'unspaced')}"
    said = rf"{before}(?:{gone}|{no_such}|{not_there})\b"
    return re.compile(f"{said}|{unspaced}", re.IGNORECASE)


def is_introduced(text: str, start: int, end: int) -> bool:
    """Tell whether code is called a function, a class or the like: `name` method, class `name`."""
    before, behind = _introductions()
    return bool(before.search(text[max(0, start - 40) : start]) or behind.match(text, end))


@cache
def _introductions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    kinds = any_of("definition")
    before = re.compile(rf"\b{kinds}\s[*_]{{0,2}}$", re.IGNORECASE)
    behind = re.compile(rf"[*_]{{0,2}}\s{kinds}\b", re.IGNORECASE)
    return before, behind
