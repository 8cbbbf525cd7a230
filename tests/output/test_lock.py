from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.output.lock import holding

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from sous.output.lock import holding
with holding([Path(sys.argv[1])], who="code-review", timeout=5):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def test_the_second_waits_and_says_for_whom(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "a.md"), "0.7"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        began = time.monotonic()
        with holding([tmp_path / "a.md"], who="all", timeout=20):
            assert time.monotonic() - began > 0.3
    assert f"waiting for `sous code-review` (process {other.pid}), which is writing" in capsys.readouterr().err


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "a.md"), "30"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(SousError, match="is still writing"), holding([tmp_path / "a.md"], who="x", timeout=0.3):
            pass
        other.kill()


def test_a_process_that_died_holds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "a.md"), "30"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        other.kill()
    with holding([tmp_path / "a.md"], who="x", timeout=5):
        assert capsys.readouterr().err == ""


def test_other_files_are_not_waited_for(tmp_path: Path) -> None:
    with holding([tmp_path / "a.md"], who="x", timeout=1), holding([tmp_path / "b.md"], who="y", timeout=1):
        pass
