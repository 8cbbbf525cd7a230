"""What a provider says that a call took, as far as that can be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sous.tokens import count_tokens

if TYPE_CHECKING:
    from sous.prompts.render import Prompt

_MOST_TOKENS = 10**12
# No tokenizer makes more tokens of a text than it has bytes; what else may be counted:
_AROUND = 50_000  # tokens that a server puts around a prompt: instructions, tools
_UNSEEN = 1_000_000  # tokens of thinking that are not in the text
_READ = ("cached_tokens", "cache_read_input_tokens", "cachedContentTokenCount")


class TokenUsage(NamedTuple):
    """Tokens that were read, written, of those read from a cache, and `beside` for or from one.

    None: the provider did not say. `doubt`: what of it was not believed, in words.
    """

    read: int | None
    written: int | None
    cached: int
    beside: int
    doubt: str = ""


def usage_of(told: Any, prompt: Prompt, text: str) -> TokenUsage:
    """Return what a call took by the word of its provider, by our count where that cannot be."""
    read, written = _count(told.input), _count(told.output)
    doubts = []
    sent = f"{prompt.system or ''}{prompt.text}"
    if read is not None and read > _bytes(sent) + _AROUND:
        doubts.append(f"{read:,} tokens in")
        read = count_tokens(sent)
    if written is not None and written > _bytes(text) + _UNSEEN:
        doubts.append(f"{written:,} out")
        written = count_tokens(text)
    cached, beside = cached_tokens(told.details), _beside(told.details)
    if beside > _bytes(sent) + _AROUND:
        cached = beside = 0
    doubt = ""
    if doubts:
        doubt = (
            f"the provider counted {' and '.join(doubts)}, which cannot be; "
            "the cost is by our own count"
        )
    return TokenUsage(read, written, cached, beside, doubt)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _count(value: object) -> int | None:
    """Return a number of tokens, None for what cannot be one."""
    return value if isinstance(value, int) and 0 <= value < _MOST_TOKENS else None


def _beside(details: Any) -> int:
    """Return the sum of all counts of a cache, whatever a plugin calls them."""
    if not isinstance(details, dict):
        return 0
    counts = (_count(value) for key, value in details.items() if "cache" in str(key).lower())
    return sum(count or 0 for count in counts) + sum(map(_beside, details.values()))


def cached_tokens(details: Any) -> int:
    """Return the tokens that the prefix cache of OpenAI, Anthropic or Gemini served."""
    if not isinstance(details, dict):
        return 0
    for key in _READ:
        if _count(details.get(key)) is not None:
            return int(details[key])
    return next((found for value in details.values() if (found := cached_tokens(value))), 0)
