"""What a model sent becomes the text of a file: the one place for it, whatever the task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.asking.chatter import extracted, is_unclosed, unfenced, without_chat
from sous.asking.debris import without_marks
from sous.asking.echo import is_echo
from sous.asking.expected import Form
from sous.asking.shapes import is_cut
from sous.asking.thinking import is_left_open, without_thinking
from sous.characters import without_controls
from sous.errors import UnusableAnswer
from sous.items.nothing import nothing_found
from sous.models.loops import ADVICE, is_looping
from sous.reports.findings import count_findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.asking.expected import Expectation
    from sous.prompts.render import Prompt


@dataclass(frozen=True)
class Accepted:
    """The text of a file, and what was taken out of the reply, a word for each."""

    text: str
    without: tuple[str, ...] = ()


def accepted(
    reply: str,
    *,
    model: str,
    expectation: Expectation,
    prompt: Prompt | None = None,
    unfinished: str = "",
) -> Accepted:
    """Return the text of a file out of a reply. Raises UnusableAnswer for one that is none.

    `prompt`: what was sent. `unfinished`: why it may not be whole, in words; it is then taken only
    where its form is complete.
    """
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("control characters", without_controls),
        ("thinking", without_thinking),
        ("end marks", without_marks),
        ("text around the code", lambda text: extracted(text, prompt.extract if prompt else "")),
        ("a fence", lambda text: unfenced(text, expectation.form)),
        ("chatter", lambda text: without_chat(text, expectation.form)),
    )
    text, without = reply, []
    for name, step in steps:
        before, text = text, step(text)
        if text.strip() != before.strip():
            without.append(name)
        _refuse(_why_unusable(name, text, prompt), model)
    missing = expectation.missing(text)
    if missing and "thinking" in without and not text.strip():
        missing = "sent only reasoning and no answer; raise its output limit, or use another model"
    _refuse(missing, model)
    if unfinished and (
        is_cut(text) or _is_left_open(reply, expectation.form) or _lacks_findings(text, expectation)
    ):
        raise UnusableAnswer(
            f"the answer of {model} is not complete: {unfinished}; try again, "
            "or take it as it is with --accept-unfinished"
        )
    return Accepted(text, tuple(without))


def _lacks_findings(text: str, expectation: Expectation) -> bool:
    """Tell whether findings were asked for, and there is none: it may have stopped in a thought."""
    return expectation.form is Form.FINDINGS and not (count_findings(text) or nothing_found(text))


def _is_left_open(reply: str, form: Form) -> bool:
    """Tell whether what is around an answer has a begin, and no end."""
    text = without_controls(reply)
    return is_left_open(text) or is_unclosed(without_marks(without_thinking(text)), form)


def _refuse(missing: str | None, model: str) -> None:
    if missing:
        raise UnusableAnswer(f"{model} {missing}")


def _why_unusable(step: str, text: str, prompt: Prompt | None) -> str | None:
    """Return why a text is no answer, whatever was asked for, once it is without marks of turns."""
    if step != "end marks":
        return None
    if prompt is not None and is_echo(text, prompt):
        return "repeats its instructions instead of following them; take another model"
    if is_looping(text):
        return f"repeats itself again and again; {ADVICE}"
    return None
