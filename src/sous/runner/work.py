"""What a run carries out: a plan's steps, ticked in todo.md, or a report's items, ticked there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from sous.document.markdown import parse
from sous.errors import SousError
from sous.items.read import DONE
from sous.items.tick import read_file, set_states
from sous.plan.progress import State, read_progress, tick_step, with_boxes
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.team.shared_items import ID_LENGTH, SharedItem
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from sous.items.read import Item

_PATH = re.compile(r"`([\w@.~-]+(?:/[\w@.~-]+)*\.\w{1,8})(?::[\d,\s\u2013-]+)?`")
_MOST_FILES = 5


class Work(Protocol):
    """What is to be done, in order."""

    def open(self, path: Path) -> Sequence[Planned]:
        """Return what is open in the file at `path`. Raises SousError when it cannot be read."""

    def tick(self, path: Path, step: Planned, passed: Collection[str]) -> None:
        """Mark it as done, with the boxes below it that `passed`. Raises SousError."""


class PlanWork:
    """The steps of a plan."""

    def open(self, path: Path) -> Sequence[Planned]:
        """Return the open steps, verified as the list says."""
        progress = read_progress(path)
        return with_boxes(progress, progress.open)

    def tick(self, path: Path, step: Planned, passed: Collection[str]) -> None:
        """Mark a step as done in todo.md; of the boxes below it, those that passed."""
        progress = read_progress(path)
        same = next(one for one in progress.plan.steps if one.step.line == step.step.line)
        tick_step(progress, same, State.DONE, passed)


@dataclass(frozen=True)
class ItemsWork:
    """The items of a report."""

    def open(self, path: Path) -> Sequence[Planned]:
        """Return the open items that can be ticked, as steps."""
        return [_planned(item) for item in read_file(path).open if item.tick is not None]

    def tick(self, path: Path, step: Planned, passed: Collection[str]) -> None:  # noqa: ARG002
        """Mark an item as done in the report. Raises SousError when it is not there any more."""
        item = next(
            (one for one in read_file(path).open if str(one.number) == step.step.number), None
        )
        if item is None or item.title != step.step.title:
            raise SousError(
                f"{path.name} was changed while the agent worked; {step.name} is not ticked"
            )
        set_states(path, {item.number: DONE})


def items_to_share(path: Path) -> list[SharedItem]:
    """Return the open items of a report for a team, each with its prompt. Raises SousError."""
    found = []
    for item in read_file(path).open:
        if item.tick is not None:
            step = _planned(item)
            kind = "test" if step.is_about_tests else ""
            own_id, title = item.identity[:ID_LENGTH], one_line(step.step.title)
            found.append(SharedItem(own_id, title, path.name, kind, step.files, step.step.prompt))
    return list({one.id: one for one in found}.values())


def _planned(item: Item) -> Planned:
    """Return an item as a step: its prompt where it holds one, else all of it."""
    prompt = _prompt_in(item.body) or f"{item.source.strip()}\n"
    line = item.text.count("\n", 0, item.start) + 1
    files = tuple(dict.fromkeys(_PATH.findall(item.source)))[:_MOST_FILES]
    step = Step(str(item.number), item.title, prompt, done=False, line=line)
    return Planned(step, files=files, noun="Item", is_about_tests=item.finding.kind == "test")


def _prompt_in(body: str) -> str:
    """Return the block of code under a title "Prompt", empty where there is none."""
    document = parse(body)
    for title, block in pairwise(document.blocks):
        name = title.text.strip("*: \t").casefold()
        if name == "prompt" and block.kind == "code" and block.marks:
            place = document.content(block)
            return body[place.start : place.end].strip()
    return ""
