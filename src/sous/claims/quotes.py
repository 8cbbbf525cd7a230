"""A quote of code as models write it: numbered, shortened, with words of their own in it.

And where it stands.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from sous.claims.mentions import LONGEST
from sous.claims.source import LineSpan, Source
from sous.project.languages import is_comment

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST = 6  # characters of a quote that says anything
_AROUND_SIGNS = re.compile(r"\s*([^\w\s])\s*")
_MOST_LINES = 200  # of a quote that is looked for line by line
_APART = 40  # lines between two lines of such a quote
_LONGEST = 300  # characters of a comment that are compared
_ALIKE = 0.75  # of a comment is the comment that was altered
COMMENT_ENDS = re.compile(r"(?<=\S)\s{1,40}(?://|#|--\s|/\*|<!--).*$")
_NUMBERED = re.compile(r"^[ \t]*\d+(?::(?: |$)|[ \t]*[|│](?: |$)|  |\t)")
_ELLIPSIS = re.compile(
    r"^\W{0,6}(?:\.\.\.|\u2026).*$|^\W{0,6}(?:snip|omitted|rest of .*|existing code.*)\W{0,6}$",
    re.IGNORECASE,
)


def fold_quote(quote: str) -> str:
    """Return a quote as `Source.find` wants it: white space folded.

    Numbers before all its lines are no part of it.
    """
    return _squeezed(unnumbered(quote))


def unnumbered(quote: str) -> str:
    """Return a quote without the numbers before its lines, where all of them have one."""
    lines = quote.split("\n")
    full = filter(str.strip, lines)
    if not all(map(_NUMBERED.match, full)):
        return quote
    return "\n".join(_NUMBERED.sub("", line) for line in lines)


def _squeezed(text: str) -> str:
    """Return a text without white space but for one blank where two words would grow together."""
    return _AROUND_SIGNS.sub(r"\1", " ".join(text.split()))


def fragments(quote: str) -> list[str]:
    """Return the parts of a quote: the runs of lines between `...`."""
    runs: list[list[str]] = [[]]
    for line in quote.split("\n"):
        if _ELLIPSIS.match(line.strip()) and len(line) < LONGEST:
            runs.append([])
            continue
        first, *rest = re.split(r"\.{3}|\u2026", line)
        runs[-1].append(first)
        runs += [[piece] for piece in rest]
    return [run for run in ("\n".join(lines) for lines in runs) if re.search(r"\w", run)]


def uncommented(lines: Sequence[str]) -> str:
    """Return lines of code folded as a quote is, without comments."""
    bare = (COMMENT_ENDS.sub("", line) for line in lines if not is_comment(line.strip()))
    return fold_quote("\n".join(filter(str.strip, bare)))


def find_quote(source: Source, quote: str) -> list[LineSpan]:
    """Return where a quote is: whole, without comments added to it, or its parts in order."""
    quote = unnumbered(quote)
    found = source.find_lines(quote)
    if found:
        return found
    whole = fold_quote(quote)
    found = source.find(whole)
    if found:
        return found
    bare = "\n".join(COMMENT_ENDS.sub("", line) for line in quote.split("\n"))
    if bare != quote and (found := _whole_lines(source, source.find(fold_quote(bare)), bare)):
        return found
    if "\n" not in quote and bare != quote:
        quote = bare
    code = _without_added_comments(source, quote)
    parts = [folded for part in fragments(code) if len(folded := fold_quote(part)) >= SHORTEST]
    if parts and parts != [whole] and (in_order := _in_order(source, parts)):
        return in_order
    return _cut(source, code) or _line_by_line(source, quote)


def _cut(source: Source, code: str) -> list[LineSpan]:
    """Return where code is that leaves lines out and has comments added behind others."""
    bare = "\n".join(COMMENT_ENDS.sub("", line) for line in code.split("\n"))
    parts = fragments(bare)
    if len(parts) < 2 or bare == code or not all(map(source.find_lines, parts)):  # noqa: PLR2004
        return []
    return _in_order(source, [fold_quote(part) for part in parts])


def _without_added_comments(source: Source, quote: str) -> str:
    """Return a quote without the lines that are only comments, and none of the file's altered."""
    lines = quote.split("\n")[:_MOST_LINES]
    code = [line for line in lines if not is_comment(line)]
    parts = [part for part in map(fold_quote, fragments("\n".join(code))) if part]
    if len(code) == len(lines) or not parts or not source.find(parts[0]):
        return quote
    comments = [fold_quote(one) for one in source.comments]
    kept = [
        line
        for line in lines
        if not is_comment(line)
        or _ELLIPSIS.match(line.strip())
        or any(is_alike(fold_quote(line), one) for one in comments)
    ]
    return "\n".join(kept)


def _line_by_line(source: Source, quote: str) -> list[LineSpan]:
    """Return where all lines of a quote are in their order, not far apart, others between them.

    Comments added to it do not count, but an altered comment of the file does.
    """
    lines = [line for line in quote.split("\n") if line.strip()]
    if not 1 < len(lines) <= _MOST_LINES:
        return []
    wanted: list[list[LineSpan]] = []
    for line in lines:
        folded = fold_quote(line)
        bare = COMMENT_ENDS.sub("", line)
        found = _whole_lines(source, source.find(folded), line)
        if not found and bare != line:
            found = _whole_lines(source, source.find(fold_quote(bare)), bare)
        if not found and is_comment(line):
            if any(is_alike(folded, fold_quote(one)) for one in source.comments):
                return []
        elif not found:
            return []
        elif len(folded) >= SHORTEST:
            wanted.append(found)
    return _close_together(wanted)


def _close_together(wanted: Sequence[Sequence[LineSpan]]) -> list[LineSpan]:
    if len(wanted) < 2:  # noqa: PLR2004  # one line proves nothing of the others
        return []
    for start in wanted[0]:
        last = start
        for places in wanted[1:]:
            following = next(
                (span for span in places if last.first < span.first <= last.last + _APART), None
            )
            if following is None:
                break
            last = following
        else:
            return [LineSpan(start.first, last.last)]
    return []


def is_alike(one: str, other: str) -> bool:
    """Tell whether two folded lines are nearly the same."""
    matcher = SequenceMatcher(None, one[:_LONGEST], other[:_LONGEST])
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the fast ones first
    return all(ratio() > _ALIKE for ratio in ratios)


def _whole_lines(source: Source, spans: Sequence[LineSpan], quote: str) -> list[LineSpan]:
    """Keep the places of whole lines, so that an altered comment does not count as added."""
    wanted = fold_quote(quote)
    return [
        span
        for span in spans
        if fold_quote("\n".join(source.lines[span.first : span.last + 1])) == wanted
    ]


def _in_order(source: Source, parts: Sequence[str]) -> list[LineSpan]:
    """Return where parts stand one after the other, from each place of the first."""
    begins, *others = [source.find(part) for part in parts]
    found: list[LineSpan] = []
    for start in begins:
        last = start
        for places in others:
            following = next((span for span in places if span.first >= last.last), None)
            if following is None:
                return found
            last = following
        found.append(LineSpan(start.first, last.last))
    return found
