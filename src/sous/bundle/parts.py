"""Split a bundle into parts that fit a model, mostly the same for nearly the same bundle.

Parts are filled along the folders. Of this project in 30 to 76 parts, an edit sends 1.0 to 1.4 of
them again; cuts by a hash of the paths and by imports sent 1.0 to 1.7 of 12 % more, and kept no
more imports inside a part. A file that is larger than a part is cut where its content says, so that
an edit moves no cut but those around it (LBFS, 2001).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.around import around_files
from sous.bundle.fill import filled
from sous.bundle.formats.document import CONTENT, HEADER, BundleDocument, tamed
from sous.bundle.formats.xml import STRUCTURE, XmlWriter
from sous.bundle.process import number_lines
from sous.errors import OverBudget
from sous.terminal import say
from sous.tokens import count_each, count_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sous.bundle.read import Bundle
    from sous.bundle.readers import PackedFile

_HEAD = (
    f"{HEADER}\nIt is one part of a repository: what other files hold is in other parts and not "
    "known here. "
    "Each line begins with its number in its file.\n\n"
)
_TAIL = "</files>\n"
_OPAQUE_HEAD = (
    "This is one part of a longer text; what stands before and behind it is in other parts.\n\n"
)
_FAIR, _MOST = 0.6, 0.95  # of the room: where the end of a stretch of lines is looked for
_OVERLAP = 0.05  # of the room: lines of a cut file that stand in both parts
_AT_ONCE = 500  # texts counted together


@dataclass(frozen=True)
class Part:
    """One part: its text, its tokens (o200k_base), its paths, and how many long lines were cut."""

    text: str
    tokens: int
    paths: tuple[str, ...]
    cut_lines: int = 0

    @property
    def label(self) -> str:
        """What is in it, for people."""
        first, last = self.paths[0], self.paths[-1]
        return (
            f"`{first}`"
            if len(self.paths) == 1
            else f"`{first}` to `{last}`, {len(self.paths):,} files"
        )


class Entry(NamedTuple):
    """A file as it will stand in a part, and its tokens."""

    path: str
    text: str
    tokens: int


def split_bundle(
    bundle: Bundle, room: int, *, on_file: Callable[[int, int], None] | None = None
) -> list[Part]:
    """Return the parts of a bundle, each of at most `room` tokens, every file in one of them.

    A file that is larger is cut at line borders, with some lines in two parts. Raises OverBudget
    when `room` is too small for anything.
    """
    files = sorted(bundle.entries, key=lambda file: file.path.split("/"))
    if not files:
        return list(_opaque_parts(bundle.text, room, label="the text"))
    around = around_files(bundle)
    words = around.words if count_tokens(around.words) < room // 4 else ""
    if words != around.words:
        say(
            "what the bundle says before or behind its files is too long to stand in each part, so "
            "it is in none"
        )
    frame = _Frame(f"{_HEAD}{tamed(words, STRUCTURE)}\n\n" if words else _HEAD)
    room_for_files = room - frame.tokens
    if room_for_files < 1:
        raise OverBudget(
            "the window is too small for any file beside the prompt; take a model that reads more"
        )
    parts: list[Part] = []
    run: list[Entry] = []
    for entry, file in zip(_entries(files, on_file), files, strict=True):
        if entry.tokens <= room_for_files:
            run.append(entry)
            continue
        parts += _parts_of(run, room_for_files, frame)
        parts += _parts_of_file(file, room_for_files, frame)
        run = []
    parts += _parts_of(run, room_for_files, frame)
    return (
        [*parts, *_opaque_parts(around.rest, room, label="what is not in files")]
        if around.rest
        else parts
    )


class _Frame:
    """What stands before and behind the files of each part, and its tokens."""

    def __init__(self, opening: str) -> None:
        self._opening = f"{opening}<files>\n{CONTENT}\n\n"
        self.tokens = count_tokens(self._opening) + count_tokens(_TAIL) + 2

    def part(self, entries: Sequence[Entry], cut_lines: int = 0) -> Part:
        """Return a part that holds these."""
        text = f"{self._opening}{''.join(entry.text for entry in entries)}{_TAIL}"
        paths = tuple(dict.fromkeys(entry.path for entry in entries))
        return Part(text, sum(entry.tokens for entry in entries) + self.tokens, paths, cut_lines)


def _entries(
    files: Sequence[PackedFile], on_file: Callable[[int, int], None] | None
) -> Iterator[Entry]:
    for start in range(0, len(files), _AT_ONCE):
        chunk = files[start : start + _AT_ONCE]
        texts = [entry_of(file.path, file.text, file.numbers) for file in chunk]
        for file, text, tokens in zip(chunk, texts, count_each(texts), strict=True):
            yield Entry(file.path, text, tokens + 1)
        if on_file:
            on_file(start + len(chunk), len(files))


def entry_of(path: str, text: str, numbers: Sequence[int]) -> str:
    """Return a file as it stands in a part."""
    counted = isinstance(numbers, range) and numbers.start == 1
    return _WRITER.file(path, number_lines(text, None if counted else numbers))


_WRITER = XmlWriter(BundleDocument(numbered=True))


def _parts_of(entries: Sequence[Entry], room: int, frame: _Frame) -> list[Part]:
    parts = filled(
        entries,
        path=lambda entry: entry.path,
        fits=lambda some, _number: sum(entry.tokens for entry in some) <= room,
    )
    return [frame.part(part) for part in parts]


def cut(
    weights: Sequence[int], room: int, choose: Callable[[Sequence[int]], int]
) -> Iterator[tuple[int, int]]:
    """Yield where stretches begin and end that weigh at most `room`.

    `choose` gets the items behind which the stretch may well end, and returns one of them.
    """
    totals = [0, *accumulate(weights)]
    start = 0
    while start < len(weights):
        if totals[-1] - totals[start] <= room:
            yield start, len(weights)
            return
        end = start
        fair: list[int] = []
        while end < len(weights) and (
            end == start or totals[end + 1] - totals[start] <= room * _MOST
        ):
            if totals[end + 1] - totals[start] >= room * _FAIR:
                fair.append(end)
            end += 1
        chosen = choose(fair) if fair else end - 1
        yield start, chosen + 1
        start = chosen + 1


def _parts_of_file(file: PackedFile, room: int, frame: _Frame) -> Iterator[Part]:
    """Cut one file that is larger than the room."""
    own = count_tokens(entry_of(file.path, "", ())) + 1
    numbered = number_lines(file.text, file.numbers).split("\n")
    for lines, long in _pieces([f"{line}\n" for line in numbered], room - own):
        text = _WRITER.file(file.path, "".join(lines))
        yield frame.part([Entry(file.path, text, count_tokens(text) + 1)], long)


class _Piece(NamedTuple):
    lines: list[str]
    cut_lines: int


def _pieces(lines: Sequence[str], room: int) -> Iterator[_Piece]:
    """Cut lines into pieces of at most `room` tokens that overlap by a few lines."""
    if room < 1:
        raise OverBudget(
            "the window is too small for any file beside the prompt; take a model that reads more"
        )
    weights = [tokens + 1 for tokens in count_each(lines)]
    fitted = list(lines)
    long = set()
    for at, weight in enumerate(weights):
        if weight > room * (1 - 3 * _OVERLAP):
            fitted[at] = _fitted(lines[at], int(room * (1 - 3 * _OVERLAP)))
            weights[at] = count_tokens(fitted[at]) + 1
            long.add(at)

    def choose(fair: Sequence[int]) -> int:
        # Best before a line that begins at the margin and behind a blank one; then by a hash of
        # that line.
        def rank(at: int) -> tuple[int, bytes]:
            after = re.sub(r"^ *\d+: ?", "", fitted[at + 1])
            at_margin = bool(after.strip()) and not after[0].isspace()
            blank = not re.sub(r"^ *\d+: ?", "", fitted[at]).strip()
            return -at_margin - (at_margin and blank), hashlib.sha256(
                after.encode("utf-8", "replace")
            ).digest()

        return min(fair, key=rank)

    for start, end in cut(weights, int(room * (1 - _OVERLAP)), choose):
        first, spare = start, room * _OVERLAP
        while first > 0 and first - 1 not in long and weights[first - 1] <= spare:
            first -= 1
            spare -= weights[first]
        yield _Piece(fitted[first:end], sum(at in long for at in range(start, end)))


def _fitted(line: str, room: int) -> str:
    """Return the beginning of a line that is longer than a whole part may be."""
    mark = " … the rest of this line is cut off\n"
    least, most = 0, min(len(line), room * 8)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (
            (middle, most) if count_tokens(line[:middle] + mark) < room else (least, middle - 1)
        )
    return line[:least] + mark


def _opaque_parts(text: str, room: int, *, label: str) -> Iterator[Part]:
    """Cut a text that is no file of a known form."""
    for piece in _pieces(text.splitlines(keepends=True), room - count_tokens(_OPAQUE_HEAD) - 1):
        whole = _OPAQUE_HEAD + "".join(piece.lines)
        yield Part(whole, count_tokens(whole), (label,), piece.cut_lines)
