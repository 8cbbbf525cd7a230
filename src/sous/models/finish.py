"""Whether an answer is whole: half an answer never ends with exit code 0."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import llm

# What providers write when the model came to its own end (OpenAI, Anthropic, Gemini, Ollama,
# Mistral).
_WHOLE = {"stop", "end_turn", "stop_sequence", "complete", "completed", "eos", "eos_token"}
_TOLD = {
    "length": "it was cut off at the output limit; ask for less, "
    "or raise it with `--option max_tokens N`",
    "content_filter": "the provider's content filter stopped it",
    "refusal": "the model refused",
    "error": "the provider reported an error; try again",
}
_SAME = {
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_length": "length",
    "incomplete": "length",
    "safety": "content_filter",
    "recitation": "content_filter",
    "blocklist": "content_filter",
    "prohibited_content": "content_filter",
    "failed": "error",
}
# What ends an answer that is none, or was ended from outside.
_NO_TEXT = {
    "tool_calls", "tool_call", "tool_use", "function_call", "pause_turn", "abort", "aborted",
    "cancelled", "canceled", "timeout", "insufficient_system_resource", "malformed_function_call",
}  # fmt: skip
_LONGEST_REFUSAL = 600  # characters; a refusal is a few sentences, a report is more
_REFUSAL = re.compile(
    r"""
    (?:i(?:['\u2019]m|[ ]am)[ ](?:very[ ]|so[ ])?sorry|sorry|unfortunately|i[ ]apologi[sz]e)?
    [,.;:]? \s* (?:but[ ])?
    (?:i|as[ ]an[ ]ai[^,.]*,?[ ]i) [ ]
    (?:can(?:no|['\u2019])t|cannot|can[ ]not|am[ ]unable[ ]to|['\u2019]m[ ]unable[ ]to
      |won['\u2019]t|am[ ]not[ ]able[ ]to) [ ]
    (?:help|assist|comply|do|provide|fulfil|process|continue|review|answer|write|create|complete)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BROKEN_OFF = "the stream ended before the answer did; try again"
# Plugins in whose protocol no answer ends without a reason (tests/real/test_plugins.py).
_ALWAYS_TELL = {"llm_anthropic", "llm_bedrock", "llm_mistral", "llm_ollama"}
_KEYS = ("finish_reason", "stop_reason", "finishReason", "done_reason")


@dataclass(frozen=True)
class Missing:
    """What an answer lacks and what to do; `passing`: another try may bring the whole of it.

    `odd`: it may be whole, the provider does not say so.
    """

    told: str
    passing: bool = False
    odd: bool = False


def what_is_missing(response: llm.Response) -> Missing | None:
    """Return None for a whole answer, else what happened to it.

    OpenAI's Chat API names a reason in the last chunk, the Responses API leaves no JSON unless it
    came to its end (both seen with llm 0.36); other plugins are judged by any reason that their
    JSON holds. Where it holds none, those are believed of which we do not know that they give one.
    """
    data = response.json()
    kind = _openai_class(response.model)
    if kind == "Responses":
        status = data.get("status") if isinstance(data, dict) else None
        if status == "completed":
            return None
        status = status or getattr(response.model, "sous_ended", None)  # noted by sous.models.wire
        return _why(status) if status else Missing(_BROKEN_OFF, passing=True)
    reasons = list(_reasons(data))
    if not reasons:
        return _without_reason(response, data, kind)
    return next((_why(reason) for reason in reasons if reason.lower() not in _WHOLE), None)


def _without_reason(response: llm.Response, data: Any, kind: str | None) -> Missing | None:
    """Tell a stream that was cut from one that came to its end, its tokens counted."""
    plugin = type(response.model).__module__.partition(".")[0]
    if plugin in _ALWAYS_TELL:
        is_old = isinstance(data, dict) and data.get("done") is True  # an old Ollama
        is_hidden = data is None and plugin == "llm_bedrock"  # of another version
        return None if is_old or is_hidden else Missing(_BROKEN_OFF, passing=True)
    if kind != "Chat" and plugin != "llm_gemini":
        return None
    if getattr(response, "input_tokens", None) is not None:
        return Missing("the provider did not say why the answer ended", odd=True)
    return Missing(_BROKEN_OFF, passing=True)


def is_refusal(text: str) -> bool:
    """Tell whether an answer is a refusal in words: short, no heading, and begins as one."""
    return len(text) < _LONGEST_REFUSAL and "#" not in text and bool(_REFUSAL.match(text.strip()))


def _why(reason: str) -> Missing:
    reason = reason.lower()
    told = _TOLD.get(_SAME.get(reason, reason))
    if told is None:
        return Missing(f"it ended for the reason {reason!r}", odd=reason not in _NO_TEXT)
    return Missing(told, passing=told == _TOLD["error"])


def _openai_class(model: object) -> str | None:
    """Return which of llm's own OpenAI classes a model is or derives from."""
    for base in type(model).__mro__:
        if base.__module__ == "llm.default_plugins.openai_models" and base.__name__ in (
            "Chat",
            "Completion",
            "Responses",
        ):
            return base.__name__
    return None


def _reasons(data: Any) -> Iterator[str]:
    if not isinstance(data, dict):
        return
    for key in _KEYS:
        if isinstance(data.get(key), str):
            yield data[key]
    for key in ("choices", "candidates", "chunks"):  # the last: of a stream of llm-mistral
        for part in data.get(key) or []:
            yield from _reasons(part)
