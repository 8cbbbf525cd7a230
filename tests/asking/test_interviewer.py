from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from sous.asking.interviewer import Interviewer
from sous.errors import SousError

if TYPE_CHECKING:
    from sous.asking.session import Session


class Scripted:
    """A session whose model says this."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.asked: list[tuple[str, str]] = []

    def template(self, name: str, *, own: bool = False) -> str:
        return f"{name}, own" if own else name

    def ask(self, template: str, text: str, **more: Any) -> str:
        self.asked.append((template, more["what"]))
        return f"{self.reply}{text}"


class OneAsked(Interviewer):
    """An interview in which one question was asked."""

    is_poking, count, sent = False, 0, ""

    def is_known(self, question: str) -> bool:
        return question == "Who is it for?"


class Poked(OneAsked):
    is_poking = True


def interviewer(reply: str, kind: type[OneAsked] = OneAsked) -> OneAsked:
    return kind(cast("Session", Scripted(reply)))


@pytest.mark.parametrize(
    ("reply", "question", "said"),
    [
        ("What does it cost?", "What does it cost?", ""),
        ("Who is it for?", None, "no more questions, the model asks what it asked before\n"),
        ("DONE", None, "no more questions\n"),
    ],
)
def test_the_next_question_is_a_new_one_or_none(
    reply: str, question: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert interviewer(reply).next_question() == question
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(("kind", "template"), [(OneAsked, "hone-gen, own"), (Poked, "poke-gen, own")])
def test_holes_in_a_specification_are_asked_for_by_another_template(kind: type[OneAsked], template: str) -> None:
    asks = interviewer("What?", kind)
    asks.next_question()
    assert cast("Any", asks.session).asked == [(template, "thinking of a question")]


def test_a_specification_stays_as_it_is_where_nothing_was_answered() -> None:
    interviewer("", OneAsked).require_answers()
    with pytest.raises(SousError, match="nothing was answered, so the specification stays as it is"):
        interviewer("", Poked).require_answers()


def test_the_specification_is_asked_for_in_the_end() -> None:
    asks = interviewer("# Spec")
    assert asks.written_specification(cast("Any", SimpleNamespace(partial=None))) == "# Spec"
    assert cast("Any", asks.session).asked == [("spec-gen", "writing the spec")]
