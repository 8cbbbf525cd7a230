"""How far a plan is: each step is open, done or skipped, as the boxes of todo.md (or marks in the plan itself) say."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import refuse_dangerous, write_file
from sous.names import TODO
from sous.plan.boxes import Box, read_boxes, with_mark
from sous.plan.shape import Plan, Planned, read_markdown, read_plan
from sous.plan.todo import SKIPPED, make_todo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAMED = re.compile(
    r"^(?:(?:step|prompt|chunk|task|iteration|milestone)\b)?\s*#?(?P<number>[A-Z]?\d+(?:[.\-]\d+)*[a-z]?)?"
    r"(?:\s*[:.)\u2013\u2014-]+\s*|\s+|$)(?P<title>.*)$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^(?P<level>#{1,6})\s+(?P<text>.*?)\s*#*\s*$")


class State(enum.Enum):
    """What became of a step."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class _Group:
    """The boxes of a step, and which of them say whether it is done."""

    boxes: tuple[Box, ...]
    deciding: tuple[Box, ...]

    @property
    def state(self) -> State:
        if not all(box.done for box in self.deciding):
            return State.OPEN
        return State.SKIPPED if "~~" in self.deciding[0].text else State.DONE


@dataclass(frozen=True)
class Progress:
    """A plan, its todo list (None: there is no file) and the state of each step, in the plan's order."""

    plan: Plan
    todo: str | None
    states: tuple[State, ...]

    @property
    def todo_path(self) -> Path:
        """The list stands beside its plan."""
        return self.plan.path.with_name(TODO)

    @property
    def open(self) -> list[Planned]:
        """The steps that are to be done, in order."""
        return [step for step, state in zip(self.plan.steps, self.states, strict=True) if state is State.OPEN]

    def check_numbers(self) -> None:
        """Raise SousError where two steps have one number, so that a tick could not say which is meant."""
        for step in self.plan.steps:
            if step.step.number:
                self.find(step.step.number)
            elif not _is_only(step, self.plan.steps):
                raise SousError(f"{self.plan.path.name} has several steps {step.name!r}; give one another title")

    def find(self, number: str) -> Planned:
        """Return the step of a number, else, in a plan without numbers, the one at that place. Raises SousError."""
        steps = self.plan.steps
        found = [step for step in steps if step.step.number.casefold() == number.casefold()]
        if len(found) > 1:
            lines = " and ".join(str(step.step.line) for step in found)
            raise SousError(f"{self.plan.path.name} has several steps {number}: lines {lines}; give one another number")
        if not found and not any(step.step.number for step in steps) and number.isdecimal():
            found = list(steps[int(number) - 1 : int(number)]) if int(number) else []
        if not found:
            known = ", ".join(step.step.number or str(at) for at, step in enumerate(steps, 1))
            raise SousError(f"{self.plan.path.name} has no step {number}; it has {known}")
        return found[0]


def read_progress(path: Path) -> Progress:
    """Read a plan and the todo.md beside it. Raises SousError."""
    plan = read_plan(path)
    todo_path = path.with_name(TODO)
    todo = read_markdown(todo_path) if todo_path.is_file() else None
    return Progress(plan, todo, tuple(_states(plan.steps, todo)))


def _states(steps: Sequence[Planned], todo: str | None) -> list[State]:
    states = []
    for step in steps:
        group = _group(step, steps, todo) if todo is not None else None
        by_plan = State.DONE if step.step.done else State.OPEN
        states.append(group.state if group and group.state is not State.OPEN else by_plan)
    return states


def mark(progress: Progress, step: Planned, state: State) -> str:
    """Return the todo list with the state of a step changed, and nothing else; one is made where there is none."""
    text = progress.todo
    if text is None:
        text = make_todo(progress.plan, None)
    group = _group(step, progress.plan.steps, text)
    if group is None:
        text = _appended(text, progress.plan, step)
        group = _group(step, progress.plan.steps, text)
    if group is None:
        raise SousError(f"{TODO} has no box that can stand for {step.name!r}; tick it there by hand")
    lines = text.split("\n")
    for at, box in enumerate(group.boxes):
        line = with_mark(lines[box.line - 1], "[ ]" if state is State.OPEN else "[x]")
        lines[box.line - 1] = _struck(line, on=state is State.SKIPPED) if at == 0 else line
    return "\n".join(lines)


def tick(path: Path, number: str, state: State) -> Planned:
    """Change the state of a step of the plan at `path` in todo.md; return the step. Raises SousError."""
    progress = read_progress(path)
    step = progress.find(number)
    if state is State.OPEN and step.step.done:
        raise SousError(f"{path.name}:{step.step.line} itself marks step {number} as done; take the mark away there")
    tick_step(progress, step, state)
    return step


def tick_step(progress: Progress, step: Planned, state: State) -> None:
    """Change the state of a step in todo.md. Raises SousError."""
    path = progress.todo_path
    refuse_dangerous(path, root=path.parent, named=False)
    write_file(path, mark(progress, step, state).encode())


def _struck(line: str, *, on: bool) -> str:
    head, box, text = line.partition("] ")
    end = "\r" if text.endswith("\r") else ""
    text = text.removesuffix("\r").removesuffix(SKIPPED).replace("~~", "")
    return f"{head}{box}~~{text}~~{SKIPPED}{end}" if on else f"{head}{box}{text}{end}"


def _appended(text: str, plan: Plan, step: Planned) -> str:
    """Add a box for a step to a list of another making, before our comment at its end, under a heading of its own."""
    heading = f"## Steps of {plan.path.name}"
    body, comment, rest = text.partition("\n<!-- sous {")
    known = f"\n{heading}\n" in body
    body = body.rstrip() + ("\n" if known else f"\n\n{heading}\n\n")
    return f"{body}- [ ] {step.name}\n{comment}{rest}"


def _group(step: Planned, steps: Sequence[Planned], todo: str) -> _Group | None:
    """Return the boxes that stand for a step: one named after it and those nested in it, or those under its heading."""
    boxes = read_boxes(todo)
    for at, box in enumerate(boxes):
        if _names(box.text, step, steps):
            nested = at + 1
            while nested < len(boxes) and boxes[nested].depth > box.depth:
                nested += 1
            return _Group(tuple(boxes[at:nested]), (box,))
    lines = todo.replace("\r\n", "\n").split("\n")
    headings = [(at, match) for at, line in enumerate(lines, 1) if (match := _HEADING.match(line))]
    for at, match in headings:
        if _names(match["text"], step, steps):
            level = len(match["level"])
            end = next((line for line, other in headings if line > at and len(other["level"]) <= level), len(lines) + 1)
            under = tuple(box for box in boxes if at < box.line < end)
            if under:
                return _Group(under, under)
    return None


def _names(text: str, step: Planned, steps: Sequence[Planned]) -> bool:
    """Tell whether a line is about a step: the same title, which tells more than a number, else its number alone."""
    text = text.replace("~~", "").replace("**", "").removesuffix(SKIPPED.strip()).strip()
    own, wanted = step.step.number.casefold(), words_of(step.step.title)
    if wanted and words_of(text) == wanted:
        return _is_only(step, steps)
    match = _NAMED.match(text)
    if match is None:
        return False
    number, title = (match["number"] or "").casefold(), words_of(match["title"])
    if wanted and title == wanted:
        return not number or number == own or _is_only(step, steps)
    return bool(own) and number == own and not title


def _is_only(step: Planned, steps: Sequence[Planned]) -> bool:
    """Tell whether no other step has the same title."""
    return sum(words_of(other.step.title) == words_of(step.step.title) for other in steps) == 1


def words_of(text: str) -> str:
    """Return the words of a title, whatever marks and case they have."""
    return " ".join(re.findall(r"\w+", text.replace(SKIPPED, " ").casefold()))
