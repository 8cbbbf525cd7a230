"""The clipboard: `copied` only when a program confirmed it, `sent` when nobody can know."""

from __future__ import annotations

import base64
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.proc import ProgramFailed, run
from sous.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TIMEOUT = 30.0  # seconds; a display that hangs must not hang us


@dataclass(frozen=True)
class Clipboard:
    """A clipboard: its name, and what puts a text there or raises SousError."""

    name: str
    send: Callable[[str], str]


def copy(text: str) -> str:
    """Put `text` on the clipboard and return what happened, in words.

    Raises SousError when no clipboard worked.
    """
    failures = []
    for clipboard in clipboards():
        try:
            return clipboard.send(text)
        except SousError as exc:
            failures.append(f"{clipboard.name}: {exc}")
    if failures:
        raise SousError(f"no clipboard took it ({'; '.join(failures)})")
    raise SousError(f"no clipboard here: {why_none()}")


def why_none() -> str:
    """Return why this machine has no clipboard, and what to do."""
    there = [name for name in ("wl-copy", "xclip", "xsel") if find_program(name)]
    if there and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return f"{there[0]} is installed, but there is no display"
    return "install wl-copy, xclip or xsel"


def clipboards() -> Iterator[Clipboard]:
    """Yield the clipboards that this machine has, the right one first.

    Over SSH the terminal's own clipboard (OSC 52) is the one in front of the user; the machine's is
    asked only where it leads back to them (a forwarded X display).
    """
    remote = any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))
    if remote:
        if os.environ.get("TMUX") and find_program("tmux"):
            yield Clipboard("tmux", _send_tmux)
        yield Clipboard("OSC 52", _send_osc52)
        if os.environ.get("DISPLAY", "").partition(":")[0] in ("localhost", "127.0.0.1"):
            yield from _x11_clipboards()
        return
    if sys.platform == "darwin":
        yield _program("pbcopy")
    elif sys.platform == "win32" or _is_wsl():
        if find_program("clip.exe"):
            yield _program("clip.exe", encoding="utf-16-le")
    if os.environ.get("WAYLAND_DISPLAY") and find_program("wl-copy"):
        yield _program("wl-copy")
    if os.environ.get("DISPLAY"):
        yield from _x11_clipboards()


def _x11_clipboards() -> Iterator[Clipboard]:
    if find_program("xclip"):
        yield _program("xclip", "-selection", "clipboard")
    if find_program("xsel"):
        yield _program("xsel", "--clipboard", "--input")


def _program(*argv: str, encoding: str = "utf-8") -> Clipboard:
    def send(text: str) -> str:
        # detached: xclip, xsel and wl-copy stay alive to serve the clipboard and would hold our
        # pipes open without end.
        run(*argv, input=text.encode(encoding, "replace"), timeout=_TIMEOUT, detached=True)
        return f"copied to the clipboard ({argv[0]})"

    return Clipboard(argv[0], send)


def _send_osc52(text: str) -> str:
    data = text.encode("utf-8", "replace")
    sequence = b"\x1b]52;c;" + base64.b64encode(data) + b"\x07"
    terminal = "CONOUT$" if sys.platform == "win32" else "/dev/tty"
    try:
        with Path(terminal).open("wb", buffering=0) as stream:
            view = memoryview(sequence)
            while view:
                view = view[stream.write(view) or 0 :]
    except OSError as exc:
        raise SousError(f"no terminal to send it to ({exc.strerror})") from exc
    return (
        "sent to the terminal (OSC 52); paste to see whether it took all: terminals limit the size"
    )


def _send_tmux(text: str) -> str:
    try:
        run(
            "tmux",
            "load-buffer",
            "-w",
            "-",
            input=text.encode("utf-8", "replace"),
            timeout=_TIMEOUT,
        )
    except ProgramFailed as exc:
        raise SousError(f"{exc} (tmux before 3.2 cannot)") from exc
    return (
        "sent to the terminal by tmux; paste to see whether it took all: terminals limit the size"
    )


def _is_wsl() -> bool:
    return bool(os.environ.get("WSL_DISTRO_NAME")) or "microsoft" in platform.release().lower()
