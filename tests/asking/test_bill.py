from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import llm
import pytest

from sous.asking.bill import Bill, Limit
from sous.errors import OverBudget
from sous.models.ask import Answer
from sous.models.choose import Choice
from sous.models.price import Cost

if TYPE_CHECKING:
    from collections.abc import Iterator


class Named(llm.Model):
    """A model that is only named."""

    model_id = "named"

    def execute(self, *_: Any) -> Iterator[str]:
        yield "text"


CHOICE = Choice(Named())


def answer(dollars: str | None, read: int | None = 100, cached: int = 0) -> Answer:
    cost = Cost(None if dollars is None else Decimal(dollars))
    return Answer("text", "named", 1.0, cost, read, 10, cached)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answer("0.5")], "named, 1.0 s, 100 tokens in, 10 out (provider's count), $0.50"),
        ([answer("0.5"), answer("0.25")], "named, 2 calls, 2.0 s, 200 tokens in, 20 out (provider's count), $0.75"),
        (
            [answer("0.5", cached=50)],
            "named, 1.0 s, 100 tokens in (50 cached, 50%), 10 out (provider's count), $0.50",
        ),
        (
            [answer("0.5"), answer(None)],
            "named, 2 calls, 2.0 s, 200 tokens in, 20 out (provider's count), price unknown",
        ),
        ([answer(None, read=None)], "named, 1.0 s, the provider counted no tokens"),
    ],
    ids=["one", "two", "cached", "one of unknown price", "not counted"],
)
def test_what_answers_took_is_one_line(answers: list[Answer], expected: str) -> None:
    assert Bill(CHOICE, answers).used() == expected


def test_a_try_that_was_paid_for_too_is_in_the_bill() -> None:
    bill = Bill(CHOICE)
    bill.add(dataclasses.replace(answer("0.25"), before=(answer("0.5"),)))
    assert bill.used() == "named, 2 calls, 2.0 s, 200 tokens in, 20 out (provider's count), $0.75"


def test_what_nobody_counted_is_null_in_the_provenance() -> None:
    facts = Bill(CHOICE, [answer("0.5"), answer(None, read=None)]).facts()
    assert facts == {"tokens": {"input": None, "output": None, "cached": None}, "usd": None}


def test_other_models_are_in_the_price_and_not_in_the_tokens() -> None:
    facts = Bill(CHOICE, [answer("0.5")]).facts(Bill(CHOICE, [answer("0.25")]))
    assert facts == {"tokens": {"input": 100, "output": 10, "cached": 0}, "usd": 0.75}


def test_an_answer_of_unknown_price_counts_as_expected() -> None:
    assert Bill(CHOICE, [answer("0.5"), answer(None)]).dollars(Decimal(1)) == Decimal("1.5")


def test_a_log_that_fails_is_not_waited_for_again() -> None:
    tried: list[int] = []

    def failing() -> bool:
        tried.append(1)
        return False

    bill = Bill(CHOICE, [Answer("", "named", 1.0, Cost(None), log=failing) for _ in range(3)])
    bill.log()
    bill.log()
    assert len(tried) == 1


@pytest.mark.parametrize(
    ("costs", "says"),
    [
        (
            [Cost(Decimal(1)), Cost(Decimal(2))],
            "it would cost about \\$3.00, more than --max-cost \\$2.00; nothing was",
        ),
        ([Cost(Decimal(1)), Cost(None)], "the price of named is not known"),
    ],
    ids=["too much", "unknown"],
)
def test_a_run_over_the_limit_does_not_start(costs: list[Cost], says: str) -> None:
    with pytest.raises(OverBudget, match=says):
        Limit(Decimal(2)).check_start(costs, CHOICE)


def test_one_more_call_counts_with_what_is_spent() -> None:
    limit = Limit(Decimal(2))
    limit.check_next(Cost(Decimal(1)), spent=Decimal(1), model="named")
    with pytest.raises(OverBudget, match="it would cost about \\$2.50, more than --max-cost 2; no more"):
        limit.check_next(Cost(Decimal(1)), spent=Decimal("1.5"), model="named")


def test_without_a_limit_nothing_is_too_much() -> None:
    limit = Limit.of(None)
    limit.check_start([Cost(None)], CHOICE)
    limit.check_next(Cost(None), spent=Decimal(99), model="named")
    assert limit.passed_by(Decimal(99)) is None
