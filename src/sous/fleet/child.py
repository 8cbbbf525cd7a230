"""A process that has its imports and forks once for each repository: `python -m sous.fleet.child`.

It reads an order a line and answers with lines: what happens meanwhile, the outcome, and how the
child ended. What a repository does to its child (a crash, too much memory, no end) ends there. When
the driver goes away, a child that is at work ends what it does: its answer may be paid for.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.fleet.assignment import Assignment
from sous.fleet.work import carry_out
from sous.names import STATIC

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Write = Callable[[bytes], object]

_LOOKS = 0.5  # seconds between two looks at the clock
_GRACE = 5.0  # seconds that a child has to end by itself
_MOST_OPEN = 4_096  # descriptors
_REHEARSAL = """<file path="README.md">
# N

See `app.py:1`.
</file>

<file path="app.py">
def f(a):
    try:
        return a
    except:
        pass
</file>
"""
_MEMORY = 6_000_000_000  # bytes that a child may take beside what it was forked with


def main() -> None:
    """Carry out orders until there are no more."""
    _load()
    _Nursery(os.fdopen(os.dup(1), "wb", buffering=0).write).run()


def _load() -> None:
    """Import what every order needs, once for all: make a report, its page and a check of it."""
    import llm  # noqa: F401

    import sous.bundle.pack  # noqa: F401
    from sous import api
    from sous.reports.page import page_of
    from sous.tokens import count_tokens

    count_tokens(_REHEARSAL)
    with contextlib.suppress(SousError):  # then each order takes the time
        bundle = api.read_bundle(_REHEARSAL)
        text = api.report(bundle, "code-review").text
        looked = api.check(text, bundle)
        page_of(looked.checked, looked.evidence, title="")
    _freeze()


def _load_models(name: str) -> None:
    """Load llm's plugins and the prices, as each child that asks a model would have to."""
    with contextlib.suppress(Exception):  # what is wrong is told by the child that asks
        from sous.models.choose import choose_model
        from sous.models.price import price

        price(choose_model(name, {}).model, input_tokens=1)
    _freeze()


def asked_model(order: Mapping[str, Any]) -> str:
    """Return a model that an order has a child ask, "" for none."""
    model = order["verify"] or order["settings"].get("model", STATIC)
    return "" if model == STATIC else str(model)


def _freeze() -> None:
    """Keep what is loaded out of the collector's way: children would copy what it looks through."""
    gc.collect()
    gc.freeze()


def _with_id(number: int, write: Write, line: bytes) -> None:
    """Write a line of a child, which is an object, with the number of its order."""
    write(b'{"id": %d, %b' % (number, line[1:]))


@dataclass
class _Child:
    """A child that is at work: what it was told, when it has to end, and what it has written."""

    pid: int
    order: int
    ends_by: float
    written: bytes = b""
    why: str = ""


class _Nursery:
    """Forks a child for each order and passes on what they write, each line whole."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._selector = selectors.DefaultSelector()
        self._selector.register(0, selectors.EVENT_READ)
        self._children: dict[int, _Child] = {}  # by what they write into
        self._said = b""
        self._is_open = True
        self._has_models = False

    def run(self) -> None:
        """Go on until the driver has gone and the last child has ended."""
        while self._is_open or self._children:
            for key, _ in self._selector.select(_LOOKS):
                if key.fd == 0:
                    self._read_orders()
                else:
                    self._read_child(key.fd)
            for descriptor, child in list(self._children.items()):
                self._look_after(descriptor, child)

    def _read_orders(self) -> None:
        piece = os.read(0, 1 << 16)
        if not piece:
            self._is_open = False
            self._selector.unregister(0)
        *lines, self._said = (self._said + piece).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "stop" in order:
                for child in self._children.values():
                    self._end(child, "stopped")
            else:
                model = asked_model(order["order"])
                if model and not self._has_models:
                    self._has_models = True
                    _load_models(model)
                self._fork(line, order)

    def _fork(self, line: bytes, order: Mapping[str, Any]) -> None:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            _be_child(line, theirs)
        os.close(theirs)
        self._selector.register(ours, selectors.EVENT_READ)
        ends_by = time.monotonic() + float(order.get("timeout", 3600.0))
        self._children[ours] = _Child(pid, int(order["id"]), ends_by)

    def _read_child(self, descriptor: int) -> None:
        child = self._children.get(descriptor)
        if child is None:
            return
        piece = os.read(descriptor, 1 << 16)
        *lines, child.written = (child.written + piece).split(b"\n")
        for line in lines:
            self._pass_on(child, line + b"\n")
        if not piece:
            self._ended(descriptor, child, os.waitpid(child.pid, 0)[1])

    def _look_after(self, descriptor: int, child: _Child) -> None:
        """End a child that takes too long; take leave of one that has ended."""
        if time.monotonic() > child.ends_by:
            if child.why:
                _signal_group(child.pid, signal.SIGKILL)
            else:
                self._end(child, "timeout")
        if descriptor in self._children:
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            if ended:  # what it started may hold the pipe open
                _signal_group(child.pid, signal.SIGKILL)
                self._drain(descriptor, child)
                self._ended(descriptor, child, status)

    def _drain(self, descriptor: int, child: _Child) -> None:
        os.set_blocking(descriptor, False)
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(descriptor, 1 << 16):
                *lines, child.written = (child.written + piece).split(b"\n")
                for line in lines:
                    self._pass_on(child, line + b"\n")

    def _end(self, child: _Child, why: str) -> None:
        """Ask a child to end; it is made to if it does not."""
        child.why = child.why or why
        child.ends_by = time.monotonic() + _GRACE
        _signal_group(child.pid, signal.SIGTERM)

    def _ended(self, descriptor: int, child: _Child, status: int) -> None:
        _signal_group(child.pid, signal.SIGKILL)  # what it left behind
        self._selector.unregister(descriptor)
        os.close(descriptor)
        del self._children[descriptor]
        code = os.waitstatus_to_exitcode(status)
        told = json.dumps({"ended": code, "why": child.why}).encode() + b"\n"
        self._pass_on(child, told)

    def _pass_on(self, child: _Child, line: bytes) -> None:
        with contextlib.suppress(OSError):  # the driver has gone
            _with_id(child.order, self._write, line)


def _signal_group(child: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, number)


def _be_child(line: bytes, pipe: int) -> None:
    """Be the process of one repository; it does not return."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.closerange(3, pipe)  # what the process that forks listens and writes to
        os.closerange(pipe + 1, _MOST_OPEN)
        _limit_memory()
        _limit_files(json.loads(line)["order"]["largest"])
        work_on(line, partial(os.write, pipe))
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 1
    finally:
        os._exit(code)


def _limit_memory() -> None:
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm", "rb") as stream:  # noqa: PTH123  # read in the child alone
            taken = int(stream.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + _MEMORY, most))
    except (OSError, ValueError):  # another system, or a limit that is lower already
        return


def _limit_files(most: int) -> None:
    """Have no file become larger: what git is sent for a repository is one."""
    import resource

    with contextlib.suppress(OSError, ValueError):  # a limit that is lower already
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )


def work_on(line: bytes, write: Write) -> None:
    """Carry out an order and write what came of it."""

    def tell(message: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the driver has gone; the work comes to its end
            write(json.dumps(message).encode() + b"\n")

    try:
        outcome = carry_out(Assignment.from_json(json.loads(line)["order"]), tell)
    except SousError as exc:
        outcome = {"status": "failed", "reason": str(exc), "tasks": {}}
    except MemoryError:
        outcome = {
            "status": "failed", "reason": "it needs more memory than its limit", "tasks": {}
        }  # fmt: skip
    except OSError as exc:
        why = f"{exc.strerror or exc}" + (f": {exc.filename}" if exc.filename else "")
        outcome = {"status": "failed", "reason": why, "tasks": {}}
    except Exception as exc:  # noqa: BLE001  # whatever one repository brings up, the others go on
        outcome = {"status": "failed", "reason": f"{type(exc).__name__}: {exc}", "tasks": {}}
    tell({"outcome": outcome})


if __name__ == "__main__":
    main()
