"""What must not be loaded: rooms that a command does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROJECT = "languages paths data coverage manifests".split()  # noqa: SIM905


def loaded(*modules: str) -> set[str]:
    """Return the rooms of sous that importing modules loads, in a process of its own."""
    code = f"import sys, {', '.join(modules)}; print(*(name for name in sys.modules if name.startswith('sous.')))"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    return {name.split(".")[1] for name in done.stdout.split()}


@pytest.mark.parametrize(
    ("modules", "without"),
    [
        (["sous.runner.run", "sous.runner.judge"], {"bundle", "analyst", "models", "claims"}),
        (["sous.reports.fit"], {"analyst"}),
        ([f"sous.project.{name}" for name in PROJECT], {"bundle", "analyst", "claims", "reports", "runner", "models"}),
    ],
    ids=["runner", "fit", "project"],
)
def test_a_room_is_not_loaded_for_a_constant(modules: list[str], without: set[str]) -> None:
    assert not loaded(*modules) & without
