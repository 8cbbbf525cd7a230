"""`sous run` in a team: by one worker or several, each in a worktree of its own."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scene import git, write_tree
from sous.commands.run import run as command
from sous.commands.run_together import _shared_out, as_arguments

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = "# Plan\n" + "".join(
    f"\n## Step {number}: {title}\n\n- **Builds on:** nothing\n- **Files:** `{title}.md`\n\n```text\nWrite {title}.\n```\n"
    for number, title in enumerate(("one", "two"), 1)
)
AGENT = "import re, sys\nname = re.search(r'Write (\\w+)', sys.stdin.read())[1]\nopen(name + '.md', 'w').write('x')\n"


@pytest.fixture
def clone(tmp_path: Path, home: Path, run: Run) -> Path:
    (home / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.com\n")
    (tmp_path / "agent.py").write_text(AGENT)
    folder = tmp_path / "one"
    write_tree(folder, {"prompt_plan.md": PLAN, ".gitignore": "todo.md\n"})
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "start")
    git(tmp_path, "clone", "-q", "--bare", "one", "remote.git")
    git(folder, "remote", "add", "origin", str(tmp_path / "remote.git"))
    return folder


def test_workers_carry_out_a_plan_beside_each_other(clone: Path, run: Run) -> None:
    agent = ("--agent", f'"{sys.executable}" "{clone.parent / "agent.py"}"', "--no-test")
    done = run("sous", "run", *agent, "--workers", "2", cwd=clone)
    assert (done.code, "--workers needs a team" in done.err) == (2, True)
    run("sous", "team", "init", "--yes", cwd=clone)
    done = run("sous", "run", *agent, "--branch", "x", cwd=clone)
    assert (done.code, "--branch does not work in a team" in done.err) == (2, True)
    done = run("sous", "run", *agent, "--jobs", "2", cwd=clone)
    assert (done.code, "--jobs does not work in a team; use --workers N" in done.err) == (2, True)
    shown = run("sous", "run", *agent, "--dry-run", "--workers", "2", cwd=clone)
    assert (shown.code, "2 workers" in shown.out, "ready" in shown.out) == (0, True, True)
    done = run("sous", "run", *agent, "--workers", "2", "--steps", "2", "--yes", cwd=clone)
    assert done.code == 0, done.err
    assert "[1] Step" in done.err
    assert "[2] Step" in done.err
    assert done.err.count(": landed on origin/sous/prompt_plan as") == 2
    assert "all steps of prompt_plan.md have landed" in run("sous", "run", *agent, "--yes", cwd=clone).err
    assert git(clone, "status", "--porcelain") == ""


def test_workers_of_one_run_have_one_limit(clone: Path, run: Run) -> None:
    paid = "print('Tokens: 1k sent, 10 received. Cost: $0.20 message, $0.20 session.')\n"
    more = "\n## Step 3: three\n\n- **Builds on:** step 1, step 2\n\n```text\nWrite three.\n```\n"
    (clone / "prompt_plan.md").write_text(PLAN + more)
    git(clone, "commit", "-qam", "more")
    (clone.parent / "agent.py").write_text(AGENT + paid)
    agent = ("--agent", f'"{sys.executable}" "{clone.parent / "agent.py"}"', "--no-test")
    run("sous", "team", "init", "--yes", cwd=clone)
    done = run("sous", "run", *agent, "--workers", "2", "--yes", "--max-cost", "0.3", cwd=clone)
    assert done.code == 4, done.err
    assert "$0.40 spent by all workers" in done.err
    assert "Error: agents spent $0.40, and --max-cost is $0.30: nothing more is started" in done.err
    assert done.err.count(": landed on origin/sous/prompt_plan as") == 2


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_was_killed_goes_on_with_its_step(clone: Path, run: Run) -> None:
    killing = (
        "import os, pathlib, signal\n"
        f"mark = pathlib.Path({str(clone.parent / 'mark')!r})\n"
        "if not mark.exists():\n"
        "    mark.touch()\n    open('half.md', 'w').write('x')\n    os.kill(os.getppid(), signal.SIGKILL)\n    os._exit(1)\n"
    )
    (clone.parent / "agent.py").write_text(killing + AGENT)
    run("sous", "team", "init", "--yes", cwd=clone)
    argv = ("--agent", f'"{sys.executable}" "{clone.parent / "agent.py"}"', "--no-test", "--steps", "1", "--yes")
    assert run("sous", "run", *argv, cwd=clone).code == -9
    [first] = [row for row in _states(run, clone) if row["state"] == "claimed"]
    done = run("sous", "run", *argv, cwd=clone)
    assert (done.code, "was interrupted: what there was of it is undone" in done.err) == (0, True), done.err
    assert [row["id"] for row in _states(run, clone) if row["state"] == "done"] == [first["id"]]
    git(clone, "fetch", "-q")
    assert "half.md" not in git(clone, "ls-tree", "--name-only", "origin/sous/prompt_plan")


def _states(run: Run, clone: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run("sous", "team", "status", "--json", cwd=clone).out)
    return found


def test_a_command_line_is_made_of_options_again() -> None:
    options: dict[str, Any] = {
        "plan": "p.md",
        "steps": 3,
        "tdd": False,
        "yes": True,
        "quiet": False,
        "allow": ("a", "b"),
    }
    words = as_arguments(command, options)
    assert words == ["--plan", "p.md", "--no-tdd", "--steps", "3", "--allow", "a", "--allow", "b", "-y"]


def test_steps_are_shared_out() -> None:
    assert _shared_out(None, 3) == [None, None, None]
    assert _shared_out(5, 3) == [2, 2, 1]
    assert _shared_out(2, 8) == [1, 1]
