"""Boxes below a step are ticked by what was run, after a yes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, committed, in_terminal

if TYPE_CHECKING:
    from scene import Run

PYTHON = Path(sys.executable).name
VERIFY = f'- `{PYTHON} -c "exit(0)"` passes\n- `{PYTHON} -c "exit(3)"` passes\n- somebody looks at it\n'
PLAN = f"# Plan: x\n\n## Step 1: A\n\n```text\nWrite a.txt, no more.\n```\n\n**Verify:**\n\n{VERIFY}"
AGENT = "open('a.txt', 'w').write('a\\n')\n"
OPEN = ["[x] Step 1", "[ ] `", "[ ] `", "[ ] some"]
RUN = ["[x] Step 1", "[x] `", "[ ] `", "[ ] some"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    folder = tmp_path / "project"
    return committed(folder, {"prompt_plan.md": PLAN, "../agent.py": AGENT})


def boxes(project: Path) -> list[str]:
    lines = (line.strip() for line in (project / "todo.md").read_text().splitlines() if "- [" in line)
    return [line.removeprefix("- ") for line in lines]


def is_like(found: list[str], wanted: list[str]) -> bool:
    return len(found) == len(wanted) and all(map(str.startswith, found, wanted))


def options(project: Path) -> tuple[str, ...]:
    return ("run", "--agent", f'"{sys.executable}" "{project.parent / "agent.py"}"', "--no-test")


def test_commands_that_nobody_agreed_to_are_not_run(run: Run, project: Path) -> None:
    done = run("sous", *options(project), "--yes", cwd=project)
    assert done.code == 0, done.err
    assert "not run: 2 commands that verify steps" in done.err
    assert is_like(boxes(project), OPEN)


def test_trust_shows_them_and_agrees(run: Run, project: Path) -> None:
    shown = run("sous", "trust", "--yes", cwd=project).out
    assert "verify = " in shown
    assert "exit(3)" in shown
    done = run("sous", *options(project), "--yes", cwd=project)
    assert "fails (exit code 3); its box stays open" in done.err
    assert is_like(boxes(project), RUN)


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_a_yes_agrees(project: Path) -> None:
    shown = in_terminal([*SOUS, *options(project), "--yes"], project, b"y\n")
    assert "Run them after their steps?" in shown
    assert is_like(boxes(project), RUN)
