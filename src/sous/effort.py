"""A time budget for one untrusted input: reading it ends when the budget is used up.

On the main thread of a POSIX system a signal ends Python code and regular expressions when they
have used that much of a processor: a busy machine takes nothing from a file. Elsewhere an exception
that is set from another thread ends Python code, but not one long call into C: what may be large
goes to a process there.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from sous.errors import SousError
from sous.surroundings import own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

SECONDS = 10.0  # for one file
_LARGE = 1_000_000  # characters
_PER_LARGE = 4.0  # seconds more for each so many characters beyond the first
_AGAIN = 0.5  # seconds


class OutOfTime(SousError):
    """An input that was not read in its time."""


class _Ended(BaseException):  # no Exception: readers of any text catch those and continue
    """Ends the work from outside."""


class _Open(threading.local):
    budgets = 0  # of this thread that are running: the outermost holds


_open = _Open()


def within(
    seconds: float,
    work: Callable[Arguments, Result],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Result:
    """Return what `work` returns.

    Raises OutOfTime where it takes longer; inside another budget, that one holds.
    """
    if _open.budgets:
        return work(*args, **kwargs)
    try:
        with _ended_after(seconds):
            return work(*args, **kwargs)
    except _Ended:
        raise OutOfTime(f"not read within {seconds:g} s") from None


def read_within(
    name: str, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """Return what reads the file of this name. Raises OutOfTime that names it.

    A large text has more time: as much for each part of it.
    """
    size = sum(len(arg) for arg in args if isinstance(arg, str))
    seconds = SECONDS + _PER_LARGE * max(0, size // _LARGE - 1)
    try:
        return within(seconds, work, *args, **kwargs)
    except OutOfTime as exc:
        raise OutOfTime(f"{name}: {exc}; split it, or remove what nests or repeats in it") from exc


@contextlib.contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    _open.budgets += 1
    try:
        with _by_signal(seconds) if _has_signals() else _by_thread(seconds):
            yield
    finally:
        _open.budgets -= 1


def _has_signals() -> bool:
    """Tell whether we may set a signal of our own.

    Only POSIX has it, only the main thread may, nobody else may be waiting for the same one, and
    the signals of a program that calls the library are its own.
    """
    return (
        own() is None
        and hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGPROF) in (signal.SIG_DFL, signal.SIG_IGN)
        and signal.getitimer(signal.ITIMER_PROF)[0] == 0
    )


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def end(_number: int, _frame: object) -> None:
        raise _Ended

    before = signal.signal(signal.SIGPROF, end)
    try:
        # Again and again: what is raised while an object is deleted is not seen by anybody.
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """Have another thread raise here ("PyThreadState_SetAsyncExc", Python's C API)."""
    this = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    is_over = False

    def end() -> None:
        with lock:
            if not is_over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(this, ctypes.py_object(_Ended))

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            is_over = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(this, None)
