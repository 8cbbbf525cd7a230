from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from sous.notify import notify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform == "darwin" or os.name == "nt", reason="notify-send is what Linux and its kin have"
)


@pytest.fixture
def told(fake_bin: Callable[[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop with a program that notifies: what it was told is in this file."""
    monkeypatch.setenv("DISPLAY", ":99")
    path = tmp_path / "told"
    fake_bin("notify-send", f"open({str(path)!r}, 'a').write(repr(sys.argv[1:]))")
    return path


def test_the_desktop_is_told_and_the_text_is_no_option(told: Path) -> None:
    notify("--urgency=critical\n\x1b[2J done", when="always", seconds=0)
    assert told.read_text() == r"['--app-name=sous', '--', 'sous', '--urgency=critical \\x1b[2J done']"


@pytest.mark.parametrize(("when", "seconds"), [("never", 100), ("auto", 5), ("auto", 100)])
def test_nobody_is_told_unless_wanted_and_watched(told: Path, when: str, seconds: float) -> None:
    notify("done", when=when, seconds=seconds)  # stderr of a test is no terminal
    assert not told.exists()


def test_a_program_that_fails_is_no_error(fake_bin: Callable[[str, str], Path], told: Path) -> None:
    fake_bin("notify-send", "sys.exit(1)")
    notify("done", when="always", seconds=0)
    assert not told.exists()
