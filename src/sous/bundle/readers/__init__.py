"""Any packer's bundle, read back into files: each form is a module with `sniff` and `read`."""

from __future__ import annotations

import importlib
import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sous.bundle.formats.document import HEADER, without_part
from sous.bundle.readers.numbering import form_of, without_numbers
from sous.bundle.readers.scan import Piece, Scanner

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from sous.bundle.readers.scan import Readable

# Where two show at the same place, the first of them holds.
_FORMS = (
    "parsable",
    "json_style",
    "files_to_prompt",
    "code2prompt",
    "yek",
    "ai_digest",
    "gitingest",
    "xml",
    "plain",
    "markdown",
)
_HEAD = 1 << 16  # bytes in which a form must show
_SAMPLE = 8  # files by which it is told whether lines are numbered
_SAMPLE_AT_MOST = 200
_NUMBERED = b"ine numbers have been added"  # said by sous and repomix at the top
_SAYS_SO = (HEADER.encode(), b"This file is a merged representation of")


@dataclass(frozen=True)
class PackedFile:
    """A file read back: its path in the bundle, and its text as it stands there, numbers and all.

    `numbering`: how its lines begin when they are numbered.
    """

    path: str
    packed: str
    numbering: re.Pattern[str] | None = None

    @cached_property
    def _read(self) -> tuple[str, Sequence[int]]:
        # forms of an empty file
        text = "" if self.packed in ("\n", "1: \n", "1:\n", "1: ") else self.packed
        if self.numbering is None or not text:
            lines = text.count("\n") + (not text.endswith("\n")) if text else 0
            return text, range(1, lines + 1)
        return without_numbers(text, self.numbering)

    @property
    def text(self) -> str:
        """Its text without numbers; it ends in a line end or not as the form leaves it."""
        return self._read[0]

    @property
    def numbers(self) -> Sequence[int]:
        """The number that each line has in the bundle.

        Where the packer wrote none they count from 1.
        """
        return self._read[1]


@dataclass(frozen=True)
class Reading:
    """A bundle in a known form: its name, whether lines are numbered, and its files as read.

    `scan`: where the reading stands; behind the last file it tells what is left.
    """

    form: str
    numbered: bool
    files: Iterator[PackedFile]
    scan: Scanner


def read_stream(stream: Readable) -> Reading | None:
    """Begin to read a bundle; None for one in no known form.

    Memory goes with the largest file in it.
    """
    head = without_part(stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf"))
    found = _form_of_head(head)
    if found is None:
        return None
    scan = Scanner(_Rejoined(head, stream))
    pieces: Iterator[Piece] = found.read(scan)
    sample: list[Piece] = []
    telling = 0
    for piece in pieces:
        sample.append(piece)
        telling += bool(piece.text.strip())
        if telling == _SAMPLE or len(sample) == _SAMPLE_AT_MOST:
            break
    if not sample and not head.startswith(_SAYS_SO):
        return None  # it only began like one
    numbering = _numbering(head, sample)
    files = (
        PackedFile(piece.path, piece.text, numbering) for piece in itertools.chain(sample, pieces)
    )
    return Reading(found.NAME, numbering is not None, files, scan)


def _form_of_head(head: bytes) -> Any:
    """Return the module of the form that shows first."""
    best, best_at = None, len(head) + 1
    for name in _FORMS:
        module = importlib.import_module(f"{__name__}.{name}")
        at = module.sniff(head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
        if at is not None and at < best_at:
            best, best_at = module, at
    return best


def _numbering(head: bytes, sample: Sequence[Piece]) -> re.Pattern[str] | None:
    said = _NUMBERED in head[:2048]
    if head.startswith(_SAYS_SO) and not said:
        return None
    texts = [piece.text for piece in sample if piece.text.strip()]
    return form_of(texts, said=said) if texts else None


class _Rejoined:
    """A stream of which the first bytes were read already.

    One that was turned to CRLF as a whole is turned back.
    """

    def __init__(self, head: bytes, stream: Readable) -> None:
        self._head = head.removeprefix(b"\xef\xbb\xbf")
        self._stream = stream
        self._is_crlf = self._head.partition(b"\n")[0].endswith(b"\r")
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes."""
        block = self._head or self._stream.read(size)
        self._head = b""
        if not self._is_crlf:
            return block
        block, self._held = self._held + block, b""
        if block.endswith(b"\r") and len(block) > 1:
            block, self._held = block[:-1], b"\r"
        return block.replace(b"\r\n", b"\n")
