"""A child that goes wrong harms no other, whatever it does; each order ends with an outcome."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from fleet_orders import assignment, hanging
from scene import committed
from sous.fleet.workers import LocalWorkers, PlainWorkers, Workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = [pytest.param(LocalWorkers, marks=pytest.mark.skipif(os.name == "nt", reason="children by fork")), PlainWorkers]


@pytest.mark.parametrize("kind", KINDS)
def test_orders_at_once_end_with_their_own_outcomes(tmp_path: Path, kind: Callable[..., Workers]) -> None:
    origins = [committed(tmp_path / f"o{n}", {"a.py": f"a = {n}\n"}) for n in range(3)]
    heard: list[Any] = []
    with closing(kind(timeout=60)) as workers, hanging() as address:
        late = workers.submit(assignment(tmp_path, address, "late"), heard.append)
        futures = [workers.submit(assignment(tmp_path, one.as_uri(), one.name), heard.append) for one in origins]
        gone = workers.submit(assignment(tmp_path, (tmp_path / "gone").as_uri()), heard.append)
        assert [future.result(60)["status"] for future in futures] == ["done"] * 3
        assert len({future.result()["commit"] for future in futures}) == 3
        assert gone.result(60)["status"] == "failed"
        assert "cannot fetch" in gone.result()["reason"]
        assert not late.done()
        workers.stop()
        assert late.result(30)["reason"] == "it was stopped"
    assert {"doing": "fetching"}.items() <= heard[0].items()


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_takes_too_long_is_ended(tmp_path: Path, kind: Callable[..., Workers]) -> None:
    with closing(kind(timeout=0.5)) as workers, hanging() as address:
        outcome = workers.submit(assignment(tmp_path, address), print).result(60)
    assert outcome["reason"] == "it took longer than it may (--timeout) and was ended"
