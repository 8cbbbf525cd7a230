"""What a call costs and how much a model can read, from the data that genai-prices carries.

Nothing is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sous.models.listed import is_listed
from sous.names import STATIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    import llm


@dataclass(frozen=True)
class Cost:
    """A price in US dollars, or None when the model's price is not known."""

    dollars: Decimal | None

    def __str__(self) -> str:
        """Return it as people write it."""
        if self.dollars is None:
            return "price unknown"
        return f"${self.dollars:.4f}" if self.dollars < Decimal("0.1") else f"${self.dollars:.2f}"

    def about(self) -> str:
        """Return it as people write what is expected."""
        return str(self) if self.dollars is None else f"about {self}"


def price(
    model: llm.Model, *, input_tokens: int, output_tokens: int = 0, cached_tokens: int = 0
) -> Cost:
    """Return what a call of that many tokens costs today at the provider's list price."""
    return price_by_names(
        names_of(model),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_tokens=cached_tokens,
    )


def price_by_names(
    names: Sequence[str], *, input_tokens: int, output_tokens: int = 0, cached_tokens: int = 0
) -> Cost:
    """Return what a call costs with the model of the first name that is known."""
    if STATIC in names:
        return Cost(Decimal(0))
    if not is_listed(tuple(names)):
        return Cost(None)
    from genai_prices import Usage, calc_price

    for name in names:
        try:
            usage = Usage(
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                cache_read_tokens=cached_tokens or None,
            )
            return Cost(calc_price(usage, model_ref=name).total_price)
        except (LookupError, ValueError):
            continue
    return Cost(None)


def names_of(model: llm.Model) -> list[str]:
    """Return the names under which a model may be known, the most telling first."""
    candidates = [
        getattr(model, "model_name", None),
        model.model_id,
        model.model_id.rpartition("/")[2],
    ]
    return list(dict.fromkeys(name for name in candidates if isinstance(name, str) and name))
