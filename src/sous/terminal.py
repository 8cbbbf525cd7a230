"""What people see: lines on stderr, in which no file, model or path can send terminal commands."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from sous.errors import SousError
from sous.surroundings import own, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# C0 without tab and newline, DEL, C1, line and paragraph separator, the marks that reorder text
# (Unicode TR 36, "bidirectional text spoofing"), and lone surrogates, which stand for bytes of a
# name that are not UTF-8 (PEP 383).
_UNSAFE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
UNSAFE = re.compile(f"[{_UNSAFE}]")
_UNSAFE_IN_NAMES = re.compile(f"[{_UNSAFE}\t\n]")
# Letters that are written from right to left, with their marks: Hebrew to Arabic Extended, the
# presentation forms, and the scripts of the plane above.
_FROM_THE_RIGHT = (
    "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_TURNED = re.compile(f"[{_FROM_THE_RIGHT}]+(?:[ \\d,'\"-]*[{_FROM_THE_RIGHT}])*")
_ISOLATE, _END = "\u2068", "\u2069"


def clean(text: str) -> str:
    """Return `text` with control characters, except tab and newline, as `x1b` after a backslash."""
    return UNSAFE.sub(_escape, text)


def shown_name(name: str) -> str:
    """Return a name for a table or a list: on one line, whatever it contains."""
    return _UNSAFE_IN_NAMES.sub(_escape, name)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if 0xDC80 <= number <= 0xDCFF:  # noqa: PLR2004  # a byte
        number -= 0xDC00
    return f"\\x{number:02x}"


def isolated(line: str) -> str:
    """Return a line whose words from right to left do not turn around what is beside them.

    Each run of them is put between Unicode's marks for that, so that `NAME: 3 files` and the
    folders of a path stay in order. Only for eyes: the marks are no part of a name.
    """
    return line if line.isascii() else _TURNED.sub(f"{_ISOLATE}\\g<0>{_END}", line)


def one_line(text: str) -> str:
    """Return `text` cleaned and on a single line."""
    return " ".join(clean(text).split())


class Live:
    """The state of the live line: whether one is shown, and if it waits for a question."""

    lock = threading.RLock()
    drawn = 0  # lines
    paused = False
    asked = 0.0  # seconds in which questions were open
    quiet = False  # whether the command was told to be
    said = 0.0  # when something was last shown, time.monotonic

    @classmethod
    def spoke(cls) -> None:
        """Note that something was shown now."""
        cls.said = time.monotonic()

    @classmethod
    def wipe(cls) -> None:
        """Remove the lines that are shown."""
        with cls.lock:
            if cls.drawn:
                sys.stderr.write(cls._begin())
                sys.stderr.flush()
                cls.drawn = 0

    @classmethod
    def draw(cls, *lines: str) -> None:
        """Show lines, in place of those that are shown; none while a question is open."""
        with cls.lock:
            if not cls.paused:
                sys.stderr.write(cls._begin() + "\n".join(lines))
                sys.stderr.flush()
                cls.drawn = len(lines)

    @classmethod
    def _begin(cls) -> str:
        """Return what wipes the lines that are shown and goes to where they began."""
        return "\r\x1b[K" + "\x1b[A\x1b[K" * (cls.drawn - 1)


def say(message: str) -> None:
    """Print one line on stderr; a closed stderr is not an error."""
    if tell(one_line(message)):
        return
    try:
        with Live.lock:
            Live.wipe()
            Live.spoke()
            click.echo(isolated(one_line(message)), err=True)
    except (OSError, ValueError):
        return


def inform(message: str) -> None:
    """Print one line on stderr about what went well: with --quiet nobody wants to know."""
    if own() or not Live.quiet:
        say(message)


def say_lines(lines: Iterable[str]) -> None:
    """Print each of `lines` on stderr, indentation kept, controls made visible."""
    if own():
        for line in lines:
            tell(shown_name(line))
        return
    with Live.lock, contextlib.suppress(OSError, ValueError):  # a closed stderr is not an error
        Live.wipe()
        Live.spoke()
        for line in lines:
            click.echo(isolated(shown_name(line)), err=True)


def ask_yes(question: str) -> bool:
    """Ask on the terminal, no live line in the way; no answer is a no.

    Raises click.Abort for Ctrl-C.
    """
    with Live.lock:
        Live.wipe()
        Live.spoke()
        Live.paused = True
    began = time.monotonic()
    try:
        return click.confirm(isolated(one_line(question)), default=False, err=True)
    finally:
        Live.asked += time.monotonic() - began
        Live.paused = False


def seconds_asked() -> float:
    """Return how long questions were open in this process."""
    return Live.asked


def is_interactive() -> bool:
    """Tell whether somebody can be asked: stdin and stderr are both terminals."""
    return _is_tty(sys.stdin) and _is_tty(sys.stderr)


def stderr_is_terminal() -> bool:
    """Tell whether what goes to stderr is looked at live."""
    return _is_tty(sys.stderr)


def has_live_line() -> bool:
    """Tell whether a line may be redrawn: on a terminal that can, and is not read aloud.

    TERM=dumb says that it cannot, as editors and screen readers do; the old console of Windows
    shows the codes instead of obeying them.
    """
    if os.environ.get("TERM") == "dumb":
        return False
    is_old = os.name == "nt" and not {"WT_SESSION", "ANSICON", "TERM"} & os.environ.keys()
    return stderr_is_terminal() and not is_old


def stdout_is_terminal() -> bool:
    """Tell whether what goes to stdout is looked at live."""
    return _is_tty(sys.stdout)


@contextlib.contextmanager
def whole_screen() -> Iterator[Callable[[Sequence[str]], None]]:
    """Yield what shows lines in place of all that is on the terminal, which comes back at the end.

    Lines are cut to its size; no line can send terminal commands.
    """
    import shutil

    stream = binary_stdout()

    def show(lines: Sequence[str]) -> None:
        columns, rows = shutil.get_terminal_size()
        shown = [isolated(_cut(shown_name(line), columns)) for line in lines[: max(1, rows - 1)]]
        if len(lines) > len(shown):
            shown[-1] = f"… {len(lines) - len(shown) + 1} more lines"
        text = "".join(f"{line}\x1b[K\r\n" for line in shown)
        stream.write(f"\x1b[H{text}\x1b[J".encode("utf-8", "replace"))
        stream.flush()

    stream.write(b"\x1b[?1049h\x1b[?25l")
    try:
        yield show
    finally:
        stream.write(b"\x1b[?25h\x1b[?1049l")
        stream.flush()


def _cut(line: str, columns: int) -> str:
    """Return what of a line fits so many columns; letters of East Asia take two."""
    from itertools import accumulate
    from unicodedata import east_asian_width

    widths = accumulate(2 if east_asian_width(char) in "WF" else 1 for char in line)
    return line[: sum(width < columns for width in widths)]


def _is_tty(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def write_stdout(data: bytes) -> None:
    """Write `data` to stdout as it is, whatever the locale's encoding.

    On a terminal controls are made visible.
    """
    stream = binary_stdout()
    Live.spoke()
    if _is_tty(sys.stdout):
        data = clean(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    stream.write(data)
    stream.flush()


def binary_stdout() -> BinaryIO:
    """Return stdout for bytes. Raises SousError when it is closed."""
    if sys.stdout is None:
        raise SousError("stdout is closed; write to a file with -o")
    return sys.stdout.buffer


def read_stdin() -> bytes:
    """Return all of stdin; on a terminal it is said that we wait.

    Raises SousError when it is closed.
    """
    if sys.stdin is None:
        raise SousError("stdin is closed; name a bundle instead of -")
    if _is_tty(sys.stdin):
        say("reading the bundle from the terminal; Ctrl-D ends it")
    return sys.stdin.buffer.read()


def write_lines(lines: Iterable[str]) -> None:
    """Write each of `lines` to stdout as one line, whatever it contains."""
    shown = [shown_name(line) for line in lines]
    if not stdout_is_terminal():
        write_stdout("".join(f"{line}\n" for line in shown).encode("utf-8", "replace"))
        return
    stream = binary_stdout()
    Live.spoke()
    stream.write("".join(f"{isolated(line)}\n" for line in shown).encode("utf-8", "replace"))
    stream.flush()


def write_json(data: object) -> None:
    """Write `data` to stdout as JSON in ASCII, so that no name in it can reach a terminal raw."""
    import json

    write_stdout(f"{json.dumps(data, indent=2)}\n".replace("\x7f", "\\u007f").encode())


def human_size(count: int) -> str:
    """Return a number of bytes as people write it: `512 B`, `1.4 MB` (powers of 1000)."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def table(rows: Sequence[Sequence[str]], *, names: int = 1) -> Iterator[str]:
    """Yield the lines of a table: the first `names` columns aligned left, the others right."""
    shown = [[shown_name(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in range(len(rows[0]))]
    for row in shown:
        left = [f"{cell:<{width}}" for cell, width in zip(row[:names], widths, strict=False)]
        right = [
            f"{cell:>{width}}" for cell, width in zip(row[names:], widths[names:], strict=True)
        ]
        yield "  ".join(left + right).rstrip()


def be_quiet() -> None:
    """Show no line about what goes well, for the rest of this process."""
    Live.quiet = True


def has_spoken() -> None:
    """Note that something was shown in another way, such as a question of click's."""
    Live.spoke()
