from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from sous.terminal import clean, has_live_line, human_size, isolated, one_line, say, whole_screen

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


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_no_line_is_redrawn_where_the_terminal_is_dumb(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setattr("sous.terminal.stderr_is_terminal", lambda: True)
    monkeypatch.setenv("TERM", term)
    assert has_live_line() is (term != "dumb")
