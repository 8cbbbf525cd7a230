"""What of a plan is in no step: titles without a prompt, and lines that belong to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.document.headings import heading_line, is_rule
from sous.document.markdown import parse
from sous.plan.steps import read_with_rest

if TYPE_CHECKING:
    from collections.abc import Iterator


def left_over(text: str, name: str) -> Iterator[str]:
    """Yield in words what of a plan is in no step; `name`: what the plan is called."""
    reading = read_with_rest(text)
    if not reading.steps:
        return
    for empty in reading.empty:
        title = f"{empty.number}: {empty.title}".strip(": ")
        yield (
            f"{name}:{empty.at + 1}: step {title} has no prompt, so it is no step; "
            "write one below its title"
        )
    lines, titles = parse(text).written, {empty.at for empty in reading.empty}
    count = sum(at not in titles and _is_text(lines[at]) for at in reading.left_out)
    if count:
        yield f"{count} line{'s' * (count != 1)} of {name} belong{'s' * (count == 1)} to no step"


def _is_text(line: str) -> bool:
    return not heading_line(line) and not is_rule(line) and not line.startswith("<!--")
