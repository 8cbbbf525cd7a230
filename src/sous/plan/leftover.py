"""What of a plan is in no step: titles without a prompt, and lines that belong to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.document.fences import fence_line
from sous.document.headings import heading_line, is_rule
from sous.document.markdown import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.plan.shape import Plan

UNSURE = 0.6  # a reading that is less sure than this is confirmed before anything acts on it
_MOST_RANGES = 5  # that are shown


def is_unsure(plan: Plan) -> bool:
    """Tell whether somebody should look at what was read before an agent works on it."""
    return bool(plan.steps) and plan.confidence < UNSURE


def left_ranges(plan: Plan) -> list[list[int]]:
    """Return the first and the last line (from 1) of each text that is in no step."""
    if plan.is_ours or plan.reading is None or not plan.steps:
        return []
    lines = parse(plan.text).written
    is_taken = [bool(line.strip()) for line in lines]
    for at in plan.reading.left_out:
        is_taken[at] = False
    for empty in plan.reading.empty:
        is_taken[empty.at] = True
    found: list[list[int]] = []
    for at in plan.reading.left_out:
        if is_taken[at] or at == plan.used_line or not _is_text(lines[at]):
            continue
        if not found or any(is_taken[found[-1][1] : at]):
            found.append([at + 1, at + 1])
        found[-1][1] = at + 1
    return found


def left_over(plan: Plan) -> Iterator[str]:
    """Yield in words what of a plan is in no step, and that the reading is not sure."""
    name, reading = plan.path.name, plan.reading
    if plan.is_ours or reading is None or not plan.steps:
        return
    if is_unsure(plan):
        yield (
            f"{name} was read as {_counted(len(plan.steps), 'step')}, but that is unsure: "
            "`sous status --explain` shows why"
        )
    for empty in reading.empty:
        title = f"{empty.number}: {empty.title}".strip(": ")
        yield (
            f"{name}:{empty.at + 1}: step {title} has no prompt, so it is no step; "
            "write one below its title"
        )
    yield from _left_lines(plan)


def _left_lines(plan: Plan) -> Iterator[str]:
    ranges = left_ranges(plan)
    if not ranges:
        return
    lines = parse(plan.text).written
    count = sum(bool(lines[at].strip()) for first, last in ranges for at in range(first - 1, last))
    shown = ", ".join(_range(*found) for found in ranges[:_MOST_RANGES])
    more = ", \u2026" if len(ranges) > _MOST_RANGES else ""
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    yield (
        f"{_counted(count, 'line')} of {plan.path.name} belong{'s' * (count == 1)} to no step: "
        f"line{'s' * (not is_one)} {shown}{more}"
    )


def explained(plan: Plan) -> Iterator[str]:
    """Yield the title of each step with its line, and why it is one."""
    if plan.reading is None:
        return
    for step, reason in zip(plan.reading.steps, plan.reading.reasons, strict=True):
        name = f"{step.number}: {step.title}".strip(": ")
        yield f"{plan.path.name}:{step.line}: {name} ({reason})"
    yield f"confidence: {plan.confidence:.2f}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _is_text(line: str) -> bool:
    is_mark = heading_line(line) or is_rule(line) or fence_line(line)
    return not is_mark and not line.startswith("<!--")
