"""What a child is told to do, through a pipe."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from fleet_orders import assignment
from sous.errors import SousError
from sous.fleet.assignment import Assignment
from sous.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_an_order_of_another_version_is_refused(tmp_path: Path) -> None:

    data = {**assignment(tmp_path, "https://h/o/n").as_json(), "version": "0.0.1"}
    with pytest.raises(SousError, match="the order is of sous 0.0.1, and this is"):
        Assignment.from_json(data)


def test_an_order_is_the_same_behind_a_pipe(tmp_path: Path) -> None:
    import dataclasses

    settings = Settings(model="m", ignore=("a",), templates=tmp_path, options={"temperature": 0})
    order = dataclasses.replace(
        assignment(tmp_path, "https://h/o/n"),
        settings=settings,
        asks=False,
        most={"code-review": Decimal("0.1")},
        since=3.0,
    )
    assert Assignment.from_json(json.loads(json.dumps(order.as_json()))) == order
