"""What answers took and cost, and the most that a run may cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.errors import OverBudget
from sous.models.price import Cost, price

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.models.ask import Answer
    from sous.models.choose import Choice

NOTHING = Decimal(0)  # US dollars


class Tokens(NamedTuple):
    """The tokens that were read, those of them from a cache, and those that were written."""

    read: int
    cached: int
    written: int


def taken_out(without: Iterable[str]) -> str:
    """Return in words what was taken out of an answer, behind a semicolon; nothing for nothing."""
    words = ", ".join(without)
    return f"; left out of the answer: {words}" if words else ""


@dataclass(eq=False)
class Bill:
    """The answers of one model that were paid for."""

    choice: Choice
    answers: list[Answer] = field(default_factory=list)
    _logged: int = 0

    def add(self, answer: Answer) -> None:
        """Add an answer, and the tries before it that were paid for too."""
        self.answers += [*answer.before, answer]

    @property
    def cost(self) -> Cost:
        """What the answers cost, where that is known of all."""
        known = self._known()
        is_known = known and len(known) == len(self.answers)
        return Cost(sum(known, NOTHING)) if is_known else Cost(None)

    def dollars(self, expected: Decimal = NOTHING) -> Decimal:
        """Return what was spent; an answer of unknown price counts as `expected`."""
        unknown = len(self.answers) - len(self._known())
        return sum(self._known(), expected * unknown)

    def _known(self) -> list[Decimal]:
        costs = [answer.cost.dollars for answer in self.answers]
        return [dollars for dollars in costs if dollars is not None]

    @property
    def seconds(self) -> float:
        """How long the answers took."""
        return sum(answer.seconds for answer in self.answers)

    @property
    def tokens(self) -> Tokens:
        """The tokens of all answers."""
        read = cached = written = 0
        for answer in self.answers:
            read += answer.input_tokens or 0
            cached += min(answer.cached_tokens, answer.input_tokens or 0)
            written += answer.output_tokens or 0
        return Tokens(read, cached, written)

    @property
    def is_counted(self) -> bool:
        """Whether the provider counted the tokens of all answers."""
        return all(answer.input_tokens is not None for answer in self.answers)

    def used(self, *, shows_cached: bool = True) -> str:
        """Return in words what the answers took."""
        name, took = self.choice.name, f"{self.seconds:.1f} s"
        if self.choice.is_static:
            return f"{name}, {took}"
        calls = f"{len(self.answers)} calls, " if len(self.answers) > 1 else ""
        if not self.is_counted:
            return f"{name}, {calls}{took}, the provider counted no tokens"
        read, cached, written = self.tokens
        share = f" ({cached:,} cached, {cached / read:.0%})" if cached and shows_cached else ""
        counted = f"{read:,} tokens in{share}, {written:,} out (provider's count)"
        return f"{name}, {calls}{took}, {counted}, {self.cost}"

    def facts(self, *others: Bill) -> dict[str, Any]:
        """Return what the answers took, and what they and the `others` cost, for provenance."""
        counts: Sequence[int | None] = self.tokens if self.is_counted else (None, None, None)
        read, cached, written = counts
        costs = [self.cost.dollars, *(other.cost.dollars for other in others)]
        known = [dollars for dollars in costs if dollars is not None]
        is_known = len(known) == len(costs)
        return {
            "tokens": {"input": read, "output": written, "cached": cached},
            "usd": float(round(sum(known, NOTHING), 6)) if is_known else None,
        }

    def log(self) -> None:
        """Write the calls to llm's log: of all that may fail and may wait, the last."""
        while self._logged < len(self.answers):
            self._logged += 1
            if not self.answers[self._logged - 1].log():
                self._logged = len(self.answers)  # each would wait as long as this one


@dataclass(frozen=True)
class Limit:
    """The most US dollars that a run may cost; None: any."""

    most: Decimal | None = None

    @classmethod
    def of(cls, max_cost: float | None) -> Limit:
        """Return the limit of a setting."""
        return cls(None if max_cost is None else Decimal(str(max_cost)))

    def check_start(
        self, costs: Sequence[Cost], choice: Choice, *, verifier: Choice | None = None
    ) -> None:
        """Raise OverBudget where all that a run will ask costs more, or nobody knows what."""
        if self.most is None:
            return
        known = [cost.dollars for cost in costs if cost.dollars is not None]
        unknown = choice if len(known) < len(costs) else None
        if verifier and price(verifier.model, input_tokens=1).dollars is None:
            unknown = verifier
        if unknown:
            raise OverBudget(
                f"the price of {unknown.name} is not known (price unknown), so --max-cost cannot "
                "be enforced: nothing was sent. Leave --max-cost out, or take a model whose price "
                "is known (`sous models`)"
            )
        if sum(known) > self.most:
            raise OverBudget(
                f"it would cost about {Cost(sum(known, NOTHING))}, more than --max-cost "
                f"{Cost(self.most)}; nothing was sent. "
                "Pack less, take a cheaper model (`sous models`), or allow more"
            )

    def check_next(self, coming: Cost, *, spent: Decimal, model: str) -> None:
        """Raise OverBudget where one more call is too much, or nobody knows what it costs."""
        if self.most is None:
            return
        if coming.dollars is None:
            raise OverBudget(
                f"the price of {model} is not known (price unknown), so --max-cost cannot be "
                "enforced"
            )
        total = spent + coming.dollars
        if total > self.most:
            raise OverBudget(
                f"it would cost about {Cost(total)}, more than --max-cost "
                f"{float(self.most):g}; no more is sent"
            )

    def passed_by(self, spent: Decimal) -> OverBudget | None:
        """Return the error where more was spent: what is on its way may end, no more is sent."""
        if self.most is None or spent <= self.most:
            return None
        return OverBudget(
            f"{Cost(spent)} are spent, more than --max-cost {Cost(self.most)}; no more is sent"
        )
