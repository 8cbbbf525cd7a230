"""What somebody types at the terminal: an answer of several lines, edited, pasted or taken back."""

from __future__ import annotations

import contextlib
import select
import sys
from typing import TYPE_CHECKING

import click

from sous.terminal import has_spoken, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

PROMPT = "> "
_PASTED = 0.05  # seconds in which the next line of a pasted text is there


def typed_lines(alone: Sequence[str] = (), *, before: str = "", history: Iterable[str] = ()) -> str:
    """Read an answer: up to an empty line, or the end of the input.

    A text that is pasted is one answer, whatever empty lines are in it. A word of `alone` in the
    first line is an answer. `before`: the text to begin with, where lines can be edited, `history`
    the earlier ones. Raises click.Abort for Ctrl-C, and for an end that comes at once.
    """
    has_spoken()
    editor = _editor(history)
    lines: list[str] = []
    while True:
        try:
            line = _line(editor, before if not lines else "")
        except (EOFError, KeyboardInterrupt) as exc:
            click.echo(err=True)
            if isinstance(exc, EOFError) and lines:
                break
            raise click.Abort from exc
        if not line.strip() and not is_waiting(_PASTED):
            break
        lines.append(line)
        if len(lines) == 1 and line.strip().casefold() in alone:
            break
    return "\n".join(lines).strip("\n")


def drop_typed_ahead() -> None:
    """Drop what was typed before a question was shown: it answers another one, and say so."""
    if not is_waiting(0):
        return
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    say("input typed before this question is ignored")


def is_waiting(seconds: float) -> bool:
    """Tell whether more was typed or pasted already, or is within some seconds."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.kbhit()
    with contextlib.suppress(OSError, ValueError):
        return bool(select.select([sys.stdin.fileno()], [], [], seconds)[0])
    return False


def _editor(history: Iterable[str]) -> ModuleType | None:
    """Return readline, set up; None where lines cannot be edited, or the terminal does it."""
    if not (sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()):
        return None
    try:
        import readline
    except ImportError:  # Windows
        return None
    readline.parse_and_bind("set enable-bracketed-paste on")
    readline.clear_history()
    for text in history:
        readline.add_history(text)
    return readline


def _line(editor: ModuleType | None, before: str) -> str:
    if editor is None:
        click.echo(PROMPT, nl=False, err=True)
        return input()
    if before and "\n" not in before:
        editor.set_startup_hook(lambda: editor.insert_text(before))
    try:
        return input(PROMPT)
    finally:
        editor.set_startup_hook(None)
