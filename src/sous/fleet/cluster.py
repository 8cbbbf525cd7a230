"""Other machines as the workers of a fleet, by a scheduler of Dask's.

Imported only with `--scheduler`. Dask carries orders and outcomes; it decides nothing: what is
done, paid and tried again is the driver's, and the folder of the fleet, which all share, is the
truth.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import secrets
import threading
import time
import warnings
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

from distributed import Client, KilledWorker, Security

from sous import __version__
from sous.errors import SousError
from sous.files import remove_tree, write_file
from sous.fleet.cluster_worker import (
    LOST,
    NONCE,
    FleetPlugin,
    WorkerTerms,
    carry_out_there,
    refusal,
    stop_there,
)
from sous.fleet.scheduler import is_open
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sous.fleet.assignment import Assignment
    from sous.fleet.scheduler import SchedulerPlace
    from sous.fleet.workers import Hearer, Outcome

_CONNECTS = 15.0  # seconds for a scheduler to answer
_WAITS = 60.0  # seconds for the first worker
_LOOKS = 5.0  # seconds between two looks at who is there
_ALONE = 60.0  # seconds without any worker, after which that is said
_ANSWERS = 10.0  # seconds for all workers to have heard that they are to stop
_PREFIX = ".cluster-"
_STATES = {"connecting", "closing", "closed"}  # of a client that has lost its scheduler


class ClusterWorkers:
    """The workers of a scheduler, each of which has forked children."""

    def __init__(
        self,
        place: SchedulerPlace,
        top: Path,
        *,
        timeout: float,
        models: tuple[str, ...] = (),
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Connect, and have each worker accept or be refused. Raises SousError.

        `top` is the folder of the fleet; `models`: who is asked, the first with `options`.
        """
        nonce = secrets.token_hex(16)
        self._folder = top / f"{_PREFIX}{secrets.token_hex(8)}"
        self._terms = WorkerTerms(
            f"sous{self._folder.name}", str(self._folder), nonce, timeout, __version__,
            models, dict(options or {}),
        )  # fmt: skip
        self._hearers: dict[int, Hearer] = {}
        self._futures: dict[int, Future[str]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._refused: set[str] = set()
        self._looked = self._last_seen = time.monotonic()
        self._client = _connected(place)
        try:
            before = [path for path in top.glob(f"{_PREFIX}*") if path != self._folder]
            write_file(self._folder / NONCE, nonce.encode(), root=top)
            self._begin(place)
            self._forget(before)
        except BaseException:
            self.close()
            raise
        self._executor = self._client.get_executor(
            pure=False, retries=0, resources={self._terms.name: 1}
        )

    def submit(self, order: Assignment, hears: Hearer) -> Future[Outcome]:
        """Begin to carry out an order."""
        number = next(self._numbers)
        told: Future[Outcome] = Future()
        try:
            asked = self._executor.submit(
                carry_out_there, self._terms.name, number, json.dumps(order.as_json()),
                key=f"{self._terms.name}-{number}",
            )  # fmt: skip
        except Exception as exc:  # noqa: BLE001  # the scheduler is gone, which `problem` tells too
            told.set_result({"status": "failed", "reason": f"it was not sent: {exc}", "tasks": {}})
            return told
        with self._lock:
            self._hearers[number], self._futures[number] = hears, asked

        def ended(future: Future[str]) -> None:
            with self._lock:
                self._hearers.pop(number, None)
                self._futures.pop(number, None)
            told.set_result(_outcome(future))

        asked.add_done_callback(ended)
        return told

    def stop(self) -> None:
        """End what is being done."""
        with self._lock:
            waiting = list(self._futures.values())
        # whoever does not hear it ends by itself
        _within(_ANSWERS, lambda: self._client.run(stop_there, self._terms.name, on_error="ignore"))
        for future in waiting:
            future.cancel()

    def problem(self) -> str:
        """Return why nothing can be done any more, "" while it can; say where nobody is there."""
        if self._client.status in _STATES:
            return "the scheduler has ended; start it and run this again"
        now = time.monotonic()
        if now - self._looked > _LOOKS:
            self._looked = now
            if self._workers():
                self._last_seen = now
            elif now - self._last_seen > _ALONE:
                self._last_seen = now
                say("waiting for a worker: the scheduler has none at the moment")
        return ""

    def close(self) -> None:
        """Leave the scheduler as it was."""
        _within(_ANSWERS, lambda: self._client.unregister_worker_plugin(self._terms.name))
        with contextlib.suppress(Exception):
            self._client.close(timeout=_LOOKS)
        with contextlib.suppress(OSError):
            remove_tree(self._folder)

    def _begin(self, place: SchedulerPlace) -> None:
        """Find out who may be given orders, and say who is refused."""
        client = self._client
        _refuse_open_scheduler(client, place)
        try:
            client.wait_for_workers(1, timeout=_WAITS)
        except TimeoutError as exc:
            raise SousError(
                f"the scheduler at {place.address} has no workers: start some (`dask worker`)"
            ) from exc
        _refuse_open_workers(self._workers())
        client.subscribe_topic(self._terms.name, self._hear)
        told = client.run(refusal, self._terms, on_error="return")
        refused = {address: why for address, why in _reasons(told).items() if why}
        for address, why in refused.items():
            self._refuse(address, why)
        if len(refused) == len(told):
            first = next(iter(refused.values()), "none is left")
            raise SousError(f"none of the {len(told)} workers can be used; the first: {first}")
        with contextlib.suppress(ImportError, AttributeError):  # of one that is refused
            client.register_plugin(FleetPlugin(self._terms), name=self._terms.name)

    def _workers(self) -> Mapping[str, Any]:
        """Return the workers that the scheduler has now."""
        workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def _forget(self, folders: list[Path]) -> None:
        """Take leave of what a driver that was killed has left behind."""
        for folder in folders:
            with contextlib.suppress(Exception):  # another scheduler's
                self._client.unregister_worker_plugin(f"sous{folder.name}")
            with contextlib.suppress(OSError):
                remove_tree(folder)

    def _hear(self, event: tuple[float, Any]) -> None:
        """Take what a worker says meanwhile."""
        told = event[1] if isinstance(event[1], dict) else {}
        if "refused" in told:
            self._refuse(str(told.get("worker")), str(told["refused"]))
            return
        with self._lock:
            hears = self._hearers.get(told.get("order", 0))
        if hears:
            hears(told)

    def _refuse(self, address: str, why: str) -> None:
        if address not in self._refused:
            self._refused.add(address)
            say(f"the worker at {one_line(address)} is refused: {one_line(why)}")


def _within(seconds: float, ask: Callable[[], object]) -> None:
    """Ask workers, and wait no longer than this: one that hangs, or is gone, holds nothing up."""

    def asking() -> None:
        with contextlib.suppress(Exception):
            ask()

    thread = threading.Thread(target=asking, daemon=True)
    thread.start()
    thread.join(seconds)


def _connected(place: SchedulerPlace) -> Client:
    """Return a client of a scheduler. Raises SousError."""
    for name in ("distributed", "tornado"):  # what goes wrong is told by us, in one line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        security = Security(require_encryption=place.is_secret or None, **place.files())
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # other versions of libraries; those of sous are looked at
            return Client(
                place.address, security=security, timeout=_CONNECTS, set_as_default=False,
                name="sous-fleet",
            )  # fmt: skip
    except (OSError, TypeError, ValueError) as exc:  # Dask's own errors of TLS are TypeErrors
        why = one_line(str(exc.__cause__ or exc))
        hint = " and its certificates (--tls-ca, --tls-cert, --tls-key)" if place.is_secret else ""
        raise SousError(
            f"cannot reach the scheduler at {place.address}: {why}. Check that it runs{hint}"
        ) from exc


def _refuse_open_scheduler(client: Client, place: SchedulerPlace) -> None:
    """Raise SousError where a scheduler listens to other machines without certificates."""
    address = str(client.scheduler_info(n_workers=-1).get("address"))
    if is_open(address):
        raise SousError(
            f"the scheduler at {place.address} listens at {one_line(address)} without "
            "certificates: whoever reaches it runs code on all workers. Start it with "
            "--host 127.0.0.1, or with tls:// as its workers (docs/fleet.md)"
        )


def _refuse_open_workers(workers: Mapping[str, Any]) -> None:
    """Raise SousError where a worker is reached without certificates over a network."""
    for address in workers:
        if is_open(address):
            raise SousError(
                f"the worker at {one_line(address)} is reached without certificates: start it, and "
                "the scheduler, with tls://"
            )


def _reasons(told: Mapping[str, Any]) -> dict[str, str]:
    """Return why each worker is refused, "" where it is not."""
    reasons = {}
    for address, said in told.items():
        if isinstance(said, ImportError | AttributeError):
            reasons[address] = f"it has another version of sous, or no Dask ({said})"
        else:
            reasons[address] = str(said) if said else ""
    return reasons


def _outcome(future: Future[str]) -> Outcome:
    """Return what came of an order, whatever became of its worker."""
    try:
        outcome: Outcome = json.loads(future.result())
    except (KilledWorker, CancelledError) as exc:
        was_stopped = isinstance(exc, CancelledError)
        return {
            "status": "failed", "reason": "it was stopped" if was_stopped else LOST,
            "lost": not was_stopped, "tasks": {},
        }  # fmt: skip
    except Exception as exc:  # noqa: BLE001  # whatever one worker brings up, the others go on
        return {"status": "failed", "reason": f"{type(exc).__name__}: {exc}", "tasks": {}}
    return outcome
