"""What a model sent, to the text of a file: the one place where that is decided, for every task."""

from __future__ import annotations

from collections.abc import Callable

from sous.errors import UnusableAnswer
from sous.reports.shape import is_visible, unwrap

# What is missing in a text, in words that follow the name of the model; None: nothing.
Expectation = Callable[[str], "str | None"]


def accepted(reply: str, *, model: str, expectation: Expectation) -> str:
    """Return the text of a file out of a reply. Raises UnusableAnswer for one that is none."""
    text = unwrap(reply)
    missing = expectation(text)
    if missing:
        raise UnusableAnswer(f"{model} {missing}")
    return text


def anything(_text: str) -> str | None:
    """Expect nothing: whoever asked reads what there is."""
    return None


def readable(text: str) -> str | None:
    """Expect something to read."""
    if is_visible(text):
        return None
    return "sent an answer without any text; try again, or take another model"
