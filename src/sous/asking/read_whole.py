"""Whether a model read the whole of a prompt, by the count of its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import UnusableAnswer
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from sous.models.ask import Answer
    from sous.prompts.render import Prompt

_FEWEST = 0.5  # of our count; no tokenizer makes so few of a text


def refuse_unread(prompt: Prompt, answer: Answer, *, about: int | None = None) -> None:
    """Raise UnusableAnswer where the provider counted under half of the tokens that were sent.

    Servers cut a prompt that is too long without a word: Ollama at num_ctx, others at their window.
    `about`: our count of the prompt, where it may be too high. No count, or a higher one, is fine.
    """
    counted = answer.counted_tokens
    if not counted or (about is not None and counted >= about * _FEWEST):
        return
    sent = count_tokens(prompt.text) + count_tokens(prompt.system or "")
    if counted >= sent * _FEWEST or counted >= _estimate(prompt):
        return
    counted = answer.input_tokens or counted  # as the provider wrote it
    raise UnusableAnswer(
        f"{answer.model} did not read the whole prompt: {sent:,} tokens were sent, it counted "
        f"{counted:,}, so its answer is not used. Split by what it reads: "
        f"`--context-window {counted}`; or let the server read more "
        "(Ollama: num_ctx or OLLAMA_CONTEXT_LENGTH, llama.cpp: -c, LM Studio: context length)"
    )


def _estimate(prompt: Prompt) -> float:
    """Return what a server that divides characters by four says of a text in ASCII, about."""
    text = prompt.text
    return len(text) / 4 * 0.9 if text.isascii() else float("inf")
