"""Ask a model, through llm: one call, its text as it comes, and an answer only when it is whole."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sous.errors import UnusableAnswer
from sous.models.failure import explain
from sous.models.finish import is_refusal, what_is_missing
from sous.models.log import log_response
from sous.models.price import Cost, price
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import llm

    from sous.models.choose import Choice
    from sous.prompts.render import Prompt


@dataclass(frozen=True)
class Answer:
    """A whole answer; tokens as the provider counted them (None: it did not say), time in seconds.

    `log` writes it to llm's log; it may wait, so what was paid for is put in its place first.
    """

    text: str
    model: str
    seconds: float
    cost: Cost
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    log: Callable[[], None] = lambda: None


def ask(prompt: Prompt, choice: Choice, on_text: Callable[[str], None]) -> Answer:
    """Send a prompt and return the whole answer; `on_text` gets each piece as it comes.

    Raises SousError when the call fails, and UnusableAnswer (exit code 3) for an answer that is empty or cut off.
    """
    began = time.monotonic()
    pieces: list[str] = []
    try:
        response = choice.model.prompt(
            **_arguments(prompt), options=dict(choice.options), stream=choice.model.can_stream
        )
        for piece in response:
            pieces.append(piece)
            on_text(piece)
        missing = what_is_missing(response)
    except Exception as exc:  # every plugin raises its own library's types
        raise explain(exc, choice) from exc
    text = "".join(pieces).encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    wrong = _what_is_wrong(text, missing, choice.name)
    if wrong:
        log_response(response)
        raise UnusableAnswer(wrong)
    return _answer(text, response, choice, time.monotonic() - began)


def _what_is_wrong(text: str, missing: str | None, model: str) -> str | None:
    if missing:
        return f"the answer of {model} is not complete: {missing}"
    if is_refusal(text):
        return f"{model} refused: {one_line(text)[:120]}"
    return None if text.strip() else f"{model} sent an empty answer; try again, or take another model"


def _arguments(prompt: Prompt) -> dict[str, Any]:
    """Return the prompt for llm, the bundle as a fragment: llm's log then holds it once, not once a call.

    llm joins fragments and prompt by a line end; what goes over the wire is `prompt.text` to the byte.
    """
    arguments: dict[str, Any] = {"system": prompt.system}
    head, newline, task = prompt.task.partition("\n")
    if prompt.bundle and newline and not head.strip(" "):
        return {**arguments, "prompt": task, "fragments": [prompt.bundle + head]}
    return {**arguments, "prompt": prompt.text}


def _answer(text: str, response: llm.Response, choice: Choice, seconds: float) -> Answer:
    usage = response.usage()
    cached = _cached(usage.details)
    cost = Cost(None)
    if usage.input is not None:
        cost = price(choice.model, input_tokens=usage.input, output_tokens=usage.output or 0, cached_tokens=cached)
    log = functools.partial(log_response, response)
    return Answer(text, choice.name, seconds, cost, usage.input, usage.output, cached, log)


def _cached(details: Any) -> int:
    """Return the tokens that the provider's prefix cache served (OpenAI Chat and Responses, Anthropic, Gemini)."""
    if not isinstance(details, dict):
        return 0
    for key in ("cached_tokens", "cache_read_input_tokens", "cachedContentTokenCount"):
        if isinstance(details.get(key), int):
            return int(details[key])
    return next((found for value in details.values() if (found := _cached(value))), 0)
