"""Which line of a file on disk is which in a bundle that left some of its lines out."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import inside, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST = 5_000_000  # bytes of a file that are read
_MOST_COMPARED = 200_000  # pairs of lines that are the same, where more than blank ones are gone
_ALIKE = 0.9  # of the lines in the bundle must be found in the file


def lines_on_disk(folder: Path, path: str, lines: Sequence[str]) -> Sequence[int] | None:
    """Return the line in the file for each of `lines`, both from 1.

    None where the file is not there or another one.

    Blank lines may be gone (`removeEmptyLines` of repomix), and comments with them; what lost a
    comment is the line that begins like it. Same lines without a gap are None too: there is nothing
    to map.
    """
    text = _text(folder, path)
    if text is None:
        return None
    there = text.removesuffix("\n").split("\n")
    if len(there) == len(lines):
        return None
    full = [
        (number, stripped) for number, line in enumerate(there, 1) if (stripped := line.strip())
    ]
    bare = [line.strip() for line in lines]
    if bare and not bare[-1]:
        bare.pop()
    if bare == [stripped for _, stripped in full]:
        numbers = [number for number, _ in full]
        return numbers + [numbers[-1]] * (len(lines) - len(numbers))
    return _aligned(bare, full)


def _aligned(bare: Sequence[str], full: Sequence[tuple[int, str]]) -> Sequence[int] | None:
    there = Counter(line for _, line in full)
    if sum(there[line] for line in bare) > _MOST_COMPARED:
        return None
    matcher = SequenceMatcher(None, bare, [line for _, line in full], autojunk=False)
    blocks = matcher.get_matching_blocks()
    if sum(block.size for block in blocks) < _ALIKE * len(bare):
        return None
    numbers = [0] * len(bare)
    for block in blocks:
        for at in range(block.size):
            numbers[block.a + at] = full[block.b + at][0]
    last = 0
    # a line that lost its comment stands behind the one before it
    for at, number in enumerate(numbers):
        numbers[at] = last = number or min(last + 1, full[-1][0])
    return numbers


def _text(folder: Path, path: str) -> str | None:
    try:
        target = inside(folder, folder / path)
        if target is None:
            return None
        return read_file(target, root=None, most=_MOST).decode("utf-8").replace("\r\n", "\n")
    except (OSError, ValueError, SousError):
        return None
