"""What a worker of Dask does for a fleet: the same forked child as on one machine, or a refusal.

Imported by the workers, and only with `--scheduler`. A worker takes orders once it is known to have
this version of sous, the folder of the fleet and a key; a task that Dask begins a second time (its
worker is gone) is not carried out: whether that costs once more is the driver's to decide.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker

from sous import __version__
from sous.errors import SousError
from sous.files import read_file
from sous.fleet.assignment import Assignment
from sous.fleet.scheduler import is_open
from sous.fleet.workers import local_workers
from sous.folders import hold
from sous.models.choose import choose_model, ready
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from distributed import Worker

    from sous.fleet.workers import Workers

NONCE = "nonce"  # the file of the driver's secret word in the shared folder
LOST = "its worker has ended"
_LARGEST = 1_000  # bytes of the nonce


@dataclass(frozen=True)
class WorkerTerms:
    """What a worker must have to be given orders.

    `folder`: the driver's, inside the folder of the fleet, as the workers see it; `name` is that of
    the plugin, the events and the resource; `models`: who is asked, the first with `options`.
    """

    name: str
    folder: str
    nonce: str
    timeout: float
    version: str
    models: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def refusal(terms: WorkerTerms) -> str:
    """Return why the process that this runs in is to be given no orders; "" where it may."""
    if terms.version != __version__:
        return f"it has sous {__version__}, and the driver {terms.version}: install one version"
    try:
        with contextlib.suppress(FileNotFoundError):
            folder = Path(terms.folder)
            if read_file(folder / NONCE, root=folder, most=_LARGEST).decode() == terms.nonce:
                return _without_key(terms)
    except (OSError, ValueError, SousError) as exc:
        return f"it cannot read {terms.folder}: {one_line(str(exc))}"
    return (
        f"it does not see {Path(terms.folder).parent}: the folder of the fleet must be shared, at "
        "the same path, by driver and workers"
    )


def _without_key(terms: WorkerTerms) -> str:
    """Return why a model cannot be asked here; "" where it can."""
    try:
        for number, name in enumerate(terms.models):
            ready(choose_model(name, {} if number else terms.options))
    except SousError as exc:
        return one_line(str(exc))
    return ""


class FleetPlugin(WorkerPlugin):
    """A worker's share in a fleet, from the first order to the last."""

    def __init__(self, terms: WorkerTerms) -> None:
        self.name = terms.name
        self._terms = terms
        self._worker: Worker | None = None
        self._workers: Workers | None = None

    async def setup(self, worker: Worker) -> None:
        """Take orders, or have the driver know why not."""
        self._worker = worker
        if is_open(worker.address):
            why = "it is reached without certificates: start it with tls://"
        else:
            why = await asyncio.to_thread(refusal, self._terms)
        if why:
            worker.log_event(self.name, {"refused": why, "worker": worker.address})
            return
        self._workers = local_workers(timeout=self._terms.timeout)
        # nothing is sent to a worker that has none of it
        await worker.set_resources(**{self.name: worker.state.nthreads})

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002  # Dask's name and arguments
        """Take no more."""
        if self._workers:
            self._workers.close()

    def stop(self) -> None:
        """End what is being done."""
        if self._workers:
            self._workers.stop()

    def carry_out(self, number: int, order: str) -> str:
        """Carry out an order, unless that has been begun before; return the outcome."""
        if self._workers is None or not self._is_first(number):
            outcome: Mapping[str, Any] = {
                "status": "failed", "reason": LOST, "lost": True, "tasks": {}
            }  # fmt: skip
            return json.dumps(outcome)
        assignment = Assignment.from_json(json.loads(order))
        ordered = self._workers.submit(assignment, lambda told: self._tell(number, told))
        return json.dumps(ordered.result())

    def _is_first(self, number: int) -> bool:
        """Note in the shared folder that an order is begun; tell whether it was not yet."""
        try:
            with hold(Path(self._terms.folder)) as folder:
                return folder.create(str(number))
        except OSError:  # the driver has gone
            return False

    def _tell(self, number: int, told: Mapping[str, Any]) -> None:
        if self._worker and (told.get("slow") or "doing" in told):
            said = {"slow": True} if told.get("slow") else {"doing": str(told["doing"])}
            self._worker.log_event(self.name, {"order": number, **said})


def carry_out_there(name: str, number: int, order: str) -> str:
    """Be a task of Dask: carry out an order of a driver."""
    plugin = get_worker().plugins[name]
    if not isinstance(plugin, FleetPlugin):
        raise TypeError(name)
    return plugin.carry_out(number, order)


def stop_there(name: str, dask_worker: Worker) -> None:
    """End what a worker does for a driver."""
    plugin = dask_worker.plugins.get(name)
    if isinstance(plugin, FleetPlugin):
        plugin.stop()
