from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from llm.default_plugins.openai_models import Chat, Responses

from sous.models.finish import what_is_missing


class Plugin:
    """A model of some plugin, not one of llm's own."""


def response(model: type, data: Any) -> Any:
    return SimpleNamespace(model=object.__new__(model), json=lambda: data)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (Chat, {"finish_reason": "stop"}),
        (Chat, {"choices": [{"finish_reason": "stop"}]}),
        (Responses, {"status": "completed"}),
        (Plugin, None),
        (Plugin, {"id": "x"}),
        (Plugin, {"stop_reason": "end_turn"}),
        (Plugin, {"candidates": [{"finishReason": "STOP"}]}),
        (Plugin, {"done_reason": "stop"}),
        (Plugin, {"finish_reason": None}),
    ],
)
def test_a_whole_answer(model: type, data: Any) -> None:
    assert what_is_missing(response(model, data)) is None


@pytest.mark.parametrize(
    ("model", "data", "says"),
    [
        (Chat, {}, "stream ended"),
        (Chat, {"finish_reason": "length"}, "output limit"),
        (Chat, {"finish_reason": "content_filter"}, "content filter"),
        (Chat, {"choices": [{"finish_reason": "length"}]}, "output limit"),
        (Responses, None, "stream ended"),
        (Responses, {"status": "incomplete"}, "output limit"),
        (Responses, {"status": "failed"}, "reported an error"),
        (Plugin, {"stop_reason": "max_tokens"}, "output limit"),
        (Plugin, {"stop_reason": "refusal"}, "refused"),
        (Plugin, {"candidates": [{"finishReason": "SAFETY"}]}, "content filter"),
        (Plugin, {"candidates": [{"finishReason": "MAX_TOKENS"}]}, "output limit"),
        (Plugin, {"done_reason": "length"}, "output limit"),
        (Plugin, {"finish_reason": "tool_calls"}, "'tool_calls'"),
    ],
)
def test_half_an_answer_is_told(model: type, data: Any, says: str) -> None:
    assert says in str(what_is_missing(response(model, data)))
