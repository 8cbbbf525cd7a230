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


@pytest.mark.parametrize(
    ("above", "command"),
    [
        ("- **Test command:** `pytest -q`", "pytest -q"),
        ("* **Test command**: `go test ./...` (all)", "go test ./..."),
        ("- **Test command:** pytest", None),
        ("- **Test command:** ``", None),
        ("- **Test command:** `rm\u202e x`", None),
        ("- **Test command:** `" + "x" * 201 + "`", None),
        ("", None),
    ],
)
def test_a_plan_may_name_its_test_command_above_its_steps(tmp_path: Path, above: str, command: str | None) -> None:
    step = "## Step 1: A\n\n```text\nDo it.\n\n- **Test command:** `evil`\n```\n\n- **Test command:** `evil`\n"
    (tmp_path / "plan.md").write_text(f"# Plan: x\n\n## Blueprint\n\n{above}\n\n{step}", "utf-8")
    assert read_plan(tmp_path / "plan.md").test_command == command


# what the signal raises may be raised while hypothesis counts what the collector takes
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_list_that_takes_too_long_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "SECONDS", 0.1)
    path = tmp_path / "issues.md"
    path.write_text("## Issue: fix it\n\n- **Location:** `a.py:1`\n\nText.\n\n" * 5_000, "utf-8")
    with pytest.raises(SousError, match=r"issues\.md: not read within 0\.1 s; split it"):
        read_file(path)
