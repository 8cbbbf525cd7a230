from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scene import committed

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = "# Plan: x\n\n## Step 1: A\n\n```text\nWrite a.txt, no more.\n```\n"
AGENT = "open('a.txt', 'w').write('a\\n' * 3); print('I wrote \\x1b[2J it')\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    return committed(folder, {"prompt_plan.md": PLAN, "../agent.py": AGENT})


def test_what_the_agent_of_a_good_step_printed_can_be_seen(run: Run, project: Path) -> None:
    agent = f'"{sys.executable}" "{project.parent / "agent.py"}"'
    done = run("sous", "run", "--agent", agent, "--no-test", "-v", cwd=project)
    assert done.code == 0, done.err
    assert "I wrote \\x1b[2J it" in done.err
    assert "Step 1: A: done, 1 file (+3 -0), " in done.err
    assert run("sous", "log", cwd=project).out == "I wrote \\x1b[2J it\n"
    assert run("sous", "log", "1", "--follow", cwd=project).out == "I wrote \\x1b[2J it\n"
    assert run("sous", "log", "--prompt", cwd=project).out.startswith("# Step 1: A\n")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ((), 1, "there is no log of an agent yet"),
        (("9",), 1, "no log of step 9"),
        (("-f", "--prompt"), 2, "leave --prompt out"),
    ],
)
def test_a_log_that_is_not_there_is_said(run: Run, project: Path, args: tuple[str, ...], code: int, says: str) -> None:
    done = run("sous", "log", *args, cwd=project)
    assert (done.code, says in done.err, done.out) == (code, True, ""), done.err


def test_quiet_and_verbose_do_not_go_together(run: Run, project: Path) -> None:
    assert run("sous", "run", "-q", "-v", cwd=project).code == 2
