"""Models that write the same again and again: known from an answer, and while one comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ADVICE = "another model or a lower temperature may help, a higher output limit does not"
_LOOKED_AT = 16_000  # characters at the end of a stream
_EVERY = 4_000  # characters between two looks
_LONGEST = _LOOKED_AT // 4  # characters of what is repeated
_NEEDLE = 64  # characters at the end, looked for before it
_TRIES = 40  # places of the needle
_SAME_LINES = 3  # that make a place in a text known again
_FEWEST = 6  # times that prose is repeated in a loop
_SHORTEST = 400  # characters of all repetitions
_SHARE = 0.3  # of an answer
_FEWEST_IN_CODE, _SHORTEST_IN_CODE, _SHARE_IN_CODE = 50, 4_000, 0.5
_FEWEST_COUNTED = 12  # times that it is repeated behind numbers that count
_FEWEST_ROWS, _FEWEST_LONG_ROWS = 200, 30  # of a table or of boxes to tick
_LONG_ROW = 5  # words
_ROW = re.compile(r"[ \t>]*(?:\||[-*+] \[[ xX]\])")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_COUNTER = re.compile(r"^([^\w\n]*)(?:\d+(?=[.:)\]*|\s])|[^\W\d_](?=[.)]\s))", re.MULTILINE)
_COUNTED_WORD = re.compile(r"^([^\w\n]*[^\W\d_]+) +\d+(?=[.:)\]*|\s]|$)")  # Step 7: …
_WORD = re.compile(r"[^\W\d_]")
_LONG_LINE = 400  # characters
_LONGEST_RULE = 2_000  # characters of one line without a word
_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})", re.MULTILINE)


class LoopWatch:
    """Follows an answer as it comes, at the cost of one look each few thousand characters."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[str] = []
        self._size = 0
        self._begun = 0  # of the text that is kept: where the line begins that has no end yet
        self._is_code = False

    def is_loop(self, piece: str) -> bool:
        """Take a piece; tell whether the model repeats itself, for so long that it will not end."""
        self._pieces.append(piece)
        before, self._size = self._size, self._size + len(piece)
        if self._size // _EVERY == before // _EVERY or self._size < _LOOKED_AT:
            return False
        whole = "".join(self._pieces)
        text = whole[-_LOOKED_AT - _LONGEST :]
        self._follow_fences(whole, len(text))
        self._pieces, self._size = [text], len(text) + self._size % _EVERY
        end = text[-_LOOKED_AT:]
        return bool(_WORD.search(end)) and (
            0 < _period(end) <= _LONGEST
            or (0 < _period(_uncounted(end)) <= _LONGEST and self._may_loop(end))
        )

    def _follow_fences(self, text: str, kept: int) -> None:
        """Follow whether the text is in a fence, by the lines that have come to their end."""
        begun = text.rfind("\n") + 1
        if len(_FENCE.findall(text[self._begun : begun])) % 2:
            self._is_code = not self._is_code
        self._begun = max(0, max(self._begun, begun) - (len(text) - kept))

    def _may_loop(self, end: str) -> bool:
        """Tell whether lines that only count are too many, or no rows and no code."""
        lines = [line for line in end.split("\n")[1:-1] if line.strip()]
        is_listing = self._is_code or all(map(_ROW.match, lines))
        return not is_listing or len(lines) >= _FEWEST_ROWS


def _period(text: str) -> int:
    """Return after how many characters a text repeats itself from its begin to its end, else 0."""
    needle = text[-_NEEDLE:]
    at = len(text) - _NEEDLE
    for _ in range(_TRIES):
        at = text.rfind(needle, 0, at + _NEEDLE - 1)
        if at < 0:
            return 0
        period = len(text) - _NEEDLE - at
        if text[period:] == text[:-period]:
            return period
    return 0


def _uncounted(text: str) -> str:
    """Return a text without the numbers that its lines begin with: `7. x` is `8. x` then."""
    return _COUNTER.sub(r"\1", text)


def is_looping(text: str) -> bool:
    """Tell whether a good part of an answer is one piece of it, written again and again."""
    prose, code = _lines(text)
    size = len(text)
    return (
        _repeated(prose, _FEWEST) >= max(_SHORTEST, size * _SHARE)
        or _repeated(
            [_COUNTED_WORD.sub(r"\1", _uncounted(line)) for line in prose],
            _FEWEST_COUNTED,
            is_counted=True,
        )
        >= max(_SHORTEST, size * _SHARE)
        or _repeated(code, _FEWEST_IN_CODE) >= max(_SHORTEST_IN_CODE, size * _SHARE_IN_CODE)
        or any(_is_long_loop(line, size) for line in prose if len(line) > _LONG_LINE)
    )


def _is_long_loop(line: str, size: int) -> bool:
    """Tell whether the end of one line repeats itself."""
    end = line[-_LOOKED_AT:]
    end = end[len(end) // 4 :]  # it may have begun well
    return (
        len(end) >= max(_SHORTEST, size * _SHARE)
        and (len(end) >= _LONGEST_RULE or bool(_WORD.search(end)))
        and 0 < _period(end) <= len(end) // _FEWEST
    )


def _lines(text: str) -> tuple[list[str], list[str]]:
    """Return the lines with text in them, those in fences apart."""
    prose: list[str] = []
    code: list[str] = []
    is_code = False
    for line in text.split("\n"):
        bare = line.strip()
        if not bare:
            continue
        if _FENCE.match(line):
            is_code = not is_code
            prose.append(bare)
        else:
            (code if is_code else prose).append(bare)
    return prose, code


def _repeated(lines: Sequence[str], fewest: int, *, is_counted: bool = False) -> int:
    """Return the characters of the longest run that repeats itself at least so often."""
    most = 0
    for first, last, period in _runs(lines):
        least = max(fewest, _fewest_rows(lines[last - period : last])) if is_counted else fewest
        if last - first + period >= period * least:
            run = lines[first - period : last]
            size = sum(map(len, run))
            if size > most and any(map(_WORD.search, run[:period])):
                most = size
    return most


def _fewest_rows(lines: Sequence[str]) -> int:
    """Return how often such lines must count to be a loop: rows with the same result are none."""
    if not all(map(_ROW.match, lines)):
        return 0
    is_long = all(len(_WORDS.findall(line)) >= _LONG_ROW for line in lines)
    return _FEWEST_LONG_ROWS if is_long else _FEWEST_ROWS


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield runs in which each line is that so many lines before: begin, end, how many."""
    seen: dict[tuple[str, ...], int] = {}
    first = period = 0
    for at in range(len(lines)):
        key = tuple(lines[max(0, at - _SAME_LINES + 1) : at + 1])
        distance = at - seen.get(key, at)
        seen[key] = at
        if distance == period:
            continue
        if period:
            yield first, at, period
        first, period = at, distance
    if period:
        yield first, len(lines), period
