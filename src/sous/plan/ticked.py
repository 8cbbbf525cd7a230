"""Steps that a list of boxes elsewhere in the plan says are done: a section Progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sous.plan.candidates import label_of
from sous.plan.titles import bare_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sous.document.markdown import Box


class NamedStep(NamedTuple):
    """A step as a list may name it."""

    number: str
    title: str


def ticked_elsewhere(boxes: Iterable[Box], steps: list[NamedStep]) -> set[int]:
    """Return the places of the steps that ticked boxes outside of all steps name."""
    titles = [bare_words(step.title) for step in steps]
    numbers = [step.number for step in steps]
    found: set[int] = set()
    for box in boxes:
        if not box.done:
            continue
        label = label_of(box.text)
        words = bare_words(label.text)
        if titles.count(words) == 1:
            found.add(titles.index(words))
        elif label.kind == "work" and not words and numbers.count(label.number) == 1:
            found.add(numbers.index(label.number))
    return found
