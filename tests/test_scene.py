"""What the scene of the tests decides by itself."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from scene import running, runs_exhaustive

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
def test_a_program_in_a_terminal_ends_with_a_test_that_fails(tmp_path: Path) -> None:
    terminal = os.open(os.devnull, os.O_RDWR)
    waits = [sys.executable, "-c", "import signal; signal.pause()"]
    with pytest.raises(ZeroDivisionError), running(waits, tmp_path, terminal=terminal, stdout=True):
        _ = 1 / 0


@pytest.mark.parametrize(
    ("marks", "named", "profile", "wanted"),
    [
        pytest.param("", [], "quick", False, id="plain"),
        pytest.param("not real", ["tests/commands"], "quick", False, id="without real programs"),
        pytest.param("exhaustive", [], "quick", True, id="asked for"),
        pytest.param("", ["tests/test_x.py::test_y"], "quick", True, id="a single test"),
        pytest.param("", [], "ci", True, id="in CI"),
        pytest.param("not real", [], "deep", True, id="deep"),
    ],
)
def test_when_the_exhaustive_tests_run(marks: str, named: list[str], profile: str, wanted: bool) -> None:
    assert runs_exhaustive(marks, named, profile) is wanted
