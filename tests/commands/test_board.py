"""`sous board`: once, as data, as a page, and live on a terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from clones import joined
from scene import SOUS, git, in_dialog

# its terminal is the one that Ctrl-C on it reaches
OWN_TERMINAL = (
    "import os, sys, fcntl, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_the_board_is_shown_to_all_who_may_read(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    run("sous", "claim", "1", cwd=one)
    shown = run("sous", "board", cwd=two)
    assert (shown.code, "running (1)" in shown.out, "· Ann@" in shown.out) == (0, True, True)
    assert "not in a team" not in run("sous", "team", "off", cwd=two).err
    data = json.loads(run("sous", "board", "--json", cwd=two).out)
    assert [step["column"] for step in data["steps"]] == ["running", "blocked", "ready"]
    away = run("sous", "board", "--branch", "sous/other", cwd=two)
    assert (away.code, "the remote has no sous/other" in away.err) == (1, True)
    outside = run("sous", "board", "--plan", "../plan.md", cwd=two)
    assert (outside.code, len(outside.err.splitlines())) == (1, 1)
    git(two, "remote", "remove", "origin")
    assert "there is no remote 'origin'" in run("sous", "board", cwd=two).err


def test_a_page_takes_the_place_of_no_other_file(tmp_path: Path, home: Path, run: Run) -> None:
    (one,) = joined(tmp_path, home, run, "one")
    (one / "mine.html").write_text("<p>mine</p>")
    refused = run("sous", "board", "--html", "mine.html", cwd=one)
    assert (refused.code, "is not a page of sous" in refused.err) == (1, True)
    for _ in range(2):
        assert "board.html: written" in run("sous", "board", "--html", "board.html", cwd=one).err
    assert "<title>prompt_plan.md</title>" in (one / "board.html").read_text()
    assert run("sous", "board", "--every", "0", cwd=one).code == 2
    assert run("sous", "board", "--port", "99999", cwd=one).code == 2


def test_on_a_terminal_it_stays_until_ctrl_c(tmp_path: Path, home: Path, run: Run) -> None:
    (one,) = joined(tmp_path, home, run, "one")
    command = [sys.executable, "-c", OWN_TERMINAL, *SOUS, "board", "--every", "0.2"]
    shown = in_dialog(command, one, ("ready (2)", b"\x03"), stdout=True)
    assert "\x1b[?1049h" in shown
    assert shown.index("\x1b[?1049l") < shown.rindex("ready (2)"), "the last board stays on the terminal"
