"""One call, with a model of llm that answers in this process: how it ends, and when it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import llm
import pytest

from sous.errors import UnusableAnswer
from sous.models.ask import Answer, Patience, ask
from sous.models.choose import Choice
from sous.prompts.render import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT = Prompt("", "Write.", name="test")


class Scripted(llm.Model):
    """Sends pieces as often as it is asked, and ends for the reasons that it is given, one a call."""

    model_id = "scripted"
    can_stream = True

    def __init__(self, pieces: Any, *reasons: str) -> None:
        self.pieces, self.reasons, self.sent, self.calls = pieces, list(reasons), 0, 0

    def execute(self, prompt: llm.Prompt, *_: Any, response: Any = None, **_more: Any) -> Iterator[str]:
        assert prompt.prompt
        self.calls += 1
        for piece in self.pieces():
            self.sent += len(piece)
            yield piece
        if self.reasons and response:
            response.response_json = {"finish_reason": self.reasons.pop(0)}


class Deaf:
    """Follows a call and notes why it has to wait."""

    def __init__(self) -> None:
        self.why: list[str] = []

    def on_text(self, piece: str) -> None:
        """Take no notice."""

    def on_wait(self, _seconds: float, why: str) -> None:
        """Note it."""
        self.why.append(why)


def answered(model: Scripted, listener: Deaf | None = None, retries: int = 0) -> Any:
    return ask(PROMPT, Choice(model), listener or Deaf(), Patience(retries, first_wait=0.0))


def endless(unit: str) -> Iterator[str]:
    while True:
        yield unit


def test_a_model_that_repeats_itself_is_stopped() -> None:
    model = Scripted(lambda: endless("The code is fine and it is tested. "))
    with pytest.raises(
        UnusableAnswer, match="repeats itself again and again, so the answer was stopped; another model"
    ):
        answered(model)
    assert 16_000 <= model.sent < 30_000


def test_a_model_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.models.ask._LONGEST_ANSWER", 1_000_000)
    model = Scripted(lambda: (f"line {number} of many\n" * 40 for number in range(10**9)))
    with pytest.raises(UnusableAnswer, match="wrote more than 1 million characters, so the answer was stopped"):
        answered(model)


def test_a_loop_that_was_cut_off_needs_no_higher_limit() -> None:
    model = Scripted(lambda: ["The code is fine and it is tested.\n" * 100], "length")
    with pytest.raises(UnusableAnswer, match="repeated itself until it was cut off; another model"):
        answered(model)


@pytest.mark.parametrize(("reasons", "calls"), [(("odd", "odd"), 2), (("odd", "stop"), 2), (("stop",), 1)])
def test_an_odd_end_is_tried_once_more(reasons: tuple[str, ...], calls: int) -> None:
    model, listener = Scripted(lambda: ["# A\n"], *reasons), Deaf()
    answer = answered(model, listener, retries=3)
    assert model.calls == calls
    assert answer.unfinished == ("it ended for the reason 'odd'" if reasons[-1] == "odd" else "")
    assert listener.why == ["scripted: it ended for the reason 'odd'"] * (calls - 1)


def test_both_tries_of_an_odd_end_are_paid_for() -> None:
    answer = answered(Scripted(lambda: ["# A\n"], "odd", "stop"), retries=3)
    assert [one.unfinished for one in answer.before] == ["it ended for the reason 'odd'"]
    assert answered(Scripted(lambda: ["# A\n"], "stop"), retries=3).before == ()


def test_the_first_of_two_odd_answers_is_billed_once_where_the_second_fails() -> None:
    answer = answered(Scripted(lambda: ["# A\n"], "odd", "length"), retries=3)
    assert answer.before == ()


def test_what_was_paid_for_an_answer_that_was_cut_off_is_known() -> None:
    class Counting(Scripted):
        """Counts its tokens, too."""

        def execute(self, prompt: llm.Prompt, *args: Any, response: Any = None, **more: Any) -> Iterator[str]:
            yield from super().execute(prompt, *args, response=response, **more)
            response.set_usage(input=7, output=3)

    with pytest.raises(UnusableAnswer) as caught:
        answered(Counting(lambda: ["# A\n"], "length"))
    assert [(one.input_tokens, one.output_tokens) for one in caught.value.paid if isinstance(one, Answer)] == [(7, 3)]


def test_without_retries_an_odd_end_is_taken_as_it_is() -> None:
    assert answered(Scripted(lambda: ["# A\n"], "odd", "stop")).unfinished


def test_an_odd_answer_is_not_lost_by_the_next_try() -> None:
    assert answered(Scripted(lambda: ["# A\n"], "odd", "length"), retries=3).text == "# A\n"


def test_an_odd_end_of_nothing_is_no_answer() -> None:
    with pytest.raises(UnusableAnswer, match="not complete: it ended for the reason 'odd'"):
        answered(Scripted(list, "odd"))
