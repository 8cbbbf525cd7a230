from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from sous.models.price import Cost, names_of, price


def model(model_id: str, model_name: str | None = None) -> Any:
    return SimpleNamespace(model_id=model_id, model_name=model_name)


@pytest.mark.parametrize("name", ["gpt-4o-mini", "openai/gpt-4o-mini", "my-own-name"])
def test_a_known_model_has_a_price_by_any_of_its_names(name: str) -> None:
    cost = price(model(name, "gpt-4o-mini"), input_tokens=1_000_000)
    assert cost.dollars == Decimal("0.15")


def test_an_unknown_model_has_no_invented_price() -> None:
    assert str(price(model("nobody-knows-me"), input_tokens=10)) == "price unknown"


def test_tokens_from_the_cache_cost_less() -> None:
    whole = price(model("gpt-4o-mini"), input_tokens=1_000_000).dollars
    cached = price(model("gpt-4o-mini"), input_tokens=1_000_000, cached_tokens=1_000_000).dollars
    assert whole is not None
    assert cached is not None
    assert cached < whole


@pytest.mark.parametrize(("dollars", "text"), [("0.00123", "$0.0012"), ("1.5", "$1.50")])
def test_a_price_reads_as_people_write_it(dollars: str, text: str) -> None:
    assert str(Cost(Decimal(dollars))) == text


def test_the_names_are_tried_from_the_most_telling_on() -> None:
    assert names_of(model("a/b", "c")) == ["c", "a/b", "b"]
