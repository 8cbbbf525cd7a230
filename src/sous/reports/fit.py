"""What is sent for a report: the whole bundle where it fits the model, else its parts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sous.errors import OverBudget
from sous.models.failure import PACK_LESS
from sous.models.price import Cost, price
from sous.models.window import Room, longest_answer, more_tokens, room_of, window_for
from sous.prompts.render import fill
from sous.tokens import MOST_OF_FACTS, count_kept, count_tokens
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sous.bundle.parts import Part
    from sous.bundle.read import Bundle
    from sous.models.choose import Choice
    from sous.models.window import Window
    from sous.prompts.render import Prompt, Template
    from sous.settings import Settings

    Facts = Callable[[str | None], str]

_LEAST = 500  # tokens for a part, below which it is of no use
_STEP = 1024  # tokens
EXPECTED = 4_000  # tokens of an answer, for the price before it is there


@dataclass(frozen=True)
class Fitted:
    """The prompts of a report and their tokens (o200k_base).

    `parts` is empty where the bundle goes whole.

    `drafts`: the answers are drafts for one more call.
    """

    prompts: tuple[Prompt, ...]
    tokens: tuple[int, ...]
    room: Room | None
    parts: tuple[Part, ...] = ()
    drafts: bool = False

    def words(self, choice: Choice) -> str:
        """Return in words what will be sent."""
        if choice.is_static:
            return "nothing is sent"
        total = sum(self.tokens)
        if self.room is None:
            return (
                f"{total:,} tokens (estimate); the context window of {choice.name} is unknown "
                "(--context-window N sets it)"
            )
        if self.parts:
            parts = f"{total:,} tokens (estimate) in {len(self.parts)} parts"
            return f"{parts}, since its context window is {self.room.window}"
        share = f"{total / self.room.window.tokens:.0%} of its context window"
        return f"{total:,} tokens (estimate), {share}"

    def cost(self, choice: Choice, *, only: Sequence[int] | None = None) -> Cost:
        """Return about what the prompts of these numbers (None: all) and usual answers cost."""
        numbers = range(len(self.prompts)) if only is None else only
        more = more_tokens(choice.model)
        sizes = [int(self.tokens[at] * more) for at in numbers]
        if self.drafts and sizes:
            sizes.append(EXPECTED * len(self.prompts))
        costs = [
            price(choice.model, input_tokens=size, output_tokens=EXPECTED).dollars for size in sizes
        ]
        known = [cost for cost in costs if cost is not None]
        return Cost(sum(known, Decimal(0)) if len(known) == len(costs) else None)

    def most(self, choice: Choice) -> Cost:
        """Return the most that the prompts may cost, each with the longest answer there may be."""
        more, longest = more_tokens(choice.model), longest_answer(choice.options)
        sizes = [int(tokens * more) for tokens in self.tokens]
        if self.drafts and self.parts:
            sizes.append(longest * len(self.prompts))
        costs = [
            price(choice.model, input_tokens=size, output_tokens=longest).dollars for size in sizes
        ]
        known = [cost for cost in costs if cost is not None]
        return Cost(sum(known, Decimal(0)) if len(known) == len(costs) else None)


def fit(  # noqa: PLR0913  # each is one thing to say
    bundle: Bundle,
    template: Template,
    choice: Choice,
    settings: Settings,
    *,
    task: str,
    split: bool,
    facts: Facts | None = None,
    window: Window | None = None,
) -> Fitted:
    """Return what to send; `window`: what the model turned out to read.

    Raises OverBudget when it does not fit and is not to be split, or nothing would fit.

    `facts` returns what is said about the files of a bundle, or of a part of it, between it and the
    task.
    """
    whole = dataclasses.replace(
        fill(template, bundle.text + (facts(None) if facts else "")), name=task
    )
    if choice.is_static:
        return Fitted((whole,), (0,), None)
    tokens = count_kept([whole.bundle, whole.task, whole.system or ""])
    window = window or window_for(choice, settings.context_window)
    if window is None:
        return Fitted((whole,), (tokens,), None)
    room = room_of(choice.model, choice.options, window)
    if tokens <= room.tokens:
        return Fitted((whole,), (tokens,), room)
    if not split:
        raise OverBudget(
            f"{tokens:,} tokens are more than the {room.tokens:,} that {choice.name} can take "
            f"beside its answer (it reads {window}), nothing was sent: leave out --no-split, "
            f"{PACK_LESS}, or correct the window with --context-window N"
        )
    without = fill(template, "")
    own = count_tokens(without.text) + count_tokens(without.system or "") + 8
    own += MOST_OF_FACTS if facts else 0
    overhead = _rounded(own, room)
    if room.tokens - overhead < max(_LEAST, room.tokens // 10):
        raise OverBudget(
            f"the window is too small: of the {room.tokens:,} tokens that {choice.name} can take "
            f"the prompt alone needs {own:,}; use a model with a larger context window, "
            "or correct the window with --context-window N"
        )
    from sous.bundle.parts import split_bundle

    with Waiting("splitting") as waiting:
        parts = split_bundle(bundle, room.tokens - overhead, on_file=waiting.at)
    texts = [part.text + (facts(part.text) if facts else "") for part in parts]
    prompts = tuple(dataclasses.replace(fill(template, text), name=task) for text in texts)
    sizes = tuple(part.tokens + own for part in parts)
    return Fitted(prompts, sizes, room, tuple(parts), drafts=task == "readme")


def _rounded(own: int, room: Room) -> int:
    """Return the tokens that are kept free for a task beside a part.

    They are the same for all our tasks, so that these have the same parts to the byte; in a room
    so small that rounding would take a good part of it, they are its own.
    """
    rounded = -(-own // _STEP) * _STEP
    return rounded if rounded - own <= room.tokens // 4 else own
