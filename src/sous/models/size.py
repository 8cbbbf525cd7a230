"""How large a request is against what a model reads, and what it costs before the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import OverBudget
from sous.models.failure import PACK_LESS
from sous.models.price import Cost, context_window, price
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from sous.models.choose import Choice


@dataclass(frozen=True)
class Size:
    """The tokens of a request (o200k_base), those that the model reads (None: not known), and the price to send."""

    model: str
    tokens: int
    window: int | None
    cost: Cost

    @property
    def share(self) -> str:
        """Return the share of the model's window, empty where that is not known."""
        return f", {self.tokens / self.window:.0%} of what it reads" if self.window else ""

    @property
    def price(self) -> str:
        """Return the price in words."""
        return f"{self.cost} before the answer" if self.cost.dollars is not None else str(self.cost)

    def check(self) -> None:
        """Raise OverBudget when the model cannot read that much."""
        if self.window is not None and self.tokens > self.window:
            raise OverBudget(
                f"{self.tokens:,} tokens are more than the {self.window:,} that {self.model} reads, nothing was sent: "
                f"{PACK_LESS}, or send all the same with --force"
            )


def size_of(text: str, choice: Choice) -> Size:
    """Measure a request."""
    tokens = count_tokens(text)
    return Size(choice.name, tokens, context_window(choice.model), price(choice.model, input_tokens=tokens))
