"""How much a model reads and writes together: known, given, or not known.

And what of it is left for a bundle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.models.learned import recalled
from sous.models.listed import is_listed
from sous.models.local import reported_window
from sous.models.price import names_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import llm

    from sous.models.choose import Choice

_MOST_FOR_THE_ANSWER = 32_000  # tokens kept free for an answer whose length was not limited
_SHARE_OF_THE_ANSWER = 4  # of a small window no more than a quarter
# Tokens of the model's own tokenizer for one of o200k_base: an allowance of ours, for only OpenAI's
# are public.
_MORE_TOKENS = ((r"gpt-|o\d|chatgpt|codex", 1.0), (r"claude", 1.35), (r"gemini|gemma", 1.15))
_UNKNOWN_MORE = 1.25


@dataclass(frozen=True)
class Window:
    """A context window in the model's own tokens, and who says so.

    `given`, `known`, `guessed` by a like name, `learned` from an error, or what a server reports.
    `more`: how many of its tokens one of o200k_base is, where that was seen; `answer`: how many it
    keeps for the answer.
    """

    tokens: int
    source: str
    more: float | None = None
    answer: int | None = None

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.tokens:,} tokens ({self.source})"


@dataclass(frozen=True)
class Room:
    """What a window of a model leaves for prompts, in tokens of o200k_base."""

    window: Window
    tokens: int


def window_for(choice: Choice, given: int | None) -> Window | None:
    """Return the window of a model that is about to be asked; a server that is near says its own.

    None: nobody knows it.
    """
    if given is None:
        reported = reported_window(choice.model, choice.options)
        if reported:
            source = f"{reported.server}'s default" if reported.is_assumed else reported.server
            return Window(reported.tokens, f"by {source}", answer=reported.answer)
    return window_of(choice.model, given)


def window_of(model: llm.Model, given: int | None) -> Window | None:
    """Return the window of a model: `given` by the user, learned from an error, or by genai-prices.

    None: nobody knows it.
    """
    if given is not None:
        return Window(given, "given")
    learned = recalled(model)
    if learned:
        return Window(source="learned", **learned)
    if not is_listed(tuple(names_of(model))):
        return None
    from genai_prices import data_snapshot

    snapshot = data_snapshot.get_snapshot()
    for name in names_of(model):
        try:
            _, known = snapshot.find_provider_model(name, None, None, None)
        except LookupError:
            continue
        if known.context_window is None:
            continue
        return Window(known.context_window, "known" if known.id in names_of(model) else "guessed")
    return None


def longest_answer(options: Mapping[str, Any]) -> int:
    """Return the tokens that are kept free for an answer: its limit, where options have one."""
    keys = ("max_tokens", "max_output_tokens", "num_predict")
    limits = [options[key] for key in keys if isinstance(options.get(key), int)]
    return limits[0] if limits and limits[0] else _MOST_FOR_THE_ANSWER


def room_of(model: llm.Model, options: Mapping[str, Any], window: Window) -> Room:
    """Return what a prompt may take: the window less the answer, in tokens of o200k_base."""
    answer = min(longest_answer(options), window.tokens // _SHARE_OF_THE_ANSWER)
    if window.answer is not None:
        answer = min(window.answer, window.tokens - 1)
    more = window.more or more_tokens(model)
    return Room(window, max(1, int((window.tokens - answer) * 0.98 / more)))


def more_tokens(model: llm.Model) -> float:
    """Return how many tokens of a model's own one of o200k_base is taken for."""
    name = " ".join(names_of(model)).lower()
    return next((factor for form, factor in _MORE_TOKENS if re.search(form, name)), _UNKNOWN_MORE)
