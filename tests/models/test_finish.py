from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from llm.default_plugins.openai_models import Chat, Responses

from sous.models.finish import is_refusal, what_is_missing


class Plugin:
    """A model of some plugin, not one of llm's own."""


def of_plugin(name: str) -> type:
    """Return a model of a plugin whose module has this name."""
    return type("Model", (), {"__module__": name})


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
        (
            of_plugin("llm_mistral"),
            {"chunks": [{"choices": [{"finish_reason": None}]}, {"choices": [{"finish_reason": "stop"}]}]},
        ),
        (of_plugin("llm_ollama.models.chat"), {"done": True}),
        (of_plugin("llm_bedrock"), None),
        (of_plugin("llm_bedrock"), {"stop_reason": "end_turn"}),
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


@pytest.mark.parametrize("reason", ["", "unknown", "eos_found", "STOP_REASON_UNSPECIFIED"])
def test_an_end_for_no_known_reason_is_odd(reason: str) -> None:
    missing = what_is_missing(response(Chat, {"finish_reason": reason}))
    assert missing
    assert (missing.odd, missing.passing) == (True, False)


@pytest.mark.parametrize("reason", ["tool_calls", "abort", "length"])
def test_what_ends_from_outside_is_not_odd(reason: str) -> None:
    missing = what_is_missing(response(Chat, {"finish_reason": reason}))
    assert missing
    assert not missing.odd


def test_a_stream_whose_tokens_were_counted_came_to_its_end() -> None:
    ended = SimpleNamespace(model=object.__new__(Chat), json=dict, input_tokens=7)
    missing = what_is_missing(ended)  # type: ignore[arg-type]  # what is looked at of a response
    assert missing
    assert missing.odd


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, I can\u2019t assist with this request.",
        "I am sorry, but I cannot help with that.\n",
        "Sorry, I can't do that.",
        "I cannot comply with this request because it is against the rules.",
        "As an AI language model, I am unable to review this.",
        "Unfortunately, I am not able to provide a review of this code.",
    ],
)
def test_a_refusal_in_words_is_known(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "The code is fine.",
        "I cannot find any defect in this code. It is small and well tested.",
        "## Sorry is printed instead of an error\n\nI cannot help noticing that ...",
        "I can't help with that " + "but here is a long analysis. " * 60,
        "",
    ],
)
def test_other_answers_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize(
    ("plugin", "data"),
    [
        ("llm_anthropic", {"stop_reason": None}),
        ("llm_mistral", {"chunks": [{"choices": [{"finish_reason": None}]}]}),
        ("llm_mistral", {"chunks": []}),
        ("llm_ollama.models.chat", None),
        ("llm_ollama.models.chat", {"done": False, "done_reason": None}),
        ("llm_bedrock", {"stop_reason": None}),
        ("llm_gemini", {"candidates": [{"index": 0}]}),
    ],
)
def test_plugins_that_always_give_a_reason_have_to(plugin: str, data: Any) -> None:
    missing = what_is_missing(response(of_plugin(plugin), data))
    assert missing
    assert missing.passing


def test_the_reason_in_the_chunks_of_mistral_counts() -> None:
    chunks = [{"choices": [{"finish_reason": None}]}, {"choices": [{"finish_reason": "length"}]}]
    missing = what_is_missing(response(of_plugin("llm_mistral"), {"chunks": chunks}))
    assert missing
    assert "cut off at the output limit" in missing.told
