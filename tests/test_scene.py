"""What the scene of the tests decides by itself."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from scene import running

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
def test_a_program_in_a_terminal_ends_with_a_test_that_fails(tmp_path: Path) -> None:
    terminal = os.open(os.devnull, os.O_RDWR)
    waits = [sys.executable, "-c", "import signal; signal.pause()"]
    with pytest.raises(ZeroDivisionError), running(waits, tmp_path, terminal=terminal, stdout=True):
        _ = 1 / 0
