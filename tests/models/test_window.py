from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sous.models.window import Window, room_of, window_of


def model(name: str) -> Any:
    return SimpleNamespace(model_id=name, model_name=None)


def test_what_the_user_says_outranks_what_is_known() -> None:
    assert window_of(model("gpt-4o"), 5000) == Window(5000, "given")
    assert window_of(model("gpt-4o"), None) == Window(128_000, "known")
    assert window_of(model("openrouter/openai/gpt-4o"), None) == Window(128_000, "known")
    assert window_of(model("nobody-knows-me"), None) is None


def test_a_like_name_is_called_a_guess() -> None:
    found = window_of(model("gpt-4-turbo-2024-04-09"), None)
    assert found is not None
    assert found.source == "guessed"


@pytest.mark.parametrize(
    ("name", "options", "tokens", "room"),
    [
        ("gpt-4o", {}, 8_000, 5_880),  # a quarter for the answer, two in a hundred to spare
        ("gpt-4o", {}, 1_000_000, 948_640),  # 32,000 for the answer
        ("gpt-4o", {"max_tokens": 1000}, 8_000, 6_860),
        ("claude-sonnet-5", {}, 200_000, 121_955),  # its tokens are smaller
    ],
)
def test_the_answer_and_a_reserve_are_counted_in(name: str, options: dict[str, Any], tokens: int, room: int) -> None:
    assert room_of(model(name), options, Window(tokens, "given")).tokens == room
