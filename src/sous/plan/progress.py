"""How far a plan is: each step is open, done or skipped, as todo.md or the plan says."""

from __future__ import annotations

import enum
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.document.edits import Edit, edited
from sous.document.markdown import parse
from sous.effort import read_within
from sous.errors import SousError
from sous.files import refuse_dangerous, write_file
from sous.names import TODO
from sous.plan.boxes import Box, read_boxes
from sous.plan.naming import SKIPPED, Namer, words_of
from sous.plan.shape import Plan, Planned, read_markdown, read_plan
from sous.plan.todo import make_todo
from sous.root import project_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_DIGITS = 9  # of a place in a plan


class State(enum.Enum):
    """What became of a step."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class _StepBoxes:
    """The boxes of a step, and which of them say whether it is done."""

    boxes: tuple[Box, ...]
    deciding: tuple[Box, ...]

    @property
    def state(self) -> State:
        kept = [box for box in self.deciding if not _is_dropped(box)]
        if not kept:
            return State.SKIPPED
        if not all(box.done for box in kept):
            return State.OPEN
        return State.SKIPPED if "~~" in kept[0].text else State.DONE

    @property
    def to_mark(self) -> list[Box]:
        """The boxes that get another mark: those that were dropped keep theirs."""
        own = self.deciding if len(self.deciding) == 1 else ()
        kept = [box for box in self.boxes if box in own or not _is_dropped(box)]
        return kept or list(self.boxes)

    def passed(self, texts: Collection[str]) -> list[Box]:
        """Return the box of the step, and those below it that say what passed.

        A step without a box of its own has only those that decide.
        """
        if len(self.deciding) != 1:
            return self.to_mark
        own = self.deciding[0]
        below = [box for box in self.boxes if box != own and box.text in texts]
        return [own, *(box for box in below if not _is_dropped(box))]

    @property
    def below(self) -> tuple[Box, ...]:
        """The boxes below the step's own that were not dropped."""
        own = self.deciding if len(self.deciding) == 1 else ()
        return tuple(box for box in self.boxes if box not in own and not _is_dropped(box))


def _is_dropped(box: Box) -> bool:
    return box.state == "dropped"


@dataclass(frozen=True)
class Progress:
    """A plan, its todo list (None: there is no file) and the state of each step, in order."""

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
        return [
            step
            for step, state in zip(self.plan.steps, self.states, strict=True)
            if state is State.OPEN
        ]

    @property
    def done(self) -> list[Planned]:
        """The steps that are done, in order."""
        return [
            step
            for step, state in zip(self.plan.steps, self.states, strict=True)
            if state is State.DONE
        ]

    def check_numbers(self) -> None:
        """Raise SousError where two steps have one number: a tick could not say which."""
        for step in self.plan.steps:
            if step.step.number:
                self.find(step.step.number)
            elif not _is_only(step, self.plan.steps):
                raise SousError(
                    f"{self.plan.path.name} has several steps {step.name!r}; give one another title"
                )

    def find(self, number: str) -> Planned:
        """Return the step of a number, else, in a plan without numbers, the one at that place.

        Raises SousError.
        """
        steps = self.plan.steps
        found = [step for step in steps if step.step.number.casefold() == number.casefold()]
        if len(found) > 1:
            lines = " and ".join(str(step.step.line) for step in found)
            raise SousError(
                f"{self.plan.path.name} has several steps {number}: lines {lines}; "
                "give one another number"
            )
        if (
            not found
            and not any(step.step.number for step in steps)
            and number.isdecimal()
            and len(number) < _DIGITS
        ):
            found = list(steps[int(number) - 1 : int(number)]) if int(number) else []
        if not found:
            known = ", ".join(step.step.number or str(at) for at, step in enumerate(steps, 1))
            raise SousError(f"{self.plan.path.name} has no step {number}; it has {known}")
        return found[0]


def boxes_of_none(progress: Progress) -> list[Box]:
    """Return the boxes of a list that names no step of its plan; none where it names one."""
    if progress.todo is None or _groups(progress.plan.steps, progress.todo):
        return []
    return list(read_boxes(progress.todo))


def read_progress(path: Path) -> Progress:
    """Read a plan and the todo.md beside it. Raises SousError."""
    plan = read_plan(path)
    todo_path = path.with_name(TODO)
    todo = read_markdown(todo_path) if todo_path.is_file() else None
    return Progress(plan, todo, tuple(read_within(todo_path.name, _states, plan.steps, todo)))


def _states(steps: Sequence[Planned], todo: str | None) -> list[State]:
    groups = _groups(steps, todo) if todo is not None else {}
    by_list = [groups[at].state if at in groups else State.OPEN for at in range(len(steps))]
    by_plan = [State.DONE if step.step.done else State.OPEN for step in steps]
    return [
        listed if listed is not State.OPEN else own
        for listed, own in zip(by_list, by_plan, strict=True)
    ]


def mark(
    progress: Progress, step: Planned, state: State, passed: Collection[str] | None = None
) -> str:
    """Return the todo list with the state of a step changed, and nothing else.

    One is made where there is none. `passed`: the boxes under the step's own that change with it,
    by their text; None: all of them.
    """
    text = progress.todo
    if text is None:
        text = make_todo(progress.plan, None)
    at = progress.plan.steps.index(step)
    group = _groups(progress.plan.steps, text).get(at)
    if group is None:
        text = _appended(text, progress.plan, step)
        group = _groups(progress.plan.steps, text).get(at)
    if group is None:
        raise SousError(f"{TODO} has no box for {step.name!r}; tick it there by hand")
    mark_of = "[ ]" if state is State.OPEN else "[x]"
    first, *others = group.to_mark if passed is None else group.passed(passed)
    edits = [Edit(*box.mark, mark_of) for box in others]
    return edited(text, [_edit_of(first, text, mark_of, state), *edits])


def _edit_of(box: Box, text: str, mark_of: str, state: State) -> Edit:
    """Return what marks the box of a step; one in a row of a table has its cell alone."""
    start, behind = box.mark
    end = behind + len(text[behind : parse(text).offset(box.line)].rstrip("\r\n"))
    said = text[behind:end]
    if said.lstrip().startswith("|"):
        return Edit(start, behind, "[-]" if state is State.SKIPPED else mark_of)
    return Edit(start, end, _struck(mark_of + said, on=state is State.SKIPPED))


def with_boxes(progress: Progress, steps: Sequence[Planned]) -> list[Planned]:
    """Return steps whose verification is what the list says below them, where it says something."""
    groups = _groups(progress.plan.steps, progress.todo) if progress.todo is not None else {}
    found = []
    for step in steps:
        group = groups.get(progress.plan.steps.index(step))
        texts = tuple(box.text for box in group.below) if group else ()
        found.append(replace(step, verify=texts) if texts else step)
    return found


def tick(path: Path, number: str, state: State) -> Planned:
    """Change the state of a step of the plan at `path` in todo.md; return the step.

    Raises SousError.
    """
    progress = read_progress(path)
    step = progress.find(number)
    if state is State.OPEN and step.step.done:
        raise SousError(
            f"{path.name}:{step.step.line} marks step {number} as done; take the mark away there"
        )
    tick_step(progress, step, state)
    return step


def tick_step(
    progress: Progress, step: Planned, state: State, passed: Collection[str] | None = None
) -> None:
    """Change the state of a step in todo.md, as `mark` does. Raises SousError."""
    path = progress.todo_path
    refuse_dangerous(path, root=project_of(path) or path.parent, named=False)
    write_file(path, mark(progress, step, state, passed).encode(), root=project_of(path))


def _struck(said: str, *, on: bool) -> str:
    """Strike what a box says through as a whole, or take just that back."""
    head, box, text = said.partition("] ")
    if text.endswith(f"~~{SKIPPED}") and text.startswith("~~"):
        text = text.removesuffix(f"~~{SKIPPED}").removeprefix("~~")
    return f"{head}{box}~~{text}~~{SKIPPED}" if on else f"{head}{box}{text}"


def _appended(text: str, plan: Plan, step: Planned) -> str:
    """Add a box for a step to somebody else's list, under our heading, before our comment."""
    crlf = "\r\n" in text
    text = text.replace("\r\n", "\n")
    heading = f"## Steps of {plan.path.name}"
    body, comment, rest = text.partition("\n<!-- sous {")
    before, known, section = body.partition(f"\n{heading}\n")
    own, following, others = section.partition("\n#")
    if known:
        body = f"{before}{known}{own.rstrip()}\n- [ ] {step.name}\n{following}{others}"
    else:
        body = f"{body.rstrip()}\n\n{heading}\n\n- [ ] {step.name}\n"
    text = f"{body}{comment}{rest}"
    return text.replace("\n", "\r\n") if crlf else text


def _groups(steps: Sequence[Planned], todo: str) -> dict[int, _StepBoxes]:
    """Return the boxes of each step: one named after it with those in it, or its section's."""
    namer = Namer(steps)
    boxes = read_boxes(todo)
    found: dict[int, _StepBoxes] = {}
    for at, box in enumerate(boxes):
        step = namer.step(box.text)
        if step is not None and step not in found:
            nested = at + 1
            while nested < len(boxes) and boxes[nested].depth > box.depth:
                nested += 1
            found[step] = _StepBoxes(tuple(boxes[at:nested]), (box,))
    document = parse(todo)
    titles = document.titles
    for place, title in enumerate(titles):
        step = namer.step(title.text)
        if step is None or step in found:
            continue
        end = next(
            (one.line for one in titles[place + 1 :] if one.level <= title.level),
            len(document.lines),
        )
        under = tuple(
            boxes[bisect_right(boxes, title.end, key=_line) : bisect_right(boxes, end, key=_line)]
        )
        if under:
            found[step] = _StepBoxes(under, under)
    return found


def _line(box: Box) -> int:
    return box.line


def _is_only(step: Planned, steps: Sequence[Planned]) -> bool:
    """Tell whether no other step has the same title."""
    return sum(words_of(other.step.title) == words_of(step.step.title) for other in steps) == 1
