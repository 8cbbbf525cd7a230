"""A file of the bundle: where a quote, a word or a definition is, and the numbers of its lines."""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.numbering import lines_on_disk
from sous.project.languages import comments_at, is_comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sous.bundle.readers import PackedFile

_TOKEN = re.compile(r"\w+|[^\w\s]")
_NO_BRACKET = re.compile(r"\w+|[^\w\s(){}\[\];,\"'`]")
_FEWEST_FLAT = 12  # characters of code that is told without its brackets
_MOST_TOKENS = 3000  # of a quote
_MOST_PLACES = 50  # of one quote in a file
_WORD = re.compile(r"[^\W\d]\w*")
_GOES_ON = ("}", ")", "]", "{", "end", "#", "//")  # what may stand as far left as a definition
_ENDS = ("}", "end")
_LONGEST_DEFINITION = 500  # characters of its line
_REDUCED = re.compile(r"^⋮", re.MULTILINE)
# What comes before a name where it is defined, in many languages: at the beginning of a line,
# behind modifiers.
_MODIFIERS = (
    r"(?:export|default|pub(?:\([^)\n]*\))?|public|private|protected|internal|static|final|abstract"
    r"|async|unsafe|extern|const|virtual|override|inline|declare|local|sealed|open)"
)
_KEYWORDS = (
    r"(?:def|class|func|function\*?|fn|struct|enum|trait|interface|type|const|let|var|val|module"
    r"|mod|namespace|sub|macro_rules!|protocol|record|object|impl|CREATE TABLE)"
)
_RECEIVER = r"(?:\([^)\n]*\)[ \t]*)?"  # of a method in Go
_BY_KEYWORD = (
    rf"^[ \t]*(?:{_MODIFIERS}[ \t]+)*{_KEYWORDS}[ \t]+"
    rf"{_RECEIVER}(?:IF NOT EXISTS )?[\w.]*?\bNAME\b"
)
_ARROW_OR_FUNCTION = r":[^=\n]*=[ \t]*(?:async[ \t]*)?(?:function|\()"
_SIGNATURE = r"\([^;\n]*\)[^;\n]*\{"  # of a method in C, Java, TypeScript
_BY_FORM = rf"^[ \t]*(?:[\w<>\[\],*&?]+[ \t]+)*NAME[ \t]*(?:=|:=|{_ARROW_OR_FUNCTION}|{_SIGNATURE})"


class FileLines(NamedTuple):
    """Lines of a file, counted as the file counts them where that is known; both ends included."""

    path: str
    start: int
    end: int


@dataclass(frozen=True)
class LineSpan:
    """Where something is in a file: lines of its text, counted from 0, both ends included."""

    first: int
    last: int


class Source:
    """A file of the bundle: its lines, and their numbers in the bundle and in the file itself."""

    def __init__(self, file: PackedFile, folder: Path | None, *, is_cut: bool = False) -> None:
        self.path = file.path
        self._file = file
        self._folder = folder
        self._is_cut = is_cut

    @cached_property
    def lines(self) -> list[str]:
        """Its lines as they stand in the bundle, without numbers."""
        return self._file.text.removesuffix("\n").split("\n") if self._file.text else []

    @cached_property
    def numbers(self) -> Sequence[int]:
        """The number of each line in the bundle."""
        return self._file.numbers

    @cached_property
    def is_reduced(self) -> bool:
        """Whether some of it is left out: only signatures are packed, or the bundle ends in it."""
        return self._is_cut or is_reduced(self._file.text)

    @cached_property
    def in_file(self) -> Sequence[int] | None:
        """The number of each line on the disk, if the bundle lost lines and the file exists."""
        if self._folder is None or self.is_reduced or not self._is_squeezed:
            return None
        return lines_on_disk(self._folder, self.path, self.lines)

    @cached_property
    def _is_squeezed(self) -> bool:
        """Whether blank lines may have been removed: none is blank, and no number is left out."""
        count = len(self.lines)
        return (
            bool(count)
            and self.numbers[-1] == count
            and all(line.strip() for line in self.lines[:-1])
        )

    @property
    def length(self) -> int:
        """The number of the last line, as the bundle or the file count, whichever is more."""
        counts = [numbers[-1] for numbers in (self.numbers, self.in_file) if numbers]
        return max(counts, default=0)

    def holds(self, start: int, end: int) -> bool:
        """Tell whether these lines are in the file."""
        return 1 <= start <= end <= self.length

    def lines_of(self, span: LineSpan) -> FileLines:
        """Return these lines, by the numbers of the file itself where they are known."""
        return FileLines(self.path, *self.numbered(span))

    def numbered(self, span: LineSpan) -> tuple[int, int]:
        """Return the numbers of these lines: those of the file itself where they are known."""
        numbers = self.in_file or self.numbers
        return numbers[span.first], numbers[span.last]

    def between(self, first: int, last: int) -> Iterator[tuple[int, str]]:
        """Yield the lines with these numbers, those of the file itself where they are known."""
        numbers = self.in_file or self.numbers
        for at in range(
            bisect_left(numbers, first), min(bisect_right(numbers, last), len(self.lines))
        ):
            yield numbers[at], self.lines[at]

    def at(self, number: int) -> int:
        """Return where a line with a number of `between` is, counted from 0."""
        return bisect_left(self.in_file or self.numbers, number)

    def in_bundle(self, span: LineSpan) -> tuple[int, int]:
        """Return the numbers that these lines have in the bundle."""
        return self.numbers[span.first], self.numbers[span.last]

    def mapped(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the lines of the file itself that are `start` to `end` in the bundle.

        None where both are one.
        """
        if not self.in_file or end > len(self.in_file):
            return None
        return self.in_file[start - 1], self.in_file[end - 1]

    @cached_property
    def _whole(self) -> dict[str, list[int]]:
        """Where each line stands, without the white space around it."""
        found: dict[str, list[int]] = {}
        for number, line in enumerate(self.lines):
            found.setdefault(line.strip(), []).append(number)
        return found

    def find_lines(self, quote: str) -> list[LineSpan]:
        """Return where a quote is whole lines in a row, blank ones and indentation aside."""
        wanted = [stripped for line in quote.split("\n") if (stripped := line.strip())]
        found = []
        for first in self._whole.get(wanted[0], ()) if wanted else ():
            at = first
            for line in wanted[1:]:
                at += 1
                while at < len(self.lines) and not self.lines[at].strip():
                    at += 1
                if at >= len(self.lines) or self.lines[at].strip() != line:
                    break
            else:
                found.append(LineSpan(first, at))
        return found[:_MOST_PLACES]

    def find(self, quote: str) -> list[LineSpan]:
        """Return where a quote is, whatever white space is in it; its ends are ends of words."""
        form = _form_of(quote)
        if form is None:
            return []
        text = self._file.text
        found = []
        for match in itertools.islice(form.finditer(text), _MOST_PLACES):
            first = bisect_right(self._starts, match.start()) - 1
            found.append(LineSpan(first, bisect_right(self._starts, match.end() - 1) - 1))
        return found

    def has_flat(self, quote: str) -> bool:
        """Tell whether all words and signs of a quote are in it in a row, brackets aside."""
        wanted = _flat(quote)
        return len(wanted) > _FEWEST_FLAT and f" {wanted} " in self._flat

    @cached_property
    def _flat(self) -> str:
        return f" {_flat(self._file.text)} "

    @cached_property
    def different_lines(self) -> list[tuple[int, str]]:
        """Each line with where it is first, counted from 0."""
        first: dict[str, int] = {}
        for at, line in enumerate(self.lines):
            first.setdefault(line, at)
        return [(at, line) for line, at in first.items()]

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins in the text."""
        return [0, *itertools.accumulate(len(line) + 1 for line in self.lines)]

    @cached_property
    def comments(self) -> list[str]:
        """Its lines that are comments, at most a thousand."""
        marks = comments_at(self.path)
        return [line for line in self.lines if is_comment(line, marks)][:1000]

    def find_word(self, word: str) -> list[int]:
        """Return the lines that hold a word, counted from 0."""
        form = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return self._matching(word, form, most=None)

    def definitions(self, name: str) -> list[LineSpan]:
        """Return where a name is defined, each to the end of what is indented under it."""
        found = self._matching(name, _form_of_definition(name), most=_LONGEST_DEFINITION)
        return [LineSpan(number, self._end_of_body(number)) for number in found]

    def is_variable(self, definition: LineSpan, name: str) -> bool:
        """Tell whether what is defined in a line is a variable, and no function or class."""
        line = self.lines[definition.first]
        form = rf"(?<!\w){re.escape(name)}\s*(?::[^=()]*)?:?=(?!.*(?:=>|function|lambda))"
        return re.search(form, line[:_LONGEST_DEFINITION]) is not None

    def _matching(self, word: str, form: re.Pattern[str], *, most: int | None) -> list[int]:
        """Return the lines with a word whose first `most` characters match."""
        found = []
        for number, line in enumerate(self.lines):
            if word in line and form.search(line[:most]):
                found.append(number)
        return found

    def _end_of_body(self, start: int) -> int:
        indent = _indent(self.lines[start])
        end = start
        for number in range(start + 1, len(self.lines)):
            line = self.lines[number]
            if not line.strip():
                continue
            bare = line.lstrip()
            is_inside = _indent(line) > indent
            if not is_inside and not bare.startswith(_GOES_ON):
                break
            end = number
            if not is_inside and bare.startswith(_ENDS):
                break
        return end


@functools.lru_cache(maxsize=256)
def _form_of_definition(name: str) -> re.Pattern[str]:
    return re.compile(f"{_BY_KEYWORD}|{_BY_FORM}".replace("NAME", re.escape(name)))


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


@functools.lru_cache(maxsize=1024)
def _form_of(quote: str) -> re.Pattern[str] | None:
    """Return what finds a quote: its words and signs, with any white space between.

    None where nothing is in it.
    """
    tokens = _TOKEN.findall(quote)
    if not 0 < len(tokens) <= _MOST_TOKENS:
        return None
    pieces = [r"(?<!\w)" if _is_word(tokens[0]) else ""]
    for token, following in itertools.pairwise(tokens):
        are_words = _is_word(token) and _is_word(following)
        pieces += [re.escape(token), r"\s+" if are_words else r"\s*"]
    pieces.append(re.escape(tokens[-1]))
    pieces.append(r"(?!\w)" if _is_word(tokens[-1]) else "")
    return re.compile("".join(pieces))


def _flat(code: str) -> str:
    """Return the words and signs of code, each behind a blank, without brackets."""
    return " ".join(_NO_BRACKET.findall(code))


def _is_word(token: str) -> bool:
    return token[-1] == "_" or token[-1].isalnum()


def words_of(text: str) -> list[str]:
    """Return the words of a text that can be looked for, the longest first."""
    return sorted(set(_WORD.findall(text)), key=lambda word: (-len(word), word))


def is_reduced(text: str) -> bool:
    """Tell whether only the signatures of a file are packed."""
    return "⋮" in text and bool(_REDUCED.search(text))
