from __future__ import annotations

import uuid

import pytest

from sous.errors import OverBudget
from sous.runner.said import Usage
from sous.runner.spending import Spending
from sous.state import state_folder


def test_no_more_is_begun_once_the_limit_is_reached() -> None:
    spending = Spending(0.5)
    spending.add(Usage(100, 0.25), "aider")
    spending.check()
    assert spending.left == 0.25
    spending.add(Usage(100, 0.25), "aider")
    with pytest.raises(OverBudget, match=r"agents spent \$0\.50, and --max-cost is \$0\.50: no more is begun"):
        spending.check()


def test_an_agent_that_says_no_cost_is_named_once() -> None:
    spending = Spending(1.0)
    assert spending.add(Usage(12_000), "codex") == "codex does not say what a try costs, so --max-cost cannot hold"
    assert spending.add(Usage(), "codex") == ""
    assert Spending().add(Usage(), "codex") == ""
    spending.check()


def test_a_try_that_ended_without_a_word_may_have_cost_all_that_it_was_told() -> None:
    spending = Spending(1.0)
    assert spending.add(Usage(10, 0.25), "claude", 1.0) == ""
    said = spending.add(Usage(), "claude", 0.5)
    assert said == "claude ended before it reported what the try cost: $0.50 is counted"
    assert spending.spent == 0.75
    assert spending.add(Usage(12), "claude", 0.25).endswith("$0.25 is counted")
    assert spending.is_reached


def test_a_try_that_is_refused_as_too_dear_is_the_last() -> None:
    spending = Spending(0.5)
    spending.refuse()
    assert spending.is_reached
    unlimited = Spending()
    unlimited.refuse()
    assert not unlimited.is_reached


def test_processes_of_one_run_have_one_sum() -> None:
    shared = uuid.uuid4()
    one, other = Spending(0.5, shared), Spending(0.5, shared)
    one.add(Usage(1, 0.2), "claude")
    other.add(Usage(1, 0.4), "claude")
    assert one.is_reached
    assert other.is_reached
    assert one.told == "$0.60"
    one.forget()
    assert list((state_folder() / "spending").iterdir()) == []
    assert Spending(0.5, shared).spent == 0
