"""A plan of our shape and what mends it: numbers, and the parts of steps that a model gave anew.

What is not given stays word for word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.document.boxes import bullet_text
from sous.document.fields import listed_field
from sous.document.markdown import parse
from sous.plan.prompts import VERIFY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.document.markdown import Document

    Part = tuple[int, int]  # its first line in a section, and the one behind its last

_TITLE = re.compile(
    r"(?P<marks>##[ \t]+step[ \t]+)(?P<number>\d+(?:[.\-]\d+)*[a-z]?)", re.IGNORECASE
)
_LEVEL = 2  # of the heading of a step
_NAMES_STEPS = ("builds on", "wired in by")
_NUMBER = re.compile(r"\d+(?:[.\-]\d+)*[a-z]?", re.IGNORECASE)
_PROMPT, _VERIFY = "the prompt", "the list under Verify"


class _StepSection:
    """A step as it is written: its lines, and where in them each of its parts stands."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    @property
    def number(self) -> str:
        match = _TITLE.match(self.lines[0])
        return match["number"] if match else ""

    def parts(self) -> dict[str, Part]:
        """Return the fields by their names, the prompt with its fence, and the Verify list."""
        document = parse("\n".join(self.lines))
        found: dict[str, Part] = {}
        fence = next((block for block in document.fences if block.is_outside), None)
        for at, line in enumerate(self.lines[: fence.line if fence else None]):
            if said := listed_field(line):
                found.setdefault(said.name, (at, at + 1))
        if fence:
            found[_PROMPT] = (fence.line, fence.end)
        if verify := _verify_in(document, fence.end if fence else 1):
            found[_VERIFY] = verify
        return found

    def replace(self, name: str, lines: Sequence[str]) -> None:
        """Put a part in the place of the one there is, else where our shape has it."""
        parts = self.parts()
        if name in parts:
            start, end = parts[name]
            self.lines[start:end] = lines
        elif name == _VERIFY:
            self.lines[:] = [*_trimmed(self.lines), "", *lines, ""]
        else:
            fields = [end for other, (_, end) in parts.items() if other not in (_PROMPT, _VERIFY)]
            at = max(fields, default=1)
            around = [""] if name == _PROMPT or not fields else []
            self.lines[at:at] = [*around, *lines]


def _verify_in(document: Document, start: int) -> Part | None:
    lines = document.written
    outside = (at for at in range(start, len(lines)) if not document.fenced[at])
    head = next((at for at in outside if VERIFY.match(lines[at])), None)
    if head is None:
        return None
    end = head + 1
    while end < len(lines) and _is_of_list(lines[end]):
        end += 1
    return head, len(_trimmed(lines[:end]))


def _is_of_list(line: str) -> bool:
    return not line.strip() or line[0].isspace() or bool(bullet_text(line))


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Return lines without blank ones at their end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return list(lines[:end])


def amended(plan: str, answer: str) -> str:
    """Return a plan with what an answer gives: parts of its steps, and new steps.

    `## Step 3` stands for the step of that number, `## Step 3a` for a new one behind it.
    """
    head, steps = _split(plan)
    for change in _split(answer)[1]:
        numbers = [step.number for step in steps]
        if change.number in numbers:
            _merge(steps[numbers.index(change.number)], change)
        elif steps and _PROMPT in change.parts():
            at = _place_of(change.number, numbers)
            steps.insert(at, _StepSection([*_trimmed(change.lines), ""]))
            if at == len(steps) - 1:
                steps[at - 1].lines[:] = [*_trimmed(steps[at - 1].lines), ""]
    return renumbered("\n".join((*head, *(line for step in steps for line in step.lines))))


def renumbered(plan: str) -> str:
    """Return a plan with its steps numbered from 1 without gaps, and their fields with them."""
    head, steps = _split(plan)
    new: dict[str, str] = {}
    for at, step in enumerate(steps, 1):
        new.setdefault(step.number, str(at))
    for at, step in enumerate(steps, 1):
        step.lines[0] = _TITLE.sub(rf"\g<marks>{at}", step.lines[0], count=1)
        for name, (line, _) in step.parts().items():
            if name in _NAMES_STEPS:
                step.lines[line] = _with_numbers(step.lines[line], new)
    return "\n".join((*head, *(line for step in steps for line in step.lines)))


def _with_numbers(line: str, new: Mapping[str, str]) -> str:
    return _NUMBER.sub(lambda match: new.get(match[0], match[0]), line)


def _split(text: str) -> tuple[list[str], list[_StepSection]]:
    """Return the lines before the first step, and the steps."""
    document = parse(text)
    starts = [
        block.line
        for block in document.titles
        if block.level == _LEVEL and _TITLE.match(document.written[block.line])
    ]
    lines = document.written
    ends = [*starts[1:], len(lines)]
    steps = [_StepSection(lines[start:end]) for start, end in zip(starts, ends, strict=False)]
    return lines[: starts[0] if starts else None], steps


def _merge(step: _StepSection, change: _StepSection) -> None:
    """Replace the parts of a step that a change gives, its title among them."""
    step.lines[0] = change.lines[0]
    for name, (start, end) in change.parts().items():
        step.replace(name, change.lines[start:end])


def _place_of(number: str, numbers: Sequence[str]) -> int:
    """Return where a new step goes: behind the one that its number begins with, else at the end."""
    before = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    same = [
        at for at, other in enumerate(numbers) if re.match(rf"{re.escape(before)}[a-z]?$", other)
    ]
    return same[-1] + 1 if same else len(numbers)
