"""Calls that run beside each other, those with one bundle behind the first of them.

The first call with a bundle pays for it, the others are sent when its first token has come and find
the bundle in the provider's cache. Calls run in threads that die with the process; all else happens
in the thread that takes their outcomes.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.models.ask import Answer, ask
from sous.surroundings import carried
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sous.models.ask import Patience
    from sous.models.choose import Choice
    from sous.prompts.render import Prompt


_ON_ITS_WAY = 0.15  # seconds in which a call has gone out, if nobody else takes the processor


class DeadlinePassed(SousError):
    """The deadline passed while a model was working."""


@dataclass(eq=False)
class Call:
    """One call to a model: what is sent, and how far it got."""

    prompt: Prompt
    choice: Choice
    received: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # what came of the try before

    @property
    def text(self) -> list[str]:
        """What has come: of this try, else of the one before."""
        return self.received or self.lost

    @property
    def family(self) -> object:
        """What calls share that a provider's cache can serve."""
        return (
            (self.prompt.bundle, self.prompt.system, self.choice.name)
            if self.prompt.bundle
            else self
        )


class Crew:
    """Runs calls; unless `quiet`, it says when one has to wait for its next try, and why.

    `meanwhile` is called once, a moment after the first began.
    """

    def __init__(
        self,
        jobs: int,
        patience: Patience,
        *,
        quiet: bool,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        self._meanwhile = meanwhile
        self._jobs = jobs
        self._patience = patience
        self._quiet = quiet
        self._events: queue.SimpleQueue[tuple[Call, str, Any]] = queue.SimpleQueue()
        self._open: list[Call] = []
        self._families: dict[object, bool] = {}  # whether the first of a family has begun to answer
        self.running: list[Call] = []

    def add(self, call: Call) -> None:
        """Put a call behind those that are there."""
        self._open.append(call)

    def drop(self, calls: list[Call]) -> list[Call]:
        """Forget those of the calls that have not begun; return them."""
        dropped = [call for call in self._open if call in calls]
        self._open = [call for call in self._open if call not in dropped]
        return dropped

    def outcomes(self) -> Iterator[tuple[Call, Answer | SousError]]:
        """Make all calls, those too that are added meanwhile; yield what came of each.

        Raises DeadlinePassed; what runs then is left alone.
        """
        while self._open or self.running:
            self._start()
            left = self._patience.left()
            if left is not None and left <= 0:
                yield from self.drained()
                if not (self._open or self.running):
                    return
                raise DeadlinePassed(
                    "the time of --timeout is over; give it more, or start again: "
                    "what is finished is kept"
                )
            most = _ON_ITS_WAY if self._meanwhile else 0.5
            yield from self._next(timeout=most if left is None else min(most, left))
            if self._meanwhile:
                self._meanwhile()
                self._meanwhile = None

    def drained(self) -> Iterator[tuple[Call, Answer | SousError]]:
        """Yield what has come meanwhile, and wait for no more."""
        while not self._events.empty():
            yield from self._next(timeout=0)

    def _next(self, *, timeout: float) -> Iterator[tuple[Call, Answer | SousError]]:
        """Take one event, and yield what came of its call if it is the last of it."""
        try:
            call, what, value = self._events.get(timeout=timeout)
        except queue.Empty:
            return
        if what == "text":
            call.received.append(value)
            self._families[call.family] = True
        elif what == "wait":
            self._begin_again(call, *value)
        else:
            self.running.remove(call)
            self._families[call.family] = True  # the next may try, whatever became of this one
            if what == "bug":
                raise value
            yield call, value

    def _begin_again(self, call: Call, seconds: float, why: str) -> None:
        call.lost = call.received or call.lost
        call.received = []
        if not self._quiet:
            say(f"{why}; trying again in {seconds:.1f} s")

    def _start(self) -> None:
        for call in list(self._open):
            if len(self.running) >= self._jobs:
                return
            if self._families.get(call.family) is False:
                continue  # the first of them is still being read
            self._families.setdefault(call.family, False)
            self._open.remove(call)
            self.running.append(call)
            threading.Thread(target=carried(self._work), args=(call,), daemon=True).start()

    def _work(self, call: Call) -> None:
        tell = partial(self._tell, call)
        try:
            tell("answer", ask(call.prompt, call.choice, _Teller(tell), self._patience))
        except SousError as exc:
            tell("error", exc)
        except BaseException as exc:  # noqa: BLE001  # a bug: raised again where it is seen
            tell("bug", exc)

    def _tell(self, call: Call, what: str, value: Any) -> None:
        self._events.put((call, what, value))


class _Teller:
    """Hands on what a call says to the thread that listens."""

    def __init__(self, tell: Callable[[str, Any], None]) -> None:
        self._tell = tell

    def on_text(self, piece: str) -> None:
        self._tell("text", piece)

    def on_wait(self, seconds: float, why: str) -> None:
        self._tell("wait", (seconds, why))
