"""What a bundle proves: which paths there are, how long their files are, where a quote or a name stands in them."""

from __future__ import annotations

import functools
import itertools
import posixpath
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.globs import Globs
from sous.bundle.lists import DEFAULT_IGNORES
from sous.claims.numbering import lines_on_disk
from sous.claims.outline import listed_paths
from sous.claims.words import ENDINGS
from sous.errors import UsageProblem
from sous.names import FOLDER, OWN_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sous.bundle.read import Bundle
    from sous.bundle.readers import PackedFile

_AROUND_SIGNS = re.compile(r"\s*([^\w\s])\s*")
_NO_WORD = bytes(code if chr(code).isalnum() or code == 95 or code > 127 else 32 for code in range(256))  # noqa: PLR2004
_TOKEN = re.compile(r"\w+|[^\w\s]")
_MOST_TOKENS = 3000  # of a quote
_MOST_PLACES = 50  # of one quote in a file
_WORD = re.compile(r"[^\W\d]\w*")
_REDUCED = re.compile(r"^⋮", re.MULTILINE)
_GLOB_AT_MOST = 200  # characters
_NUMBERED = re.compile(r"^[ \t]*\d+(?::(?: |$)|[ \t]*[|│](?: |$)|  (?=\S)|\t)")
# What comes before a name where it is defined, in many languages: at the beginning of a line, behind modifiers.
_DEFINES = (
    r"^[ \t]*(?:(?:export|default|pub(?:\([^)\n]*\))?|public|private|protected|internal|static|final|abstract|async|"
    r"unsafe|extern|const|virtual|override|inline|declare|local|sealed|open)[ \t]+)*"
    r"(?:def|class|func|function\*?|fn|struct|enum|trait|interface|type|const|let|var|val|module|mod|namespace|sub|"
    r"macro_rules!|protocol|record|object|impl|CREATE TABLE)[ \t]+"
    r"(?:\([^)\n]*\)[ \t]*)?(?:IF NOT EXISTS )?[\w.]*?\b{name}\b"
    r"|^[ \t]*(?:[\w<>\[\],*&?]+[ \t]+)*{name}[ \t]*"
    r"(?:=|:=|:[^=\n]*=[ \t]*(?:async[ \t]*)?(?:function|\()|\([^;\n]*\)[^;\n]*\{{)"
)


class Place(NamedTuple):
    """Lines of a file, counted as the file counts them where that is known; both ends included."""

    path: str
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """Where something stands in a file: in the lines of its text, counted from 0, both ends included."""

    first: int
    last: int


class Source:
    """A file of the bundle: its lines, and the numbers that these have in the bundle and in the file itself."""

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
        """Whether some of the file is left out, as where only signatures are packed or the bundle ends too early."""
        return self._is_cut or bool(_REDUCED.search(self._file.text))

    @cached_property
    def in_file(self) -> Sequence[int] | None:
        """The number of each line in the file itself, where the bundle lost lines and the file is there to tell."""
        if self._folder is None or self.is_reduced or not self._is_squeezed:
            return None
        return lines_on_disk(self._folder, self.path, self.lines)

    @cached_property
    def _is_squeezed(self) -> bool:
        """Whether blank lines may have been taken out: numbers go on without a gap and none of them is blank."""
        count = len(self.lines)
        return bool(count) and self.numbers[-1] == count and all(line.strip() for line in self.lines[:-1])

    @property
    def length(self) -> int:
        """The number of the last line, as the bundle or the file count, whichever is more."""
        counts = [numbers[-1] for numbers in (self.numbers, self.in_file) if numbers]
        return max(counts, default=0)

    def holds(self, start: int, end: int) -> bool:
        """Tell whether these lines are in the file."""
        return 1 <= start <= end <= self.length

    def numbered(self, span: Span) -> tuple[int, int]:
        """Return the numbers of these lines: those of the file itself where they are known."""
        numbers = self.in_file or self.numbers
        return numbers[span.first], numbers[span.last]

    def in_bundle(self, span: Span) -> tuple[int, int]:
        """Return the numbers that these lines have in the bundle."""
        return self.numbers[span.first], self.numbers[span.last]

    def mapped(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the lines of the file itself that are `start` to `end` in the bundle; None where both are one."""
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

    def find_lines(self, quote: str) -> list[Span]:
        """Return where a quote stands as whole lines one behind the other, blank ones and indentation aside."""
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
                found.append(Span(first, at))
        return found[:_MOST_PLACES]

    def find(self, quote: str) -> list[Span]:
        """Return where a quote stands, whatever white space is in it; its ends are ends of words."""
        form = _form_of(quote)
        if form is None:
            return []
        text = self._file.text
        found = []
        for match in itertools.islice(form.finditer(text), _MOST_PLACES):
            first = bisect_right(self._starts, match.start()) - 1
            found.append(Span(first, bisect_right(self._starts, match.end() - 1) - 1))
        return found

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins in the text."""
        return [0, *itertools.accumulate(len(line) + 1 for line in self.lines)]

    @cached_property
    def comments(self) -> list[str]:
        """Its lines that are comments, at most a thousand."""
        starts = ("//", "#", "--", "/*", "*", "<!--", ";")
        return [line for line in self.lines if line.lstrip().startswith(starts)][:1000]

    def find_word(self, word: str) -> list[int]:
        """Return the lines that hold a word, counted from 0."""
        form = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return [number for number, line in enumerate(self.lines) if word in line and form.search(line)]

    def definitions(self, name: str) -> list[Span]:
        """Return where a name is defined, each to the end of what is indented under it."""
        if not any(name in line for line in self.lines):
            return []
        form = re.compile(_DEFINES.format(name=re.escape(name)))
        found = [number for number, line in enumerate(self.lines) if name in line and form.search(line[:500])]
        return [Span(number, self._end_of_body(number)) for number in found]

    def _end_of_body(self, start: int) -> int:
        indent = _indent(self.lines[start])
        end = start
        for number in range(start + 1, len(self.lines)):
            line = self.lines[number]
            if not line.strip():
                continue
            if _indent(line) <= indent and not line.lstrip().startswith(("}", ")", "]", "{", "end", "#", "//")):
                break
            end = number
            if _indent(line) <= indent and line.lstrip().startswith(("}", "end")):
                break
        return end


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _squeezed(text: str) -> str:
    """Return a text without white space but for one blank where two words would grow together."""
    return _AROUND_SIGNS.sub(r"\1", " ".join(text.split()))


@functools.lru_cache(maxsize=1024)
def _form_of(quote: str) -> re.Pattern[str] | None:
    """Return what finds a quote: its words and signs, with any white space between; None where nothing is in it."""
    tokens = _TOKEN.findall(quote)
    if not 0 < len(tokens) <= _MOST_TOKENS:
        return None
    pieces = [r"(?<!\w)" if _is_word(tokens[0]) else ""]
    for token, following in itertools.zip_longest(tokens, tokens[1:], fillvalue=""):
        gap = "" if not following else r"\s+" if _is_word(token) and _is_word(following) else r"\s*"
        pieces.append(re.escape(token) + gap)
    pieces.append(r"(?!\w)" if _is_word(tokens[-1]) else "")
    return re.compile("".join(pieces))


def _is_word(token: str) -> bool:
    return token[-1] == "_" or token[-1].isalnum()


class Evidence:
    """A bundle to look things up in. Reports of our own and the one that is checked are no part of it.

    `folder` is the project on the disk, `beside` the folder in it that the report is in, from where its links go.
    """

    def __init__(
        self, bundle: Bundle, *, without: Iterable[str] = (), folder: Path | None = None, beside: str = ""
    ) -> None:
        left_out = set(without)
        packed = bundle.files.items()
        self._files = {path: one for path, one in packed if path not in left_out and not path.startswith(f"{FOLDER}/")}
        self._folder = folder
        self._beside = beside
        self._sources: dict[str, Source] = {}
        self.known = bundle.reading is not None
        self._cut = _cut_off(bundle)
        self._listed = {path for path in listed_paths(bundle.text, bundle.entries) if path not in left_out}
        self.names = {folder.name} if folder else set()

    @cached_property
    def paths(self) -> set[str]:
        """All paths of files that are packed or listed."""
        return self._files.keys() | self._listed

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def folders(self) -> set[str]:
        """All folders, without a `/` at the end."""
        found: set[str] = set()
        for path in self.paths:
            parent = path.rpartition("/")[0]
            while parent and parent not in found:
                found.add(parent)
                parent = parent.rpartition("/")[0]
        return found

    @cached_property
    def endings(self) -> set[str]:
        """The extensions that files have, in lower case, without the dot."""
        return {name.rpartition(".")[2].lower() for name in self._by_name if "." in name.strip(".")}

    def has_module(self, parts: Sequence[str]) -> bool:
        """Tell whether dotted names are a file without its ending, from any folder on."""
        wanted = "/".join(parts)
        names = (name for name in self._by_name if name.partition(".")[0] == parts[-1])
        paths = (path.rpartition(".")[0] for name in names for path in self._by_name[name])
        return any(path == wanted or path.endswith(f"/{wanted}") for path in paths)

    def resolve(self, path: str) -> list[str]:
        """Return the files that are meant: as it is written, else all whose path ends so, else without its beginning.

        An absolute path is taken from the longest end of it that is a file.
        """
        bare = path.removeprefix("./").strip("/")
        if not bare:
            return []
        here = posixpath.normpath(posixpath.join(self._beside, bare))
        as_in_diff = bare[2:] if bare.startswith(("a/", "b/")) else bare
        exact = next((one for one in (bare, here, as_in_diff) if one in self.paths), None)
        if exact:
            return [exact]
        bare = re.sub(r"^(?:\.\./)+", "", bare)  # from some other file
        candidates = self._by_name.get(bare.rpartition("/")[2], [])
        ending = [one for one in candidates if one == bare or one.endswith(f"/{bare}")]
        return ending or self._without_beginning(path, bare.split("/"))

    def from_report(self, href: str) -> str:
        """Return the path from the root that a link means which goes up from the folder of the report.

        Empty for one that leaves the root.
        """
        if not href.startswith("../"):
            return href
        path = posixpath.normpath(posixpath.join(self._beside, href))
        return "" if path.startswith("../") else path

    def _without_beginning(self, path: str, parts: Sequence[str]) -> list[str]:
        is_absolute = path.startswith(("/", "~")) or bool(re.match(r"[A-Za-z]:/", path))
        if is_absolute or parts[0] in self.names:
            exact = next((rest for rest in _tails(parts) if rest in self.paths), None)
            if exact and (is_absolute or exact == "/".join(parts[1:])):
                return [exact]
        return []

    def has_folder(self, path: str) -> bool:
        """Tell whether there is such a folder, as it is written or at the end of another."""
        bare = path.removeprefix("./").strip("/")
        if bare in self.folders or posixpath.normpath(posixpath.join(self._beside, bare)) in self.folders:
            return True
        if path.startswith(("/", "~")):
            return any(rest in self.folders for rest in _tails(bare.split("/")))
        return bare in self._folder_ends

    @cached_property
    def _folder_ends(self) -> set[str]:
        return {
            "/".join(parts)
            for folder in self.folders
            for parts in [folder.split("/")[at:] for at in range(folder.count("/") + 1)]
        }

    def matches(self, glob: str) -> bool:
        """Tell whether any file matches a glob, from the root or from any folder."""
        if len(glob) > _GLOB_AT_MOST:
            return False
        try:
            globs = Globs([glob.removeprefix("./").strip("/"), "**/" + glob.removeprefix("./").strip("/")])
        except UsageProblem:
            return False
        return any(globs.match(path) for path in self.paths)

    def source(self, path: str) -> Source | None:
        """Return a file whose content is there."""
        if path not in self._files:
            return None
        if path not in self._sources:
            self._sources[path] = Source(self._files[path], self._folder, is_cut=path == self._cut)
        return self._sources[path]

    def sources(self, words: Iterable[str]) -> list[Source]:
        """Return the files that hold all of these words."""
        wanted = set(words)
        paths: set[str] | None = None
        for word in wanted:
            holding = self._holding(word)
            paths = set(holding) if paths is None else paths & holding
            if not paths:
                return []
        return [source for path in sorted(paths or ()) if (source := self.source(path))]

    def holds_word(self, word: str) -> bool:
        """Tell whether any file holds a word."""
        return bool(self._holding(word))

    def prepare(self, words: Iterable[str]) -> None:
        """Look in all files at once for these words, for `sources` and `holds_word`: one pass over the bundle."""
        wanted = frozenset(words) - self._words.keys()
        if not wanted:
            return
        found: dict[bytes, set[str]] = {word.encode("utf-8", "replace"): set() for word in wanted}
        sought = frozenset(found)
        for path, file in self._files.items():
            for word in sought.intersection(file.packed.encode("utf-8", "replace").translate(_NO_WORD).split()):
                found[word].add(path)
        self._words.update({word.decode("utf-8", "replace"): paths for word, paths in found.items()})
        self._words.update({word: set() for word in wanted - self._words.keys()})

    def _holding(self, word: str) -> set[str]:
        if word not in self._words:
            self.prepare([word])
        return self._words[word]

    @cached_property
    def _words(self) -> dict[str, set[str]]:
        return {}

    @cached_property
    def is_partial(self) -> bool:
        """Whether the content of some file of text is not there, so that what is found nowhere may be in that."""
        lacks_text = any(path.rpartition(".")[2].lower() in ENDINGS for path in self._listed - self._files.keys())
        return bool(self._cut or lacks_text) or any(
            "⋮" in file.packed and _REDUCED.search(file.packed) for file in self._files.values()
        )

    def is_left_out(self, path: str) -> bool:
        """Tell whether a file is listed while its content is not there."""
        return path in self._listed and path not in self._files

    def may_be_left_out(self, path: str | None) -> bool:
        """Tell whether a file may be there all the same: one of ours, one that packers leave out, one on the disk."""
        if path is None:
            return False
        bare = path.removeprefix("./").strip("/")
        if bare in OWN_FILES or self._left_out_by_packers.match(bare):
            return True
        if self._folder is None or not bare or len(bare) > _GLOB_AT_MOST:
            return False
        try:
            there = (self._folder / bare).resolve()
            return there.is_relative_to(self._folder.resolve()) and there.exists()
        except (OSError, ValueError):
            return False

    @cached_property
    def _left_out_by_packers(self) -> Globs:
        return Globs(DEFAULT_IGNORES)

    def is_part_of_word(self, text: str) -> bool:
        """Tell whether any file holds a text, be it inside a word."""
        return any(text in file.packed for file in self._files.values())


def _cut_off(bundle: Bundle) -> str | None:
    """Return the path of the last file where the bundle ends in the middle of it, in a form that shows that."""
    closing = {"xml": "</", "parsable xml": "</", "markdown": "```"}.get(bundle.reading.form if bundle.reading else "")
    if closing is None or not bundle.entries:
        return None
    last = bundle.entries[-1]
    tail = last.packed.rstrip()[-300:]
    at = bundle.text.rfind(tail) if tail else -1
    return last.path if at >= 0 and closing not in bundle.text[at + len(tail) :] else None


def words_of(text: str) -> list[str]:
    """Return the words of a text that can be looked for, the longest first."""
    return sorted(set(_WORD.findall(text)), key=lambda word: (-len(word), word))


def fold_quote(quote: str) -> str:
    """Return a quote as `Source.find` wants it: white space folded; numbers before all its lines are no part of it."""
    return _squeezed(unnumbered(quote))


def unnumbered(quote: str) -> str:
    """Return a quote without the numbers before its lines, where all of them have one."""
    lines = quote.split("\n")
    if all(_NUMBERED.match(line) for line in lines if line.strip()):
        return "\n".join(_NUMBERED.sub("", line) for line in lines)
    return quote


def _tails(parts: Sequence[str]) -> Iterable[str]:
    return ("/".join(parts[at:]) for at in range(1, len(parts)))
