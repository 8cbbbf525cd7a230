"""What is learned from a refusal is always less than what was refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sous.asking.resizing import is_plausible, learned_window
from sous.models.choose import Choice
from sous.models.failure import TooLong
from sous.models.limits import Size, TokenLimit
from sous.models.window import room_of

MODEL: Any = SimpleNamespace(model_id="m", model_name=None)
CHOICE = Choice(MODEL)


def refused(limit: TokenLimit, tokens: int = 10_000) -> TooLong:
    found = TooLong("too long")
    found.limit, found.size = limit, Size(tokens, tokens * 3, tokens * 4)
    return found


@pytest.mark.parametrize(
    "limit",
    [
        TokenLimit(8192, sent=12_000), TokenLimit(8192), TokenLimit(), TokenLimit(unit="bytes"),
        TokenLimit(20_000, "bytes"), TokenLimit(20_000, "characters", sent=30_000), TokenLimit(over=1500),
        TokenLimit(8192, sent=9000, answer=4000), TokenLimit(20_000), TokenLimit(over=10**6),
    ],
)  # fmt: skip
def test_less_is_sent_than_was_refused(limit: TokenLimit) -> None:
    window = learned_window(refused(limit), CHOICE)
    assert 1 <= room_of(MODEL, {}, window).tokens < 10_000


def test_a_limit_far_above_what_was_sent_is_another_fault() -> None:
    assert not is_plausible(refused(TokenLimit(1_000_000)))
    assert is_plausible(refused(TokenLimit(8192)))
