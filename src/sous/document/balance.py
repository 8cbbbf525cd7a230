"""Whether the fences of a text are sound, so that what is inside of them is told from what is not.

One author in five puts blocks of code into a block with the same fences. Where a fence with an info
string opens a block within another, and each is closed, the text is sound too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.document.blocks import Span
from sous.document.fences import fence_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.fences import FenceLine
    from sous.document.markdown import Document


def sound_fences(document: Document) -> list[Span] | None:
    """Return the lines of the outermost fenced blocks; None where it cannot be told."""
    spans = [Span(fence.line, fence.end) for fence in document.fences]
    fences = {at: fence for at, line in enumerate(document.lines) if (fence := fence_line(line))}
    is_closed = all(fence.is_closed for fence in document.fences)
    if is_closed and not any(_opens_within(span, fences) for span in spans):
        return spans
    return _nested(fences)


def _opens_within(span: Span, fences: dict[int, FenceLine]) -> bool:
    """Tell whether in a block a fence with an info string would open another, if it could."""
    marks = fences[span.line].marks if span.line in fences else "`" * 99
    inside = (fences[at] for at in range(span.line + 1, span.end - 1) if at in fences)
    return any(fence.info and fence.marks.startswith(marks) for fence in inside)


def _nested(fences: dict[int, FenceLine]) -> list[Span] | None:
    """Return blocks of code where one with an info string may stand in another."""
    found: list[Span] = []
    opened: list[tuple[int, str]] = []
    for at, fence in fences.items():
        if not opened or (fence.info and fence.marks.startswith(opened[-1][1])):
            opened.append((at, fence.marks))
        elif fence.closes(opened[-1][1]):
            line, _ = opened.pop()
            if not opened:
                found.append(Span(line, at + 1))
    return None if opened else found


def inside_of(spans: Sequence[Span], lines: int) -> list[Span | None]:
    """Return for each line the block that it is in; None for one in none."""
    found: list[Span | None] = [None] * lines
    for span in spans:
        for at in range(span.line, min(span.end, lines)):
            found[at] = span
    return found
