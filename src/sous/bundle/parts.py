"""Split a bundle into parts that fit a model, mostly the same for nearly the same bundle.

Parts are filled along the folders. Of this project in 30 to 76 parts, an edit sends 1.0 to 1.4 of
them again; cuts by a hash of the paths and by imports sent 1.0 to 1.7 of 12 % more, and kept no
more imports inside a part. A file that is larger than a part is cut where its content says, so that
an edit moves no cut but those around it (LBFS, 2001).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.around import around_files
from sous.bundle.fill import filled
from sous.bundle.formats.document import CONTENT, HEADER, BundleDocument, part_words, tamed
from sous.bundle.formats.xml import STRUCTURE, XmlWriter
from sous.bundle.limits import PartLimit
from sous.bundle.process import is_numbered, number_lines
from sous.errors import OverBudget, SousError
from sous.terminal import say

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
    "This is one part of a longer text; what comes before and after it is in other parts.\n\n"
)
_CUT_OFF = " … the rest of this line is cut off\n"
_FAIR, _MOST = 0.6, 0.95  # of the room: where the end of a stretch of lines is looked for
_OVERLAP = 0.05  # of the room: lines of a cut file that stand in both parts
_AT_ONCE = 500  # texts counted together
_MANY = 9999  # parts: so many fit into the first line that is counted on


@dataclass(frozen=True)
class Part:
    """One part: its text, its tokens (o200k_base), its paths, and how many long lines were cut.

    `tokens` are of the unit that it was cut by, where that is another.
    """

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
    bundle: Bundle,
    room: int,
    *,
    unit: str = "tokens",
    on_file: Callable[[int, int], None] | None = None,
) -> list[Part]:
    """Return the parts of a bundle, each of at most `room` of a unit, every file in one of them.

    A file that is larger is cut at line borders, with some lines in two parts. Raises OverBudget
    when `room` is too small for anything.
    """
    limit = PartLimit(room, unit)
    files = sorted(bundle.entries, key=lambda file: file.path.split("/"))
    if not files:
        return list(_opaque_parts(bundle.text, limit, label="the text"))
    around = around_files(bundle)
    words = around.words if limit.of(around.words) < room // 4 else ""
    if words != around.words:
        say(
            "what the bundle says before or after its files is too long for each part, so "
            "it is in none"
        )
    frame = _Frame(f"{_HEAD}{tamed(words, STRUCTURE)}\n\n" if words else _HEAD, limit)
    room_for_files = room - frame.tokens
    if room_for_files < 1:
        raise OverBudget(
            "the window is too small for any file beside the prompt; use a model with a "
            "larger context window"
        )
    parts: list[Part] = []
    run: list[Entry] = []
    for entry, file in zip(_entries(files, limit, on_file), files, strict=True):
        if entry.tokens <= room_for_files:
            run.append(entry)
            continue
        parts += _parts_of(run, room_for_files, frame)
        parts += _parts_of_file(file, room_for_files, frame)
        run = []
    parts += _parts_of(run, room_for_files, frame)
    return (
        [*parts, *_opaque_parts(around.rest, limit, label="what is not in files")]
        if around.rest
        else parts
    )


def pasted_parts(bundle: Bundle, limit: PartLimit) -> list[Part]:
    """Return a bundle in parts for a chat page, each with a first line that says which it is.

    One that fits is one part, as it is. Raises SousError when the limit is too small for anything.
    """
    size = limit.of(bundle.text)
    if size <= limit.most:
        return [Part(bundle.text, size, tuple(bundle.files))]
    line = limit.of(f"{part_words(_MANY, _MANY + 1)}\n\n")
    try:
        parts = split_bundle(bundle, limit.most - line, unit=limit.unit)
    except OverBudget as exc:
        raise SousError(
            f"no part of {limit.most:,} {limit.unit} has room for a file; allow more"
        ) from exc
    texts = (f"{part_words(at, len(parts))}\n\n{part.text}" for at, part in enumerate(parts, 1))
    return [
        replace(part, text=text, tokens=limit.of(text))
        for part, text in zip(parts, texts, strict=True)
    ]


class _Frame:
    """What stands before and behind the files of each part, and its tokens."""

    def __init__(self, opening: str, limit: PartLimit) -> None:
        self.limit = limit
        self._opening = f"{opening}<files>\n{CONTENT}\n\n"
        self.tokens = limit.of(self._opening) + limit.of(_TAIL) + 2

    def part(self, entries: Sequence[Entry], cut_lines: int = 0) -> Part:
        """Return a part that holds these."""
        text = f"{self._opening}{''.join(entry.text for entry in entries)}{_TAIL}"
        paths = tuple(dict.fromkeys(entry.path for entry in entries))
        return Part(text, sum(entry.tokens for entry in entries) + self.tokens, paths, cut_lines)


def _entries(
    files: Sequence[PackedFile], limit: PartLimit, on_file: Callable[[int, int], None] | None
) -> Iterator[Entry]:
    for start in range(0, len(files), _AT_ONCE):
        chunk = files[start : start + _AT_ONCE]
        texts = [_entry_text(file) for file in chunk]
        for file, text, tokens in zip(chunk, texts, limit.each(texts), strict=True):
            yield Entry(file.path, text, tokens + 1)
        if on_file:
            on_file(start + len(chunk), len(files))


def _entry_text(file: PackedFile) -> str:
    """Return a file as it stands in a part; one that is numbered as we do it stays as it is."""
    if file.numbering is not None and is_numbered(file.packed):
        return _WRITER.file(file.path, file.packed)
    return entry_of(file.path, file.text, file.numbers)


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
    limit = frame.limit
    own = limit.of(entry_of(file.path, "", ())) + 1
    numbered = number_lines(file.text, file.numbers).split("\n")
    for lines, long in _pieces([f"{line}\n" for line in numbered], room - own, limit):
        text = _WRITER.file(file.path, "".join(lines))
        yield frame.part([Entry(file.path, text, limit.of(text) + 1)], long)


class _Piece(NamedTuple):
    lines: list[str]
    cut_lines: int


def _pieces(lines: Sequence[str], room: int, limit: PartLimit) -> Iterator[_Piece]:
    """Cut lines into pieces of at most `room` of the unit that overlap by a few lines."""
    longest = int(room * (1 - 3 * _OVERLAP))
    if longest <= limit.of(_CUT_OFF) + 1:
        raise OverBudget(
            "the window is too small for any file beside the prompt; use a model with a "
            "larger context window"
        )
    weights = [tokens + 1 for tokens in limit.each(lines)]
    fitted = list(lines)
    long = set()
    for at, weight in enumerate(weights):
        if weight > longest:
            fitted[at] = _fitted(lines[at], longest, limit)
            weights[at] = limit.of(fitted[at]) + 1
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


def _fitted(line: str, room: int, limit: PartLimit) -> str:
    """Return the beginning of a line that is longer than a whole part may be."""
    least, most = 0, min(len(line), room * 8)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (
            (middle, most) if limit.of(line[:middle] + _CUT_OFF) < room else (least, middle - 1)
        )
    return line[:least] + _CUT_OFF


def _opaque_parts(text: str, limit: PartLimit, *, label: str) -> Iterator[Part]:
    """Cut a text that is no file of a known form."""
    room = limit.most - limit.of(_OPAQUE_HEAD) - 1
    for piece in _pieces(text.splitlines(keepends=True), room, limit):
        whole = _OPAQUE_HEAD + "".join(piece.lines)
        yield Part(whole, limit.of(whole), (label,), piece.cut_lines)
