from __future__ import annotations

import contextlib
import threading

import pytest

from sous.terminal import be_quiet, has_spoken, say
from sous.waiting import Rows, Waiting, doing, first_line


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
    monkeypatch.setattr("sous.waiting.FIRST_LINE", 0.1)
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
    monkeypatch.setattr("sous.waiting.FIRST_LINE", 0.01)
    with first_line(lambda: "sous is at work"), doing("packing demo"):
        wait_for_the_first_line()
    assert capsys.readouterr().err == "packing demo …\n"


@pytest.mark.parametrize(("is_known", "quiet", "lines"), [(True, False, 3), (True, True, 0), (False, False, 1)])
def test_a_long_silence_is_broken_again_and_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_known: bool, quiet: bool, lines: int
) -> None:
    monkeypatch.setattr("sous.waiting.FIRST_LINE", 0.01)
    monkeypatch.setattr("sous.waiting.LATER", 0.02)
    with first_line(lambda: "sous is at work"), doing("packing demo") if is_known else contextlib.nullcontext():
        if quiet:
            be_quiet()
        threading.Event().wait(0.3)
    shown = capsys.readouterr().err.splitlines()
    assert shown[1:] == ["0 s, packing demo …"] * len(shown[1:])
    assert len(shown) >= lines if lines > 1 else len(shown) == lines
