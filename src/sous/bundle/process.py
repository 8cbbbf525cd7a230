"""What is done to the text of a file before it stands in a bundle.

Lines keep the numbers they have in the file.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from sous.bundle.lists import EMPTY_LINES_DROPPED

if TYPE_CHECKING:
    from collections.abc import Sequence

# As repomix 1.18.1 finds them (measured): a data URI with 40 characters of base64 or more, and any
# run of 256 or more that looks like base64 and not like a long word or a rule of dashes.
_DATA_URI = re.compile(
    r"(data:[^\s;,]{1,100}(?:;[^\s;,]{1,100}){0,5};base64,)([A-Za-z0-9+/]{40,})={0,2}"
)
_RUN = re.compile(r"[A-Za-z0-9+/]{256,}={0,2}")
_KEPT, _LEAST = 32, 256
_LARGE, _BLOCK = 1 << 22, 1 << 20  # characters
# Base64 in lines of 60 to 100 characters (64 in PEM, 76 in MIME and notebooks), which end for real
# or, in a string, as `\n`; quotes, marks that join strings, and marks of comments may stand around.
_WRAP = re.compile(
    r"(?![A-Za-z0-9+/=])(?:"  # soon known for most characters
    r"""(?:\\r)?(?:\\n)?(?:["'][ \t]*[,+.\\]?|[ \t]*[,.\\]?|[ \t]+\+)[ \t]*\r?\n"""
    r"""[ \t]*(?:(?:[#*>+.]|//)[ \t]+)?(?:b?["'])?"""
    r"|(?:\\r)?\\n)"
)
_WRAPPED = re.compile(
    rf"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{{60,100}}(?:(?:{_WRAP.pattern})[A-Za-z0-9+/]{{60,100}})+"
    rf"(?:={{1,2}}|(?:{_WRAP.pattern})[A-Za-z0-9+/]{{1,100}}={{0,2}}(?![A-Za-z0-9+/]))?"
)


def number_lines(text: str, numbers: Sequence[int | None] | None = None) -> str:
    """Put `N: ` before each line, the numbers right-aligned.

    Lines end at LF alone, as in git and grep.

    `numbers`: those of the lines in the file, where some of its lines are not here (None: a line of
    our own).
    """
    if numbers is None and len(text) > _LARGE:
        return _numbered_by_blocks(text)
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    if numbers is None:
        most = len(lines)
        both = [""] * (2 * most)  # filled by slices: half the time of adding each to its number
        both[::2], both[1::2] = _prefixes(most, len(str(most)))[:most], lines
        return "".join(both)[1:]
    width = len(str(next((number for number in reversed(numbers) if number), 1)))
    return "\n".join(
        line if number is None else f"{number:>{width}}: {line}"
        for number, line in zip(numbers, lines, strict=False)
    )


def _numbered_by_blocks(text: str) -> str:
    """Return a large text with numbers; only the lines of one block are in memory at a time."""
    width = len(str(text.count("\n") + (not text.endswith("\n"))))
    blocks: list[str] = []
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start + _BLOCK)
        end = end if end >= 0 else len(text)
        lines = text[start:end].split("\n")
        if end == len(text) and len(lines) > 1 and not lines[-1]:
            lines.pop()
        blocks.append("\n".join(f"{at:>{width}}: {line}" for at, line in enumerate(lines, number)))
        start, number = end + 1, number + len(lines)
    return "\n".join(blocks)


def is_numbered(text: str) -> bool:
    """Tell whether a text is what `number_lines` makes of a file, all of whose lines are there."""
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    prefixes = _prefixes(len(lines), len(str(len(lines))))
    return all(line.startswith(prefix[1:]) for line, prefix in zip(lines, prefixes, strict=False))


def _prefixes(lines: int, width: int) -> list[str]:
    """Return a line end and `N: ` for at least the first `lines` numbers; grown for each width."""
    known = _PREFIXES.setdefault(width, [])
    if len(known) < lines:
        known.extend(f"\n{number:>{width}}: " for number in range(len(known) + 1, lines + 1))
    return known


_PREFIXES: dict[int, list[str]] = {}


def without_empty_lines(
    text: str, path: str, numbers: Sequence[int | None] | None
) -> tuple[str, list[int | None] | None]:
    """Drop blank lines of files whose kind allows it.

    Return the text and the numbers that its lines have.
    """
    if path.rpartition(".")[2].lower() not in EMPTY_LINES_DROPPED:
        return text, list(numbers) if numbers is not None else None
    lines = text.split("\n")
    kept = [
        (number, line)
        for number, line in zip(numbers or count(1), lines, strict=False)
        if line.strip()
    ]
    end = "\n" if text.endswith("\n") and kept else ""
    return "\n".join(line for _, line in kept) + end, [number for number, _ in kept]


def without_base64(
    text: str, numbers: Sequence[int | None] | None = None
) -> tuple[str, list[int | None] | None]:
    """Cut long runs of base64 down to their first 32 characters, wrapped ones to their first line.

    Return the text and the numbers that its lines have, None where all of them stay.
    """
    dropped: set[int] = set()
    line, at = 0, 0

    def cut(match: re.Match[str]) -> str:
        nonlocal line, at
        if not _is_wrapped(match[0]):
            return match[0]
        line += text.count("\n", at, match.start())
        at = match.start()
        dropped.update(range(line + 1, line + 1 + match[0].count("\n")))
        return f"{match[0][:_KEPT]}..."

    shorter = truncate_base64(_WRAPPED.sub(cut, text))
    if not dropped:
        return shorter, list(numbers) if numbers is not None else None
    before = (
        numbers
        if numbers is not None
        else range(1, text.count("\n") + 1 + (not text.endswith("\n")))
    )
    return shorter, [number for index, number in enumerate(before) if index not in dropped]


def _is_wrapped(block: str) -> bool:
    """Tell whether lines of the same length, the last one at most as long, are base64."""
    runs = _WRAP.split(block)
    first, last = len(runs[0]), runs[-1]
    padded = len(last) - len(last.rstrip("="))
    return (
        all(len(run) == first for run in runs[:-1])
        and len(last) <= first
        and first % 4 == 0
        and len(last) % 4 == 0
        and sum(map(len, runs)) - padded >= _LEAST
        and _is_base64("".join(runs).rstrip("="))
    )


def truncate_base64(text: str) -> str:
    """Cut long runs of base64 down to their first 32 characters; lines stay as they are."""
    if "base64," in text:
        text = _DATA_URI.sub(lambda match: f"{match[1]}{match[2][:_KEPT]}...", text)
    return _RUN.sub(
        lambda match: f"{match[0][:_KEPT]}..." if _is_base64(match[0]) else match[0], text
    )


def _is_base64(run: str) -> bool:
    kinds = (r"[0-9]", r"[A-Z]", r"[a-z]", r"[+/]")
    present = [bool(re.search(kind, run)) for kind in kinds]
    return present[0] and sum(present) >= 3 and len(set(run)) >= 10  # noqa: PLR2004  # measured, see above
