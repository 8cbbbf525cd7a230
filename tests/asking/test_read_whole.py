from __future__ import annotations

import pytest

from sous.asking.read_whole import refuse_unread
from sous.errors import UnusableAnswer
from sous.models.ask import Answer
from sous.models.price import Cost
from sous.prompts.render import Prompt
from sous.tokens import count_tokens

PROMPT = Prompt("def add(a, b): return a - b\n" * 1000, "Review it.")
SENT = count_tokens(PROMPT.text)


def answer(read: int | None, beside: int = 0) -> Answer:
    return Answer("text", "m", 1.0, Cost(None), read, 10, 0, beside)


@pytest.mark.parametrize(
    ("read", "beside"),
    [(None, 0), (0, 0), (SENT, 0), (SENT // 2 + 1, 0), (10**9, 0), (5, SENT), (SENT // 4, SENT // 4 + 2)],
)
def test_a_count_that_is_whole_or_missing_is_believed(read: int | None, beside: int) -> None:
    refuse_unread(PROMPT, answer(read, beside))


@pytest.mark.parametrize("read", [128, 2048, SENT // 2 - 1])
def test_an_answer_to_half_a_prompt_is_refused_with_both_numbers(read: int) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        refuse_unread(PROMPT, answer(read), about=SENT)
    assert f"{SENT:,} tokens were sent, it counted {read:,}" in str(caught.value)
    assert f"--context-window {read}" in str(caught.value)


def test_a_server_that_divides_characters_by_four_has_read_it_all() -> None:
    prompt = Prompt("1 7 3 9 0 2 " * 1000, "")
    assert len(prompt.text) / 4 < count_tokens(prompt.text) / 2
    refuse_unread(prompt, answer(len(prompt.text) // 4))
