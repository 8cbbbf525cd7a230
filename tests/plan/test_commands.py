from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sous.plan.commands import command_in, commands_of
from sous.plan.shape import Planned
from sous.plan.steps import Step

PYTHON = Path(sys.executable).name


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))


@pytest.mark.parametrize(
    "behind", ["", " passes", " succeeds.", " exits with code 0", " returns 0", " works!", " is green"]
)
def test_a_line_that_is_a_command_is_one(behind: str) -> None:
    assert command_in(f"`{PYTHON} -m unittest -q`{behind}") == f"{PYTHON} -m unittest -q"


@pytest.mark.parametrize(
    "text",
    [
        "`add(2, 2)` is 4",
        "`add(2, 2)`",
        "`no-such-program -q` passes",
        f"`{PYTHON} x.py` prints 3",
        f"open the page, then `{PYTHON} x.py`",
        f"`{PYTHON} \x1b[2J`",
        "it starts",
        "``",
        "`GET /links` exits with 0",
    ],
)
def test_other_lines_are_none(text: str) -> None:
    assert command_in(text) is None


def test_commands_of_steps_are_listed_once() -> None:
    step = Planned(Step("1", "A", "Do it.", done=False, line=1), verify=(f"`{PYTHON} -V`", "it starts"))
    assert commands_of([step, replace(step, verify=(f"`{PYTHON} -V` works",))]) == [f"{PYTHON} -V"]
