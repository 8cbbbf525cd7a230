"""What is spent and set aside survives whatever ends the driver."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.fleet.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


def test_what_is_set_aside_counts_until_it_is_settled(path: Path) -> None:
    ledger = Ledger(path, Decimal(1))
    ledger.begin()
    number = ledger.reserve("one", Decimal("0.8"))
    assert not ledger.has_room_for(Decimal("0.3"))
    ledger.settle(number, Decimal("0.1"))
    assert ledger.has_room_for(Decimal("0.9"))
    assert (ledger.spent, ledger.set_aside) == (Decimal("0.1"), Decimal(0))


def test_a_run_that_was_killed_counts_in_the_next(path: Path) -> None:
    first = Ledger(path, Decimal(1))
    first.begin()
    first.settle(first.reserve("one", Decimal("0.5")), Decimal("0.4"))
    first.reserve("two", Decimal("0.5"))
    second = Ledger(path, Decimal(1))
    assert (second.spent, second.set_aside) == (Decimal("0.4"), Decimal("0.5"))
    second.settle_earlier("two")
    second.settle_earlier("two")
    assert (second.spent, second.set_aside) == (Decimal("0.9"), Decimal(0))
    assert not second.has_room_for(Decimal("0.2"))
    assert Ledger(path).spent == Decimal("0.9")


def test_a_run_that_came_to_its_end_does_not(path: Path) -> None:
    ledger = Ledger(path)
    ledger.begin()
    ledger.pay("one", Decimal("0.5"))
    ledger.pay("two", Decimal(0))
    ledger.end()
    assert Ledger(path).spent == 0


def test_half_a_line_and_nonsense_are_passed_over(path: Path) -> None:
    ledger = Ledger(path)
    ledger.begin()
    ledger.pay("one", Decimal("0.5"))
    with path.open("ab") as stream:
        stream.write(b'[]\n{"settle": 9, "dollars": "NaN"}\n{"settle": 8, "dollars": "-3"}\n{"settle": 7, "doll')
    later = Ledger(path)
    assert later.spent == Decimal("0.5")
    later.pay("two", Decimal("0.25"))
    assert Ledger(path).spent == Decimal("0.75")


def test_what_cannot_be_written_down_is_not_set_aside(path: Path) -> None:
    ledger = Ledger(path, Decimal(1))
    path.mkdir()
    with pytest.raises(SousError, match="is a folder, where sous keeps a file"):
        ledger.reserve("o/a", Decimal("0.5"))
    assert ledger.set_aside == 0


def test_numbers_are_not_given_twice(path: Path) -> None:
    first = Ledger(path)
    number = first.reserve("one", Decimal(1))
    assert Ledger(path).reserve("two", Decimal(1)) > number
