"""What people see: lines on stderr, in which no file, model or path can send terminal commands."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, ClassVar, TextIO, final

import click

from sous.errors import SousError
from sous.surroundings import own, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

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


class _Live:
    """The state of the live line: whether one is shown, and if it waits for a question."""

    lock = threading.RLock()
    drawn = 0  # lines
    paused = False
    asked = 0.0  # seconds in which questions were open
    quiet = False  # whether the command was told to be
    said = 0.0  # when something was last shown, time.monotonic

    @classmethod
    def spoke(cls) -> None:
        cls.said = time.monotonic()

    @classmethod
    def wipe(cls) -> None:
        with cls.lock:
            if cls.drawn:
                sys.stderr.write(cls._begin())
                sys.stderr.flush()
                cls.drawn = 0

    @classmethod
    def draw(cls, *lines: str) -> None:
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
        with _Live.lock:
            _Live.wipe()
            _Live.spoke()
            click.echo(isolated(one_line(message)), err=True)
    except (OSError, ValueError):
        return


def inform(message: str) -> None:
    """Print one line on stderr about what went well: with --quiet nobody wants to know."""
    if own() or not _Live.quiet:
        say(message)


def say_lines(lines: Iterable[str]) -> None:
    """Print each of `lines` on stderr, indentation kept, controls made visible."""
    if own():
        for line in lines:
            tell(shown_name(line))
        return
    with _Live.lock, contextlib.suppress(OSError, ValueError):  # a closed stderr is not an error
        _Live.wipe()
        _Live.spoke()
        for line in lines:
            click.echo(isolated(shown_name(line)), err=True)


def ask_yes(question: str) -> bool:
    """Ask on the terminal, no live line in the way; no answer is a no.

    Raises click.Abort for Ctrl-C.
    """
    with _Live.lock:
        _Live.wipe()
        _Live.spoke()
        _Live.paused = True
    began = time.monotonic()
    try:
        return click.confirm(isolated(one_line(question)), default=False, err=True)
    finally:
        _Live.asked += time.monotonic() - began
        _Live.paused = False


def seconds_asked() -> float:
    """Return how long questions were open in this process."""
    return _Live.asked


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
    _Live.spoke()
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
    _Live.spoke()
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


FIRST_LINE = 0.6  # seconds after which a command that has shown nothing says what it does
LATER = 5.0  # seconds of silence after which it says so again; each time twice as many
_PLAIN_EVERY = 30.0  # seconds, and the longest silence


def be_quiet() -> None:
    """Show no line about what goes well, for the rest of this process."""
    _Live.quiet = True


def has_spoken() -> None:
    """Note that something was shown in another way, such as a question of click's."""
    _Live.spoke()


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
    _Live.said, _Live.quiet = 0.0, False
    _Doing.labels.clear()

    def tell_of_it() -> None:
        if ended.wait(FIRST_LINE):
            return
        with _Live.lock:
            if not (_Live.said or _Live.drawn or _Live.quiet or _Live.paused or ended.is_set()):
                say(f"{_Doing.now(label)} …")
        threading.Thread(target=_break_silences, args=(ended,), daemon=True).start()

    threading.Thread(target=tell_of_it, name="first line", daemon=True).start()
    try:
        yield
    finally:
        with _Live.lock:
            ended.set()


def _break_silences(ended: threading.Event) -> None:
    """Say what is being done whenever nothing was shown for long, where that is known."""
    began, silence = time.monotonic() - FIRST_LINE, LATER
    while not ended.wait(min(1.0, silence)):
        now = time.monotonic()
        with _Live.lock:
            is_shown = _Live.drawn or _Live.quiet or _Live.paused or ended.is_set()
            if is_shown or not _Doing.labels or now - max(_Live.said, began) < silence:
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
            _Live.wipe()

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
            _Live.draw(isolated(text[: max(1, width - 1)]))


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
            _Live.wipe()

    def _tick(self) -> None:
        import shutil

        while not self._stop.wait(0.2):
            size = shutil.get_terminal_size()
            lines = [isolated(one_line(one)[: max(1, size.columns - 1)]) for one in self._labels()]
            if lines:
                _Live.draw(*lines[: max(1, size.lines - 1)])
            else:
                _Live.wipe()
