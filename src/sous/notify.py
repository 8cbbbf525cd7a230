"""Notify the user when a long run ends: bell, the terminal's notification, the system's.

And a command or webhook of the user's own settings.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sous.errors import SousError
from sous.proc import run
from sous.programs import find_program
from sous.terminal import one_line, say, stderr_is_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

LONG = 20.0  # seconds; a run that took less is still being watched
_TIMEOUT = 5.0  # seconds
_PLAIN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# names of branches and steps are in a message: no mention or link of a chat by them
_QUIET = str.maketrans({"@": "@\u2060", "<": "\u2039", ">": "\u203a"})


def notify(
    message: str,
    *,
    when: str,
    seconds: float,
    command: Sequence[str] = (),
    url: str | None = None,
) -> None:
    """Notify as `when` says: auto (a run of more than 20 seconds), always, never.

    `command` and `url` are the user's own; the terminal and the system are told by auto only where
    somebody sits at a terminal. Never fails: what went wrong is a line.
    """
    if when == "never" or (when == "auto" and seconds < LONG):
        return
    text = one_line(message)[:200]
    if command:
        _by_command(text, command)
    if url:
        _by_webhook(text, url, seconds)
    if when == "always" or (stderr_is_terminal() and "CI" not in os.environ):
        _here(text)


@dataclass(frozen=True)
class Notifier:
    """Notifies of a run that began when this was made, as the settings of its user say."""

    when: str = "never"
    command: Sequence[str] = ()
    url: str | None = None
    began: float = field(default_factory=time.monotonic)

    def tell(self, message: str) -> None:
        """Notify, unless the run was too short for that. Never fails."""
        seconds = time.monotonic() - self.began
        notify(message, when=self.when, seconds=seconds, command=self.command, url=self.url)


def is_safe_url(url: str) -> bool:
    """Tell whether a webhook is reached over https, or on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if any(not "!" <= character <= "~" for character in url):
        return False
    on_loopback = host in ("localhost", "127.0.0.1", "::1")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and on_loopback))


def _by_command(text: str, command: Sequence[str]) -> None:
    """Start the user's program with the message as its last argument."""
    try:
        run(*command, text, cwd=Path.home(), timeout=_TIMEOUT, detached=True)
    except (SousError, OSError, ValueError) as exc:
        say(f"cannot notify by `notify_command`: {exc}")


def _by_webhook(text: str, url: str, seconds: float) -> None:
    """Send the message to the user's webhook; no redirect is followed.

    `text` is the name that Slack and Mattermost read.
    """
    import http.client

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    body = json.dumps({"text": text.translate(_QUIET), "seconds": round(seconds, 1)})
    headers = {"Content-Type": "application/json", "User-Agent": "sous"}
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    try:
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        why = None if answer.status < 300 else f"HTTP {answer.status}"  # noqa: PLR2004
    except (http.client.HTTPException, OSError, ValueError) as exc:
        why = "no answer within 5 s" if isinstance(exc, TimeoutError) else str(exc)
    finally:
        connection.close()
    if why:
        say(f"cannot notify {parts.hostname} (`notify_url`): {why}")


def _here(text: str) -> None:
    """Notify by the terminal and by the system."""
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
        # a body may have markup, as a link
        run("notify-send", "--app-name=sous", "--", "sous", text.translate(_PLAIN), timeout=5)
