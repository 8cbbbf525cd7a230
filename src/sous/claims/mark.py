"""What a check writes into a report: marks beside what is unproven, mended places, a table at the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.claims.judge import Judged, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MARK = "⚠ not found in the bundle"
_TABLE = "<!-- sous check -->"
_TABLE_FORM = re.compile(rf"\n*^{_TABLE}\n(?:\|[^\n]*\n?)*", re.MULTILINE)
_WINDOW = 2000  # characters in which a reference is looked for behind the one before
_CLOSING = re.compile(r"[`*_)\]]*(?:\([^()\s]*\))?[`*_)\]]*")
_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(`{3,}|~{3,})")


class _Edit(NamedTuple):
    """A piece of the report, from `start` to `end`, and what comes in its place."""

    start: int
    end: int
    text: str


def unmarked(text: str) -> str:
    """Return a report without the marks and the table of an earlier check."""
    text = _TABLE_FORM.sub("\n", text) if _TABLE in text else text
    if MARK not in text:
        return text
    text = re.sub(rf"^[ \t>]*{MARK}\n", "", text, flags=re.MULTILINE)
    return text.replace(f" {MARK}", "")


def marked(text: str, judged: Sequence[Judged]) -> str:
    """Return a report with what is mended and what is marked written into it."""
    starts = _line_starts(text)
    edits = list(_edits(text, starts, judged))
    pieces, at = [], 0
    for edit in sorted(edits):
        if edit.start < at:
            continue  # two references in one place
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def closed_by_table(text: str, count: int, counts: Mapping[str, int]) -> str:
    """Return a report with the table of its references at the end."""
    return f"{text.rstrip()}\n\n{_TABLE}\n{table(count, counts)}"


def table(count: int, counts: Mapping[str, int]) -> str:
    """Return the counts as a table in markdown."""
    names = ("references", *counts)
    numbers = (count, *counts.values())
    rows = (names, ("--:",) * len(names), tuple(str(number) for number in numbers))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def spans_of(text: str, judged: Sequence[Judged]) -> list[tuple[int, int] | None]:
    """Return where in a report each reference stands, from the first character to behind the last; None: not found."""
    starts = _line_starts(text)
    spans: list[tuple[int, int] | None] = [None] * len(judged)
    cursor, last = 0, -1
    for number in sorted(range(len(judged)), key=lambda at: (judged[at].reference.line, judged[at].reference.at)):
        reference = judged[number].reference
        if reference.line != last:
            cursor, last = starts[min(reference.line, len(starts)) - 1], reference.line
        at = text.find(reference.text, cursor, cursor + _WINDOW + len(reference.text))
        if at >= 0 and reference.text:
            spans[number] = (at, at + len(reference.text))
            cursor = at
    return spans


def _edits(text: str, starts: Sequence[int], judged: Sequence[Judged]) -> Iterable[_Edit]:
    fences = _Fences(text, starts)
    for one, span in zip(judged, spans_of(text, judged), strict=True):
        line = min(one.reference.line, len(starts)) - 1
        is_mended = one.verdict is Verdict.MOVED or (one.verdict is Verdict.VERIFIED and one.reference.kind == "line")
        if is_mended and one.found and span and one.reference.kind in ("line", "path"):
            mended = _mended(one)
            if mended != one.reference.text:
                yield _Edit(*span, mended)
        elif one.verdict is Verdict.UNPROVEN:
            closing = fences.end_of(line)
            if closing is not None:
                yield _Edit(closing, closing, f"{_indent_of(text, starts[line])}{MARK}\n")
            else:
                end = _behind(text, span[1]) if span else _line_end(text, starts[line])
                yield _Edit(end, end, f" {MARK}")


class _Fences:
    """Where blocks of code end: a mark inside would be part of the code."""

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self._ends: dict[int, int] = {}
        opened: tuple[int, str] | None = None
        lines = text.split("\n")
        for number, line in enumerate(lines):
            match = _FENCE.match(line)
            if opened is None and match:
                opened = (number, match[1])
            elif opened is not None and line.strip(" \t>").startswith(opened[1]) and not line.strip(" \t>`~"):
                behind = starts[number + 1] if number + 1 < len(starts) else len(text)
                for inside in range(opened[0] + 1, number):
                    self._ends[inside] = behind
                opened = None

    def end_of(self, line: int) -> int | None:
        """Return the place behind the block that a line (from 0) is in; None where it is in none."""
        return self._ends.get(line)


def _mended(one: Judged) -> str:
    """Return a reference with the path and the lines where it was found."""
    reference, found = one.reference, one.found
    if found is None:
        return reference.text
    before, path, after = reference.text.partition(reference.named) if reference.named else ("", "", reference.text)
    if path and not _is_same(path, found.path):
        path = found.path
    if re.search(r"\d", after):
        return f"{before}{path}{_renumbered(after, one)}"
    return f"{_renumbered(before, one)}{path}{after}"


def _is_same(named: str, path: str) -> bool:
    bare = named.strip("/")
    return bare == path or path.endswith(f"/{bare}") or bare.endswith(f"/{path}")


def _renumbered(text: str, one: Judged) -> str:
    reference, found = one.reference, one.found
    if found is None or reference.start is None:
        return text
    numbers = {reference.start: found.start}
    if reference.end not in (None, reference.start):
        numbers[reference.end] = found.end
    return re.sub(r"\d{1,7}", lambda match: str(numbers.get(int(match[0]), match[0])), text)


def _behind(text: str, at: int) -> int:
    """Return the place behind the marks that close a code span, emphasis, brackets or a link."""
    match = _CLOSING.match(text, at)
    return match.end() if match else at


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _indent_of(text: str, start: int) -> str:
    match = re.compile(r"[ \t]*").match(text, start)
    return match[0] if match else ""
