"""Files of markdown that nobody wrote by hand are named, not read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sous import effort
from sous.errors import SousError
from sous.items.tick import read_file
from sous.plan.shape import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("read", [read_plan, read_file])
def test_a_file_of_a_gigabyte_is_named(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "plan.md"
    path.touch()
    os.truncate(path, 1 << 30)
    with pytest.raises(SousError, match=r"plan\.md has more than 20,000,000 bytes"):
        read(path)


def test_a_list_that_takes_too_long_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "SECONDS", 0.1)
    path = tmp_path / "issues.md"
    path.write_text("## Issue: fix it\n\n- **Location:** `a.py:1`\n\nText.\n\n" * 5_000, "utf-8")
    with pytest.raises(SousError, match=r"issues\.md: not read within 0\.1 s; split it"):
        read_file(path)
