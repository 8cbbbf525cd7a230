"""What people see while something takes long: a live line, or now and then a plain one."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, ClassVar, final

from sous.surroundings import own
from sous.terminal import Live, has_live_line, isolated, one_line, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

FIRST_LINE = 0.6  # seconds after which a command that has shown nothing says what it does
LATER = 5.0  # seconds of silence after which it says so again; each time twice as many
_PLAIN_EVERY = 30.0  # seconds, and the longest silence


class _Doing:
    """What is being done now, the innermost last: what a line about it says."""

    labels: ClassVar[list[Callable[[], str]]] = []

    @classmethod
    def now(cls, default: Callable[[], str]) -> str:
        return (cls.labels[-1:] or [default])[0]()


@contextlib.contextmanager
def doing(label: str) -> Iterator[None]:
    """Have the first line of a command that takes long say this while the block runs."""

    def told() -> str:
        return label

    _Doing.labels.append(told)
    try:
        yield
    finally:
        _Doing.labels.remove(told)


@contextlib.contextmanager
def first_line(label: Callable[[], str]) -> Iterator[None]:
    """Say what is being done when a second has nearly gone by and nothing was shown yet."""
    if own():
        yield
        return
    ended = threading.Event()
    Live.said, Live.quiet = 0.0, False
    _Doing.labels.clear()

    def tell_of_it() -> None:
        if ended.wait(FIRST_LINE):
            return
        with Live.lock:
            if not (Live.said or Live.drawn or Live.quiet or Live.paused or ended.is_set()):
                say(f"{_Doing.now(label)} …")
        threading.Thread(target=_break_silences, args=(ended,), daemon=True).start()

    threading.Thread(target=tell_of_it, name="first line", daemon=True).start()
    try:
        yield
    finally:
        with Live.lock:
            ended.set()


def _break_silences(ended: threading.Event) -> None:
    """Say what is being done whenever nothing was shown for long, where that is known."""
    began, silence = time.monotonic() - FIRST_LINE, LATER
    while not ended.wait(min(1.0, silence)):
        now = time.monotonic()
        with Live.lock:
            is_shown = Live.drawn or Live.quiet or Live.paused or ended.is_set()
            if is_shown or not _Doing.labels or now - max(Live.said, began) < silence:
                continue
            say(f"{now - began:.0f} s, {_Doing.labels[-1]()} …")
        silence = min(2 * silence, _PLAIN_EVERY)


@final
class Waiting:
    """A live line on stderr with the seconds gone by, wiped when done.

    Where no terminal is, a line now and then.

    `label` may change: it is asked for whenever the line is drawn.
    """

    def __init__(
        self, label: str | Callable[[], str], *, enabled: bool | None = None, plain: bool = False
    ) -> None:
        self._label = label if callable(label) else lambda: label
        self._plain = plain and not own() and not has_live_line()
        self._enabled = not own() and (has_live_line() if enabled is None else enabled)
        self._progress: tuple[int, int] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Waiting:
        """Begin to show the line."""
        _Doing.labels.append(self._label)
        if self._enabled or self._plain:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Wipe the line."""
        self.stop()

    def at(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        self._progress = (done, total)

    def stop(self) -> None:
        """Wipe the line; safe to call twice."""
        if self._stop.is_set():
            return
        self._stop.set()
        with contextlib.suppress(ValueError):
            _Doing.labels.remove(self._label)
        if self._enabled:
            self._thread.join()
            Live.wipe()

    def _tick(self) -> None:
        import shutil

        began = time.monotonic()
        while not self._stop.wait(0.2 if self._enabled else _PLAIN_EVERY):
            progress = " {:,} of {:,},".format(*self._progress) if self._progress else ""
            text = one_line(f"{time.monotonic() - began:.0f} s, {self._label()}{progress}").rstrip(
                ","
            )
            if not self._enabled:
                say(text)
                continue
            width = shutil.get_terminal_size().columns
            Live.draw(isolated(text[: max(1, width - 1)]))


@final
class Rows:
    """A live line for each of several things at once, wiped when done; `labels` gives them."""

    def __init__(self, labels: Callable[[], Sequence[str]], *, enabled: bool) -> None:
        self._labels = labels
        self._enabled = enabled and not own() and has_live_line()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    @property
    def is_shown(self) -> bool:
        """Whether somebody sees them."""
        return self._enabled

    def __enter__(self) -> Rows:
        """Begin to show the lines."""
        if self._enabled:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wipe the lines."""
        self._stop.set()
        if self._enabled:
            self._thread.join()
            Live.wipe()

    def _tick(self) -> None:
        import shutil

        while not self._stop.wait(0.2):
            size = shutil.get_terminal_size()
            lines = [isolated(one_line(one)[: max(1, size.columns - 1)]) for one in self._labels()]
            if lines:
                Live.draw(*lines[: max(1, size.lines - 1)])
            else:
                Live.wipe()
