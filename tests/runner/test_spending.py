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
    with pytest.raises(OverBudget, match=r"agents spent \$0\.50, and --max-cost is \$0\.50: nothing more is started"):
        spending.check()


def test_an_agent_that_says_no_cost_is_named_once() -> None:
    spending = Spending(1.0)
    assert (
        spending.add(Usage(12_000), "codex")
        == "codex does not report what an attempt costs, so --max-cost cannot be enforced"
    )
    assert spending.add(Usage(), "codex") == ""
    assert Spending().add(Usage(), "codex") == ""
    spending.check()


def test_a_try_that_ended_without_a_word_may_have_cost_all_that_it_was_told() -> None:
    spending = Spending(1.0)
    spending.reserve("a")
    assert spending.add(Usage(10, 0.25), "claude", "a") == ""
    spending.reserve("a")
    said = spending.add(Usage(12), "claude", "a")
    assert said == "claude ended before it reported what the attempt cost: $0.75 is counted"
    assert spending.spent == 1.0
    assert spending.is_reached


@pytest.mark.parametrize("shared", [None, uuid.uuid4()], ids=["jobs", "workers"])
def test_agents_at_work_at_once_are_told_no_more_than_there_is(shared: uuid.UUID | None) -> None:
    spending = Spending(1.2, shared)
    spending.share(3)
    other = spending if shared is None else Spending(1.2, shared)
    assert [spending.reserve("a"), other.reserve("b"), other.reserve("c")] == pytest.approx([0.4, 0.4, 0.4])
    spending.add(Usage(5, 0.1), "claude", "a")
    assert spending.spent == pytest.approx(0.1)
    assert other.reserve("a") == pytest.approx(0.7 - 0.4)  # what is not spent and not another's
    other.add(Usage(), "claude", "b")
    assert spending.reserve("b") == pytest.approx(0.0)
    for holder in "abc":
        spending.add(Usage(), "claude", holder)
    assert other.spent == pytest.approx(1.2)
    assert other.is_reached
    spending.forget()


def test_an_agent_alone_is_told_all_that_is_left() -> None:
    spending = Spending(1.0)
    assert [spending.reserve("a"), spending.reserve("a")] == [1.0, 1.0]  # the first could not be started
    spending.add(Usage(5, 0.25), "claude", "a")
    assert spending.reserve("a") == 0.75
    assert Spending().reserve("a") is None


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
