"""A worker of Dask takes orders only where all that they need is there, and none twice."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("distributed", reason="the extra `fleet`")

from sous import __version__
from sous.fleet.cluster_worker import LOST, NONCE, FleetPlugin, WorkerTerms, refusal
from sous.fleet.workers import LocalWorkers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def terms(tmp_path: Path) -> WorkerTerms:
    folder = tmp_path / "fleet" / ".cluster-1"
    folder.mkdir(parents=True)
    (folder / NONCE).write_text("secret")
    return WorkerTerms("sous.cluster-1", str(folder), "secret", 60.0, __version__)


def test_who_may_be_given_orders(terms: WorkerTerms, tmp_path: Path) -> None:
    assert refusal(terms) == ""
    assert "install one version" in refusal(dataclasses.replace(terms, version="0.0.1"))
    assert "must be shared, at the same path" in refusal(dataclasses.replace(terms, nonce="other"))
    elsewhere = dataclasses.replace(terms, folder=str(tmp_path / "gone"))
    assert f"it does not see {tmp_path}" in refusal(elsewhere)
    (tmp_path / "fleet" / ".cluster-1" / NONCE).unlink()
    (tmp_path / "fleet" / ".cluster-1" / NONCE).symlink_to("/etc/passwd")
    assert refusal(terms)


def test_a_model_that_cannot_be_asked_there(terms: WorkerTerms) -> None:
    assert "no key for gpt-4" in refusal(dataclasses.replace(terms, models=("gpt-4",)))
    assert "no-such-model" in refusal(dataclasses.replace(terms, models=("no-such-model",)))


class FakeWorker:
    """A worker of Dask at an address."""

    def __init__(self, address: str) -> None:
        self.address, self.state = address, SimpleNamespace(nthreads=2)
        self.events: list[Any] = []
        self.resources: dict[str, float] = {}

    def log_event(self, _: str, event: object) -> None:
        self.events.append(event)

    async def set_resources(self, **resources: float) -> None:
        self.resources.update(resources)


@pytest.mark.parametrize("address", ["tcp://10.0.0.6:1", "tcp://0.0.0.0:1", "ws://10.0.0.6:1"])
def test_a_worker_that_joins_without_certificates_is_given_no_orders(address: str, terms: WorkerTerms) -> None:
    worker = FakeWorker(address)
    asyncio.run(FleetPlugin(terms).setup(worker))  # type: ignore[arg-type]
    assert worker.events == [{"refused": "it is reached without certificates: start it with tls://", "worker": address}]
    assert not worker.resources


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tls://10.0.0.6:1"])
def test_a_worker_that_joins_is_given_orders(address: str, terms: WorkerTerms) -> None:
    worker = FakeWorker(address)
    plugin = FleetPlugin(terms)
    asyncio.run(plugin.setup(worker))  # type: ignore[arg-type]
    plugin.teardown(worker)  # type: ignore[arg-type]
    assert (worker.events, worker.resources) == ([], {terms.name: 2})


def test_what_dask_begins_a_second_time_is_not_done(terms: WorkerTerms) -> None:
    plugin = FleetPlugin(terms)
    assert json.loads(plugin.carry_out(1, "{}"))["lost"]  # it has accepted nothing
    plugin._workers = LocalWorkers(timeout=60)  # as after `setup`, of which nothing is started yet
    assert plugin._is_first(7)
    again = json.loads(plugin.carry_out(7, "{}"))
    assert (again["lost"], again["reason"], again["status"]) == (True, LOST, "failed")
    gone = FleetPlugin(dataclasses.replace(terms, folder=f"{terms.folder}-gone"))
    assert not gone._is_first(8)
