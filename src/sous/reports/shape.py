"""The shape of an answer: without a fence around the whole; whether there is text to read."""

from __future__ import annotations

import re

from sous.document.fences import MARKDOWN, FenceLine, fence_line
from sous.document.markdown import parse
from sous.reports.findings import count_findings

__all__ = ["count_findings", "is_visible", "unwrap"]


def unwrap(text: str) -> str:
    """Return the answer without a ```` ```markdown ```` fence around the whole of it.

    A fence that opens and closes again inside, so that the last one belongs to another block, is
    left alone.
    """
    lines = text.strip().split("\n")
    first, last = fence_line(lines[0].strip()), fence_line(lines[-1].strip())
    is_whole = (
        first
        and last
        and len(lines) > 1
        and first.info in MARKDOWN
        and last == FenceLine("", first.marks, "")
    )
    if not is_whole or not first:
        return text
    # CommonMark decides: the closing fence that the parser finds for the first one must be the last
    # line.
    fence = parse("\n".join(lines)).blocks[0]
    body = "\n".join(lines[1:-1])
    # Blocks inside with fences as long as the outer one close it early for a parser, though the
    # model meant one whole.
    return f"{body}\n" if fence.end >= len(lines) or _balanced(body, first.marks) else text


def is_visible(text: str) -> bool:
    """Tell whether there is text besides comments, fences and characters without width."""
    return bool(
        re.sub(
            r"<!--.*?-->|[`~\s\u200b-\u200f\u2060\ufeff]", "", text, flags=re.DOTALL
        ).removeprefix("markdown")
    )


def _balanced(body: str, fence: str) -> bool:
    """Tell whether the fences inside come in pairs: one with a language, a bare one."""
    inside = False
    for line in body.splitlines():
        stripped = line.strip()
        if stripped.startswith(fence):
            if inside and stripped.strip(fence[0]):
                return False
            inside = not inside
    return not inside
