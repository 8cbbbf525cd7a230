"""A project with one file, and the clones that the tests of this folder take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import committed
from sous.runner.workplace import Workplace
from teams import clone, first_clone, member

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["clone", "first_clone", "member"]


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A repository with `a.py`, in which a plan is carried out."""
    top = committed(tmp_path / "project", {"a.py": "A = 1\n"}).resolve()
    return Workplace(top, top, top / "prompt_plan.md")
