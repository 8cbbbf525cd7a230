"""A chooser on a full screen: the items above, the chosen one below, a key for each thing to do with it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

import click

from sous.clipboard import copy
from sous.errors import SousError
from sous.items.read import DONE, OPEN, SKIPPED
from sous.items.tick import read_file, set_states
from sous.reports.lock import holding
from sous.terminal import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sous.items.read import Item, Items

_UP = ("\x1b[A", "\x1bOA", "k", "\xe0H", "\x00H")
_DOWN = ("\x1b[B", "\x1bOB", "j", "\xe0P", "\x00P")
_PAGE_UP = ("\x1b[5~", "\xe0I", "\x00I", "b")
_PAGE_DOWN = ("\x1b[6~", "\xe0Q", "\x00Q", " ")
_FIRST, _LAST = ("\x1b[H", "\x1b[1~", "\xe0G", "g"), ("\x1b[F", "\x1b[4~", "\xe0O", "G")
_KEY = re.compile(r"\x1b\[[0-9;]*[~A-Za-z]|\x1bO.|[\xe0\x00].|.", re.DOTALL)
_QUIT = ("q", "\x1b", "\x03", "\x04")
_KEYS = "↑↓ choose · space, b page · c copy · C with code · p post · d done · s skip · u undo · q quit"
_BOXES = {OPEN: "[ ]", DONE: "[x]", SKIPPED: "[-]"}
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


class Chooser:
    """Shows the items of a file until the user leaves. Raises SousError when the file cannot be read.

    `with_code` returns an item with the code it is about; `post` posts it, once the screen is left.
    """

    def __init__(self, path: Path, *, with_code: Callable[[Item], str], post: Callable[[Item], None]) -> None:
        self._path = path
        self._with_code = with_code
        self._post = post
        self._items: Items = read_file(path)
        self._at = next((item.number - 1 for item in self._items.open), 0)
        self._scroll = 0  # of the text below, in lines
        self._said = ""
        self._pressed: list[str] = []

    def run(self) -> None:
        """Show the screen; what is to be posted is posted after it."""
        item = None
        self._write(_ENTER)
        try:
            with _keys_at_once():
                while True:
                    self._draw()
                    key = self._key()
                    if key in _QUIT:
                        break
                    if key == "p":
                        item = self._chosen
                        break
                    self._act(key)
        finally:
            self._write(_LEAVE)
        if item:
            self._post(item)

    @property
    def _chosen(self) -> Item:
        return self._items.items[self._at]

    def _key(self) -> str:
        """Return the next key; of several that came at once the others wait. A terminal that has gone is a `q`."""
        if not self._pressed:
            try:
                self._pressed = _KEY.findall(_read_keys()) or ["q"]
            except (KeyboardInterrupt, EOFError, OSError):
                return "q"
        return self._pressed.pop(0)

    def _act(self, key: str) -> None:
        last = len(self._items.items) - 1
        moves = {_UP: self._at - 1, _DOWN: self._at + 1, _FIRST: 0, _LAST: last}
        self._said = ""
        for keys, to in moves.items():
            if key in keys:
                self._at, self._scroll = min(max(to, 0), last), 0
                return
        page = max(1, self._heights()[1] - 2)
        if key in _PAGE_DOWN or key in _PAGE_UP:
            self._scroll = max(0, self._scroll + (page if key in _PAGE_DOWN else -page))
            return
        try:
            if key in ("c", "C"):
                text = self._with_code(self._chosen) if key == "C" else f"{self._chosen.source.rstrip()}\n"
                self._said = copy(text)
            elif key in ("d", "s", "u"):
                self._mark({"d": DONE, "s": SKIPPED, "u": OPEN}[key])
        except SousError as exc:
            self._said = str(exc)

    def _mark(self, state: str) -> None:
        """Tick the chosen item where it stands now: somebody may have edited the file meanwhile."""
        chosen = self._chosen
        with holding([self._path], who="items", timeout=60):
            now = read_file(self._path)
            same = [one for one in now.items if one.identity == chosen.identity]
            item = next((one for one in same if one.number == chosen.number), same[0] if same else None)
            if item is None:
                self._items, self._at = now, min(self._at, len(now.items) - 1)
                raise SousError("the file has changed, and this item is gone")
            set_states(self._path, {item.number: state})
        self._items, self._at = read_file(self._path), item.number - 1
        self._said = f"{item.number}: {state}"
        if state != OPEN:
            self._at = next((one.number - 1 for one in self._items.open if one.number > item.number), self._at)
            self._scroll = 0

    def _heights(self) -> tuple[int, int]:
        """Return how many lines the list has, and how many the text."""
        rows = max(6, shutil.get_terminal_size().lines) - 3
        above = min(len(self._items.items), max(3, rows * 2 // 5))
        return above, rows - above

    def _draw(self) -> None:
        columns = max(20, shutil.get_terminal_size().columns)
        above, below = self._heights()
        first = min(max(0, self._at - above // 2), max(0, len(self._items.items) - above))
        lines = []
        for item in self._items.items[first : first + above]:
            line = f"{item.number:>3} {_BOXES[item.state]} {item.severity or '-':8} {one_line(item.title)}"
            shown = _fitted(line, columns - 1)
            lines.append(f"\x1b[7m{shown}\x1b[0m" if item is self._chosen else shown)
        lines.append("─" * (columns - 1))
        text = [
            piece
            for line in clean(self._chosen.source).expandtabs(4).split("\n")
            for piece in _wrapped(line, columns - 1)
        ]
        self._scroll = min(self._scroll, max(0, len(text) - below))
        shown_text = text[self._scroll : self._scroll + below]
        lines += [*shown_text, *[""] * (below - len(shown_text))]
        lines.append(_fitted(one_line(self._said) or f"{self._path.name}: {len(self._items.open)} open", columns - 1))
        lines.append(f"\x1b[2m{_fitted(_KEYS, columns - 1)}\x1b[0m")
        self._write("\x1b[H" + "\r\n".join(f"{line}\x1b[K" for line in lines) + "\x1b[J")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


@contextlib.contextmanager
def _keys_at_once() -> Iterator[None]:
    """Have the terminal hand over each key as it is pressed, and show none; what was typed before is kept."""
    if os.name == "nt":
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin, termios.TCSADRAIN)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _read_keys() -> str:
    """Wait for a key, and return it and those that came with it; empty when the terminal has gone."""
    if os.name == "nt":
        return click.getchar()
    return os.read(sys.stdin.fileno(), 1024).decode("utf-8", "replace")


def _width(char: str) -> int:
    """Return how many columns a character takes: Unicode's East Asian width; marks on others take none."""
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _fitted(text: str, columns: int) -> str:
    """Return a text cut to so many columns."""
    return next(iter(_wrapped(text, columns)), "")


def _wrapped(text: str, columns: int) -> list[str]:
    """Return a line in pieces of at most so many columns."""
    pieces, piece, used = [], "", 0
    for char in text:
        width = _width(char)
        if used + width > columns:
            pieces.append(piece)
            piece, used = "", 0
        piece += char
        used += width
    return [*pieces, piece]
