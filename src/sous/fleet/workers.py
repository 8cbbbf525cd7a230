"""Who does the work of a fleet: processes on this machine, so many at once."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from sous.proc import Helper
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sous.fleet.assignment import Assignment

    Outcome = Mapping[str, Any]
    Hearer = Callable[[Mapping[str, Any]], None]

_MODULE = "sous.fleet.child"
_ALONE = "sous.fleet.alone"
_GRACE = 10.0  # seconds for a process that has nothing left to do
_REASONS = {
    "timeout": "it exceeded --timeout and was stopped",
    "stopped": "it was stopped",
}


class Workers(Protocol):
    """What carries orders out."""

    def submit(self, order: Assignment, hears: Hearer) -> Future[Outcome]:
        """Begin to carry out an order; `hears` gets what happens meanwhile, in another thread."""

    def stop(self) -> None:
        """End what is being done."""

    def problem(self) -> str:
        """Return why nothing can be done any more, "" while it can."""

    def close(self) -> None:
        """Be of no use any more; what is being done comes to its end."""


def local_workers(*, timeout: float) -> Workers:
    """Return the processes of this machine, each of which may take `timeout` seconds."""
    return LocalWorkers(timeout=timeout) if hasattr(os, "fork") else PlainWorkers(timeout=timeout)


class LocalWorkers:
    """A process of ours that forks a child for each repository, so many at once."""

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._helper: Helper | None = None
        self._orders: dict[int, _Ordered] = {}
        self._numbers = itertools.count(1)

    def submit(self, order: Assignment, hears: Hearer) -> Future[Outcome]:
        """Begin to carry out an order."""
        ordered = _Ordered(hears)
        number = next(self._numbers)
        message = {"id": number, "order": order.as_json(), "timeout": self._timeout}
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            self._orders[number] = ordered  # before the process can answer
            ordered.helper = self._helper
            if not (ordered.helper and ordered.helper.tell(line)):
                ordered.helper = self._begin_again()
                if not ordered.helper.tell(line):
                    ordered.end(_failed("the process that does the work ends at once"))
        return ordered.future

    def stop(self) -> None:
        """End what is being done; the children are asked, then made to."""
        with self._lock:
            if self._helper:
                self._helper.tell(b'{"stop": true}\n')

    def problem(self) -> str:
        """Return nothing: a process that has gone is begun again."""
        return ""

    def close(self) -> None:
        """Have the process end once its last child has ended."""
        with self._lock:
            if self._helper:
                self._helper.let_go(within=_GRACE)
                self._helper = None

    def _begin_again(self) -> Helper:
        helper = self._helper = Helper(_MODULE, apart=True)
        threading.Thread(target=self._listen, args=(helper,), daemon=True).start()
        return helper

    def _listen(self, helper: Helper) -> None:
        """Take what the process says of its children, until it has ended."""
        while (line := helper.hear()) is not None:
            with contextlib.suppress(ValueError):
                told = json.loads(line)
                ordered = self._orders.get(told.get("id"))
                if ordered and ordered.take(told):
                    del self._orders[told["id"]]
        helper.close()
        with self._lock:
            left = [number for number, one in self._orders.items() if one.helper is helper]
            lost = [self._orders.pop(number) for number in left]
            if helper is self._helper:
                self._helper = None
        for ordered in lost:
            ordered.end({**_failed("the process that did the work has ended"), "lost": True})


class PlainWorkers:
    """A process of its own for each repository, where a system cannot fork (Windows).

    Each takes the time of its imports: a second or two.
    """

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._jobs: dict[Helper, str] = {}  # with why it was ended, if it was

    def submit(self, order: Assignment, hears: Hearer) -> Future[Outcome]:
        """Begin to carry out an order."""
        ordered = _Ordered(hears)
        helper = Helper(_ALONE, apart=True)
        with self._lock:
            self._jobs[helper] = ""
        line = json.dumps({"order": order.as_json()}).encode() + b"\n"
        threading.Thread(target=self._listen, args=(helper, ordered, line), daemon=True).start()
        return ordered.future

    def stop(self) -> None:
        """End what is being done."""
        with self._lock:
            helpers = list(self._jobs)
        for helper in helpers:
            self._end(helper, "stopped")

    def problem(self) -> str:
        """Return nothing: each process is a new one."""
        return ""

    def close(self) -> None:
        """Do nothing: what is being done comes to its end."""

    def _end(self, helper: Helper, why: str) -> None:
        with self._lock:
            if helper not in self._jobs:
                return
            self._jobs[helper] = self._jobs[helper] or why
        helper.end()

    def _listen(self, helper: Helper, ordered: _Ordered, line: bytes) -> None:
        """Take what a process says until it has ended, which it has to within the time."""
        timer = threading.Timer(self._timeout, self._end, (helper, "timeout"))
        timer.daemon = True
        timer.start()
        helper.tell(line)
        while (said := helper.hear()) is not None:
            with contextlib.suppress(ValueError):
                ordered.take(json.loads(said))
        timer.cancel()
        code = helper.code(within=_GRACE)
        with self._lock:
            why = self._jobs.pop(helper)
        ordered.take({"ended": code, "why": why})


class _Ordered:
    """An order that is being carried out."""

    def __init__(self, hears: Hearer) -> None:
        self.future: Future[Outcome] = Future()
        self.helper: Helper | None = None
        self._hears = hears
        self._outcome: Outcome | None = None

    def take(self, told: Mapping[str, Any]) -> bool:
        """Take what is said of it; tell whether it has ended."""
        if "ended" in told:
            self.end(_failed(_why(told)))
            return True
        if "outcome" in told:
            self._outcome = told["outcome"]
        else:
            self._hears(told)
        return False

    def end(self, otherwise: Outcome) -> None:
        """End it with its outcome, or with another where it has none."""
        if not self.future.done():
            self.future.set_result(otherwise if self._outcome is None else self._outcome)


def _failed(reason: str) -> Outcome:
    return {"status": "failed", "reason": one_line(reason), "tasks": {}}


def _why(told: Mapping[str, Any]) -> str:
    """Return in words why a child ended without an outcome."""
    if told.get("why") in _REASONS:
        return _REASONS[told["why"]]
    code = told["ended"]
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with code {code}"
