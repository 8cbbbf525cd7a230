"""A prompt that was refused for its length: what is learned of the window, and smaller prompts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sous.bundle.read import bundle_from
from sous.models.learned import remember
from sous.models.window import Window, more_tokens, room_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sous.bundle.parts import Part
    from sous.bundle.read import Bundle
    from sous.models.choose import Choice
    from sous.models.failure import TooLong
    from sous.prompts.render import Prompt
    from sous.reports.fit import Fitted

    # What to send of a bundle (None: the whole one) to a model that reads so much.
    Refit = Callable[[Bundle | None, Window], Fitted]

MOST_TRIES = 8  # windows that are tried for one text, each smaller than the one before
_SMALLER = 0.6  # of what was refused, where it should have fitted by what was said
_SPARE = 0.9  # of a limit in bytes or characters: the text is not as dense everywhere
_LEAST_MORE, _MOST_MORE = 0.5, 5.0  # tokens of any model for one of ours
NEAR = 0.99  # of a size: closer is no difference
_DENSER = 1.04  # a part may be than the whole


def learned_window(error: TooLong, choice: Choice) -> Window:
    """Return how much a model reads by its refusal, always less than what it refused."""
    limit, size = error.limit, error.size
    if limit.most is None and limit.over and limit.unit == "tokens":
        more = more_tokens(choice.model)
        found = Window(max(1, int(size.tokens * more) - limit.over), "learned", more=more)
    elif limit.most is None:
        found = Window(int(size.tokens * _SMALLER), "tried", more=1.0, answer=0)
    elif limit.unit == "tokens":
        found = Window(limit.most, "learned", _more_of(error), limit.answer)
    else:
        share = limit.most / max(1, limit.sent or size.of(limit.unit))
        found = Window(max(1, int(size.tokens * share * _SPARE)), "learned", more=1.0, answer=0)
    room = room_of(choice.model, choice.options, found).tokens
    if room >= size.tokens * NEAR:  # it counts otherwise than it says
        smaller = int(size.tokens * _SMALLER)
        found = Window(max(1, smaller), "tried", more=1.0, answer=0)
    return found


def is_plausible(error: TooLong) -> bool:
    """Tell whether a prompt can have been too long by what was said of the limit."""
    most = error.limit.most
    return most is None or error.size.of(error.limit.unit) * _MOST_MORE / 2 >= most


def keep(window: Window, choice: Choice) -> None:
    """Keep what was learned for the next run with this model."""
    spare = _SPARE if window.source == "tried" else 1
    facts = {"tokens": int(window.tokens * spare), "more": window.more, "answer": window.answer}
    remember(choice.model, facts)


def _more_of(error: TooLong) -> float | None:
    """Return how many tokens the model counts for one of ours, None where it did not say."""
    if not error.limit.sent or not error.size.tokens:
        return None
    found = error.limit.sent / error.size.tokens
    return round(found * _DENSER, 3) if _LEAST_MORE <= found <= _MOST_MORE else None


def smaller(
    fitted: Fitted, numbers: Collection[int], refit: Refit, window: Window
) -> tuple[Fitted, dict[int, int]]:
    """Return prompts with those of the numbers made smaller, and where the others are now.

    `fitted` is in parts. Raises OverBudget where even the prompt itself is too long.
    """
    prompts: list[Prompt] = []
    tokens: list[int] = []
    parts: list[Part] = []
    places: dict[int, int] = {}
    room = fitted.room
    for number, part in enumerate(fitted.parts):
        if number in numbers:
            found = refit(bundle_from(part.text.encode("utf-8", "surrogatepass"), None), window)
            prompts += found.prompts
            tokens += found.tokens
            parts += found.parts or [part]
            room = found.room
            continue
        places[number] = len(prompts)
        prompts.append(fitted.prompts[number])
        tokens.append(fitted.tokens[number])
        parts.append(part)
    changed = dataclasses.replace(
        fitted, prompts=tuple(prompts), tokens=tuple(tokens), parts=tuple(parts), room=room
    )
    return changed, places


def learned_words(error: TooLong, choice: Choice, fitted: Fitted) -> str:
    """Return in words what was learned, and what is sent now."""
    limit = error.limit
    if limit.most is None:
        reads = f"{choice.name} refused {error.size.tokens:,} tokens and names no limit"
    else:
        reads = f"{choice.name} reports a limit of {limit.most:,} {limit.unit}"
    count = len(fitted.prompts)
    return (
        f"{reads}; asking again in {count} part{'s' * (count != 1)}, {fitted.cost(choice).about()}"
    )
