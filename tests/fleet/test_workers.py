"""A child that goes wrong harms no other, whatever it does; each order ends with an outcome."""

from __future__ import annotations

import dataclasses
import os
import random
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
    assert outcome["reason"] == "it exceeded --timeout and was stopped"


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_one_that_is_too_large_is_ended_while_it_comes(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3_000_000).hex()  # noqa: S311
    origin = committed(tmp_path / "o", {"noise.txt": noise})
    order = dataclasses.replace(assignment(tmp_path, origin.as_uri()), largest=1_000_000)
    with closing(LocalWorkers(timeout=60)) as workers:
        outcome = workers.submit(order, lambda _: None).result(60)
    assert "is too large: more than 1 MB came for it; allow more with --max-size" in outcome["reason"]
