from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from sous.terminal import (
    Rows,
    Waiting,
    be_quiet,
    clean,
    doing,
    first_line,
    has_live_line,
    has_spoken,
    human_size,
    isolated,
    one_line,
    say,
    whole_screen,
)

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\x0db"),
        ("\u202eevil", "\\x202eevil"),
        ("grün \N{PILE OF POO}", "grün \N{PILE OF POO}"),
    ],
)
def test_nothing_in_a_text_commands_the_terminal(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_message_is_one_line() -> None:
    assert one_line("a\n  b\tc\n") == "a b c"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("output.txt: 3 files", "output.txt: 3 files"),
        ("grün: 3", "grün: 3"),
        ("אבג.md: 3 files", "\u2068אבג\u2069.md: 3 files"),
        ("אב/גד.py:12: 3", "\u2068אב\u2069/\u2068גד\u2069.py:12: 3"),
        ("1  [ ]  שלב 3 חדש, done", "1  [ ]  \u2068שלב 3 חדש\u2069, done"),
        ("تقرير 7", "\u2068تقرير\u2069 7"),
    ],
)
def test_words_from_the_right_leave_the_line_in_order(line: str, shown: str) -> None:
    assert isolated(line) == shown


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (2_500_000, "2.5 MB"), (3 * 10**9, "3.0 GB")]
)
def test_sizes_read_as_people_write_them(count: int, text: str) -> None:
    assert human_size(count) == text


def test_a_stderr_that_knows_only_ascii_is_no_error(run: Run, tmp_path: Path) -> None:
    done = run(
        sys.executable,
        "-c",
        "from sous.terminal import say; say('grün')",
        cwd=tmp_path,
        env={"PYTHONIOENCODING": "ascii:strict"},
    )
    assert done.code == 0
    assert done.err.startswith("gr")


def test_a_closed_stderr_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "x").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
    say("nobody hears it")


def test_a_live_line_shows_the_time_and_is_wiped(capsys: pytest.CaptureFixture[str]) -> None:
    import time

    with Waiting("asking", enabled=True) as waiting:
        time.sleep(0.5)
        waiting.stop()
    err = capsys.readouterr().err
    assert "0 s, asking" in err
    assert err.endswith("\r\x1b[K")


def test_several_live_lines_are_drawn_over_themselves_and_wiped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sous.terminal.stderr_is_terminal", lambda: True)
    drawn = threading.Event()
    asked = []

    def labels() -> list[str]:
        asked.append(1)
        if len(asked) == 3:
            drawn.set()
        return ["one", "two\x1b[2J"]

    with Rows(labels, enabled=True):
        assert drawn.wait(10)
        say("between")
    err = capsys.readouterr().err
    assert "one\ntwo\\x1b[2J" in err
    assert "\r\x1b[K\x1b[A\x1b[Kone" in err
    assert "\r\x1b[K\x1b[A\x1b[Kbetween\n" in err
    assert "\x1b[2J" not in err.replace("\\x1b[2J", "")


def test_without_a_terminal_there_is_no_live_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Waiting("asking"):
        pass
    assert capsys.readouterr().err == ""


def test_lines_on_a_whole_screen_are_cut_to_it_and_command_nothing(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    monkeypatch.setenv("LINES", "4")
    with whole_screen() as show:
        show(["\x1b]0;pwned\x07", "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", "c", "d"])
    shown = capfdbinary.readouterr().out.decode()
    lines = shown[shown.index("\x1b[H") + 3 : shown.index("\x1b[J")].split("\x1b[K\r\n")
    assert lines == ["\\x1b]0;pw", "\u6f22\u5b57\u6f22\u5b57", "… 2 more lines", ""]
    assert shown.endswith("\x1b[?25h\x1b[?1049l")


def wait_for_the_first_line() -> None:
    next(thread for thread in threading.enumerate() if thread.name == "first line").join(10)


@pytest.mark.parametrize(
    ("quiet", "speaks", "expected"),
    [
        (False, "", "sous check is at work …\n"),
        (True, "", ""),
        (False, "line", "hello\n"),
        (False, "question", ""),
    ],
)
def test_work_that_shows_nothing_for_long_is_told_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, quiet: bool, speaks: str, expected: str
) -> None:
    monkeypatch.setattr("sous.terminal.FIRST_LINE", 0.1)
    with first_line(lambda: "sous check is at work"):
        if quiet:
            be_quiet()
        if speaks == "line":
            say("hello")
        elif speaks == "question":
            has_spoken()
        wait_for_the_first_line()
    assert capsys.readouterr().err == expected


def test_the_line_names_the_innermost_work(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.terminal.FIRST_LINE", 0.01)
    with first_line(lambda: "sous is at work"), doing("packing demo"):
        wait_for_the_first_line()
    assert capsys.readouterr().err == "packing demo …\n"


@pytest.mark.parametrize(("is_known", "quiet", "lines"), [(True, False, 3), (True, True, 0), (False, False, 1)])
def test_a_long_silence_is_broken_again_and_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_known: bool, quiet: bool, lines: int
) -> None:
    monkeypatch.setattr("sous.terminal.FIRST_LINE", 0.01)
    monkeypatch.setattr("sous.terminal.LATER", 0.02)
    with first_line(lambda: "sous is at work"), doing("packing demo") if is_known else contextlib.nullcontext():
        if quiet:
            be_quiet()
        threading.Event().wait(0.3)
    shown = capsys.readouterr().err.splitlines()
    assert shown[1:] == ["0 s, packing demo …"] * len(shown[1:])
    assert len(shown) >= lines if lines > 1 else len(shown) == lines


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_no_line_is_redrawn_where_the_terminal_is_dumb(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setattr("sous.terminal.stderr_is_terminal", lambda: True)
    monkeypatch.setenv("TERM", term)
    assert has_live_line() is (term != "dumb")
