"""What a check writes into a report: marks at what is unproven, corrected places, a table."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from sous.claims.blocks import ReportText
from sous.claims.line_numbers import lines_of_anchor
from sous.claims.verdict import Judged, Verdict
from sous.document.edits import Edit, edited
from sous.document.fences import fence_line
from sous.lines import line_end_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sous.claims.source import FileLines

MARK = "⚠ not found in the bundle"
ALREADY = "\u26a0 already"  # behind a target that a test exercises
_TABLE = "<!-- sous check -->"
_TABLE_HEAD = re.compile(rf"^{_TABLE}\r?\n\| references \|", re.MULTILINE)
_TABLE_ROWS = re.compile(r"[^\n]*\n(?:\|[^\n]*(?:\n|\Z))*")
_AT_END = re.compile(rf"^{_TABLE}\r?\n(?:\|[^\n]*(?:\n|\Z))+\s*\Z", re.MULTILINE)
_OWN_LINE = re.compile(rf"^[ \t>]*{MARK}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_BEHIND_TEXT = re.compile(rf" {MARK}")


def unmarked(text: str) -> str:
    """Return a report without the marks and the table of an earlier check.

    What stands in code is somebody's own.
    """
    if _TABLE in text:
        text = edited(
            text, [_table_edit(text, match) for match in _outside_code(_TABLE_HEAD, text)]
        )
    if MARK in text:
        marks = (match for form in (_OWN_LINE, _BEHIND_TEXT) for match in _outside_code(form, text))
        text = edited(text, [Edit(match.start(), match.end(), "") for match in marks])
    return text


def without_table(text: str) -> str:
    """Return a report up to the table of an earlier check at its end."""
    match = _AT_END.search(text)
    return text[: match.start()] if match else text


def _table_edit(text: str, match: re.Match[str]) -> Edit:
    rows = _TABLE_ROWS.match(text, match.start())
    return Edit(
        len(text[: match.start()].rstrip()), rows.end() if rows else match.end(), line_end_of(text)
    )


def _outside_code(form: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    code = _code_in(text)
    starts = [start for start, _ in code]
    for match in form.finditer(text):
        number = bisect_right(starts, match.start()) - 1
        if number < 0 or match.start() >= code[number][1]:
            yield match


def _code_in(text: str) -> list[tuple[int, int]]:
    """Return from where to where code stands in a text, spans and blocks."""
    report = ReportText(text)
    found = []
    for block in report.blocks:
        if block.kind == "code":
            found.append((report.start(block.line), report.start(block.end)))
        found += [(start, end) for start, end in block.atoms if text[start : start + 1] == "`"]
    return sorted(found)


def closed_by_table(text: str, counts: Mapping[str, int]) -> str:
    """Return a report with the table of its references at the end."""
    ends = line_end_of(text)
    last = ReportText(text).blocks[-1:]
    # the table would be part of the code
    if last and last[0].kind == "code" and not last[0].is_closed:
        fence = fence_line(text[ReportText(text).start(last[0].line) :].splitlines()[0])
        text = f"{text.rstrip()}{ends}{fence.marks if fence else ''}"
    lines = _table(counts).replace("\n", ends)
    return f"{text.rstrip()}{ends}{ends}{_TABLE}{ends}{lines}"


def _table(counts: Mapping[str, int]) -> str:
    """Return the counts as a table in markdown."""
    names = ("references", *counts)
    numbers = (sum(counts.values()), *counts.values())
    rows = (names, ("--:",) * len(names), tuple(str(number) for number in numbers))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def edits_of(text: str, judged: Sequence[Judged]) -> Iterator[Edit]:
    """Yield what is corrected and what is marked in a report."""
    ends = line_end_of(text)
    for one in judged:
        spot = one.reference.spot
        if spot and spot.start < spot.end and _is_mended(one):
            is_code = text[spot.start - 1 : spot.start] == "`" or spot.prefix is not None
            mended = _mended(one, is_code=is_code)
            if mended != one.reference.text:
                yield Edit(spot.start, spot.end, mended)
                yield from _mended_link(one)
        elif spot and one.verdict is Verdict.UNPROVEN:
            yield _mark(text, spot.mark_at, spot.prefix, ends)


def _is_mended(judged: Judged) -> bool:
    """Tell whether a place was found that a report should name instead."""
    if judged.found is None or judged.reference.kind not in ("line", "path"):
        return False
    is_there = judged.verdict in (Verdict.VERIFIED, Verdict.LOCATED)
    is_renumbered = is_there and judged.reference.kind == "line"
    return is_renumbered or judged.verdict is Verdict.MOVED


def _mark(text: str, at: int, prefix: str | None, ends: str) -> Edit:
    if prefix is None:
        return Edit(at, at, f" {MARK}")
    before = ends if at and text[at - 1] != "\n" else ""
    return Edit(at, at, f"{before}{prefix}{MARK}{ends}")


def _mended(one: Judged, *, is_code: bool) -> str:
    """Return a reference with the path and the lines where it was found."""
    reference, found = one.reference, one.found
    if found is None:
        return reference.text
    named = reference.named
    before, path, after = (
        reference.text.partition(named)
        if named and reference.is_named_here
        else ("", "", reference.text)
    )
    # the file is named elsewhere, and it is another
    if not path and named and not _is_same(named, found.path):
        lines = f":{found.start}" if found.start == found.end else f":{found.start}-{found.end}"
        return _quoted(f"{found.path}{lines}", is_code=is_code)
    if path and not _is_same(path, found.path):
        path = found.path
        is_code = is_code or " " not in path or bool(before)
    else:
        is_code = True
    if re.search(r"\d", after):
        return _quoted(f"{before}{path}{_renumbered(after, one, found)}", is_code=is_code)
    return f"{_renumbered(before, one, found)}{path}{after}"


def _quoted(place: str, *, is_code: bool) -> str:
    return place if is_code else f"`{place}`"


def _mended_link(judged: Judged) -> Iterator[Edit]:
    """Yield the edit of the target of a link whose text is corrected, if its lines are the same."""
    link, found = judged.reference.link, judged.found
    if link is None or link.to is None or found is None:
        return
    target, _, anchor = link.href.partition("#")
    lines = lines_of_anchor(anchor)
    if lines is None or lines[0] != judged.reference.start:
        return
    path = target if _is_same(target.lstrip("./"), found.path) else found.path
    if " " not in path:
        last = f"-L{found.end}" if "-" in anchor else ""
        yield Edit(*link.to, f"{path}#L{found.start}{last}")


def _is_same(named: str, path: str) -> bool:
    bare = named.strip("/")
    return bare == path or path.endswith(f"/{bare}") or bare.endswith(f"/{path}")


def _renumbered(text: str, one: Judged, found: FileLines) -> str:
    reference = one.reference
    if reference.start is None:
        return text
    numbers = {reference.start: found.start}
    if reference.end not in (None, reference.start):
        numbers[reference.end] = found.end
        if found.start == found.end:  # one line is left of several
            text = re.sub(
                rf"(?<!\d){reference.start}\s?[-\u2013\u2014]\s?(?:L?){reference.end}(?!\d)",
                str(reference.start),
                text,
            )
    return re.sub(r"\d{1,7}", lambda match: str(numbers.get(int(match[0]), match[0])), text)
