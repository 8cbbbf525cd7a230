"""Seen from outside, by strace: which programs a command starts in an armed clone, and where it writes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_traps import Traps, arm
from scene import SOUS, write_tree
from sous.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.real, pytest.mark.skipif(sys.platform != "linux", reason="strace is of Linux")]

PLAN = "# Plan\n\n## Step 1: Add right\n\n```text\nMake add(a, b) in app.py return the sum.\n```\n"
REPORT = "## Adding is wrong\n\n- **Severity:** high\n- **Location:** `app.py:3-3`\n\n**What is wrong:** It is.\n"
STATIC = "-m sous-static -f"
# Every command, as it is used; those that would need a person, a key or a forge as far as they get without.
LINES = {
    "bundle": ["bundle --include-diffs --include-logs", "bundle --since HEAD~1", "bundle --budget 300"],
    "clean": ["clean"],
    "copy-buffer": ["copy-buffer"],
    "code-review": [f"code-review {STATIC}"],
    "security-review": ["security-review -m none"],
    "github-issues": [f"github-issues {STATIC}"],
    "issue-prompts": [f"issue-prompts {STATIC}"],
    "missing-tests": [f"missing-tests {STATIC}"],
    "readme": [f"readme {STATIC} -o R.md"],
    "check": ["check report.md --fix --html page.html"],
    "findings": ["findings", "findings dismiss 0000 --why x"],
    "items": ["items report.md", "items report.md done 1"],
    "post": ["post report.md --dry-run --repo o/r"],
    "ci": ["ci --no-comment"],
    "hone": ["hone an-idea -m none --answers answers.txt"],
    "plan": ["plan spec.md -m none"],
    "todo": ["todo"],
    "next": ["next"],
    "step": ["step done 1"],
    "status": ["status", "status --html status.html"],
    "run": ["run --agent ./agent.sh --test true --no-tdd --retries 0 --yes"],
    "log": ["log"],
    "mcp": ["mcp --allow-write"],
    "board": ["board --once", "board --html board.html"],
    "watch": ["watch --once"],
    "team": ["team init --yes"],
    "claim": ["claim"],
    "release": ["release 1"],
    "land": ["land 1 --test true"],
    "handoff": ["handoff 1"],
    "take": ["take 1"],
    "sync": ["sync"],
    "all": [f"all {STATIC}"],
    "fleet": ["fleet bundle check . -q", "fleet status"],
    "models": ["models"],
    "cost": ["cost"],
    "init": ["init --yes"],
    "doctor": ["doctor"],
    "install": ["install"],
    "uninstall": ["uninstall"],
    "hook": ["hook check report.md", "hook secrets report.md"],
    "tasks": ["tasks"],
    "trust": ["trust --show"],
}  # fmt: skip
OURS = re.compile(r"/(?:git|git-[\w-]+|python[\d.]*|sous|ruff|gh|xclip|xsel|wl-copy|uname|ldconfig\S*|gcc|ld|objdump)$")
WRITES = re.compile(
    r'^\d+ +(?:openat\(\w+, |creat\()"((?:[^"\\]|\\.)*)"[^\n]*?O_(?:WRONLY|RDWR|CREAT)[^\n]*= \d', re.MULTILINE
)
STARTS = re.compile(r'^\d+ +execve\("([^"]+)"[^\n]*= 0$', re.MULTILINE)


@pytest.fixture
def clone(tmp_path: Path) -> Traps:
    """An armed repository with a plan, a report and an agent in it."""
    traps = arm(tmp_path)
    texts = {"prompt_plan.md": PLAN, "report.md": REPORT, "spec.md": "# Spec\n\nAdd.\n", "answers.txt": "yes\n"}
    write_tree(traps.repo, {**texts, "agent.sh": "#!/bin/sh\ntrue\n"})
    (traps.repo / "agent.sh").chmod(0o755)
    for name in ("git", "gh", "ruff", "xclip", "sh"):  # programs of ours that the clone would like to be
        path = traps.repo / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{traps.traces}/program-{name}'\n")
        path.chmod(0o755)
    return traps


def watched(command: str, clone: Traps, strace: str, log: Path, *, hostile: bool) -> str:
    """Run a command under strace; return what the system was asked for."""
    env = {**os.environ, **(clone.environment() if hostile else {})}
    env["PATH"] = os.pathsep.join((str(clone.repo / "bin"), "bin", env["PATH"]))
    argv = [strace, "-f", "-qq", "-s", "4096", "-e", "trace=execve,openat,creat", "-o", str(log), *SOUS]
    subprocess.run(
        [*argv, *command.split()], cwd=clone.repo, env=env, capture_output=True, check=False, timeout=110, input=b""
    )
    return log.read_text("utf-8", "replace")


def is_allowed_to_write(path: str, clone: Traps, home: Path) -> bool:
    """Tell whether a path is in the project, in folders of ours below the home folder, or in a temporary one."""
    if path == "/tmp" or (path.startswith(("/dev/", "/proc/self/", "/tmp/")) and str(clone.repo.parent) not in path):
        return True
    if not path.startswith("/"):
        return ".." not in Path(path).parts  # in a folder that is held, or the project itself
    ours = (clone.repo, home / ".local/state/sous", home / ".cache", home / "llm", home / ".config")
    return any(Path(path).is_relative_to(folder) for folder in ours)


@pytest.mark.parametrize("command", [line for lines in LINES.values() for line in lines])
def test_nothing_of_a_clone_is_started_and_nothing_written_elsewhere(
    command: str, clone: Traps, home: Path, tmp_path: Path, needs: Callable[[str], str]
) -> None:
    seen = watched(command, clone, needs("strace"), tmp_path / "log", hostile=not command.startswith("run"))
    named = (str(clone.repo / "agent.sh"), "/bin/sh", "/usr/bin/sh", "/usr/bin/true")
    asked_for = named if command.startswith("run") else ()
    started = [one for one in STARTS.findall(seen) if one not in asked_for]
    assert [one for one in started if not OURS.search(one) or one.startswith(str(clone.repo))] == []
    written = [one for one in WRITES.findall(seen) if not is_allowed_to_write(one, clone, home)]
    assert written == []
    assert clone.sprung() == []


def test_every_command_is_watched() -> None:
    assert set(LINES) == set(COMMANDS)
