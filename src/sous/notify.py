"""Notify the user when a long run ends: bell, the terminal's notification, the system's."""

from __future__ import annotations

import os
import sys

from sous.errors import SousError
from sous.proc import run
from sous.programs import find_program
from sous.terminal import one_line, stderr_is_terminal

LONG = 20.0  # seconds; a run that took less is still being watched


def notify(message: str, *, when: str, seconds: float) -> None:
    """Notify as `when` says: auto (a terminal, and a run of more than 20 seconds), always, never.

    Never fails.
    """
    if when == "never" or (
        when == "auto" and (seconds < LONG or not stderr_is_terminal() or "CI" in os.environ)
    ):
        return
    text = one_line(message)[:200]
    if stderr_is_terminal():
        # OSC 9 (iTerm2, Windows Terminal, ConEmu, kitty) and OSC 777 (rxvt, foot, VTE); a bell ends
        # both.
        words = text.replace(";", ",")
        try:
            sys.stderr.write(f"\x1b]9;{words}\x07\x1b]777;notify;sous;{words}\x07\x07")
            sys.stderr.flush()
        except (OSError, ValueError):
            return
    try:
        _by_the_system(text)
    except SousError:
        return


def _by_the_system(text: str) -> None:
    if sys.platform == "darwin":
        script = 'on run argv\ndisplay notification (item 1 of argv) with title "sous"\nend run'
        run("osascript", "-e", script, text, timeout=5)
    elif find_program("notify-send") and (
        "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    ):
        run("notify-send", "--app-name=sous", "--", "sous", text, timeout=5)
