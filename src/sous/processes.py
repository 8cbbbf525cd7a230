"""Processes that somebody else started, by their numbers: whether one is there, and its end."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

# PROCESS_QUERY_LIMITED_INFORMATION, STILL_ACTIVE of the Windows API
_MAY_ASK, _STILL_ACTIVE = 0x1000, 259


def interrupt(process: int) -> None:
    """Do to a job's process what Ctrl-C does; its children are its own matter."""
    number = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)  # Windows has the first alone
    with contextlib.suppress(OSError):
        os.kill(process, number)


def is_alive(process: int) -> bool:
    """Tell whether a process, or on POSIX any of the group that it leads, is still there."""
    if os.name == "nt":
        import ctypes

        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        handle = kernel.OpenProcess(_MAY_ASK, 0, process)
        code = ctypes.c_ulong()
        is_there = bool(handle) and bool(kernel.GetExitCodeProcess(handle, ctypes.byref(code)))
        kernel.CloseHandle(handle)
        return is_there and code.value == _STILL_ACTIVE
    try:
        os.killpg(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    # a process that has ended and that nobody asked for yet is still listed (proc(5): state Z)
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return not Path("/proc/self").exists()


def end_marked(name: str, value: str) -> int:
    """End the processes that have a variable in their environment; return how many.

    Only where the system shows environments (Linux): a job's children that left its group.
    """
    mark, count = f"{name}={value}".encode(), 0
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes().split(b"\0") and int(path.parent.name) != os.getpid():
                os.kill(int(path.parent.name), signal.SIGKILL)
                count += 1
    return count


def started_at(process: int) -> str | None:
    """Return when a process began, as the system says it: numbers are used again."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None
