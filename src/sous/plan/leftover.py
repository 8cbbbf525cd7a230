"""What of a plan is in no step: titles without a prompt, and lines that no step holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.document.headings import heading_line, is_rule
from sous.document.markdown import parse
from sous.plan.steps import read_with_rest

if TYPE_CHECKING:
    from collections.abc import Iterator


def left_over(text: str, name: str) -> Iterator[str]:
    """Yield in words what of a plan is in no step; `name`: what the plan is called."""
    steps, empty = read_with_rest(text)
    if not steps:
        return
    for mark in empty:
        title = f"{mark.number}: {mark.title}".strip(": ")
        yield f"{name}:{mark.at + 1}: step {title} has no prompt, so it is no step; write one below its title"
    count = sum(
        _is_text(line)
        for line in _outside(text, [step.line for step in steps], [one.at for one in empty])
    )
    if count:
        yield f"{count} line{'s' * (count != 1)} of {name} belong{'s' * (count == 1)} to no step"


def _outside(text: str, steps: list[int], empty: list[int]) -> Iterator[str]:
    """Yield the lines before the first step, behind a title without a prompt, and behind the last step."""
    lines = text.replace("\r\n", "\n").split("\n")
    last = _end(text, steps[-1] - 1, len(lines))
    is_inside = False
    begins, ends = {line - 1 for line in steps}, {*empty, last}
    for at, line in enumerate(lines):
        is_inside = (is_inside or at in begins) and at not in ends
        if not is_inside:
            yield line


def _end(text: str, title: int, default: int) -> int:
    """Return the line of the heading behind the last step that is no part of it."""
    headings = parse(text).titles
    level = next((one.level for one in headings if one.line == title), 0)
    return next((one.line for one in headings if one.line > title and one.level <= level), default)


def _is_text(line: str) -> bool:
    return (
        bool(line.strip())
        and not heading_line(line)
        and not is_rule(line)
        and not line.startswith("<!--")
    )
