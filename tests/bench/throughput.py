"""How many steps a minute several workers of `sous run` land, beside one worker.

Scripted agents that take 2 to 6 seconds, a bare repository as the remote, tests that take as long as is said. Each
landing runs the tests once more, as does each proof.

Run: python tests/bench/throughput.py [--workers N] [--steps N] [--tests SECONDS] [--alone N]
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOUS = str(Path(sys.executable).with_name("sous"))
AGENT = """\
import random, re, sys, time
name = re.search(r"Write (\\w+)", sys.stdin.read())[1]
time.sleep(random.Random(name).uniform(2, 6))
open(f"{name}.py", "w").write("x = 1\\n")
"""


def git(folder: Path, *words: str) -> str:
    """Run git as a user would."""
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def project(top: Path, steps: int) -> Path:
    """Make a clone of a remote, with a plan of steps that meet nowhere."""
    plan = "# Plan\n" + "".join(
        f"\n## Step {at}: Part {at}\n\n- **Builds on:** nothing\n- **Files:** `part{at}.py`\n\n"
        f"```text\nWrite part{at}.\n```\n"
        for at in range(1, steps + 1)
    )
    folder = top / "clone"
    folder.mkdir()
    (folder / "prompt_plan.md").write_text(plan)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "start")
    git(top, "clone", "-q", "--bare", "clone", "remote.git")
    git(folder, "remote", "add", "origin", str(top / "remote.git"))
    subprocess.run([SOUS, "team", "init", "--yes"], cwd=folder, check=True, capture_output=True)
    return folder


def seconds(steps: int, workers: int, tests: float) -> float:
    """Carry out a plan; return how long it took. Raises SystemExit where a step did not land."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        os.environ |= {"HOME": str(top / "home"), "XDG_STATE_HOME": str(top / "state")}
        (top / "home").mkdir()
        (top / "home" / ".gitconfig").write_text("[user]\nname = A\nemail = a@example.com\n")
        (top / "agent.py").write_text(AGENT)
        folder = project(top, steps)
        agent = shlex.join([sys.executable, str(top / "agent.py")])
        argv = [SOUS, "run", "--yes", "--no-tdd", "--agent", agent, "--test", f"sleep {tests}"]
        began = time.monotonic()
        done = subprocess.run(
            [*argv, "--workers", str(workers)], cwd=folder, capture_output=True, text=True, check=False
        )
        took = time.monotonic() - began
        landed = git(top / "remote.git", "ls-tree", "--name-only", "sous/prompt_plan", ".sous-plan/done/").split()
        if len(landed) != steps:
            raise SystemExit(f"{len(landed)} of {steps} landed:\n{done.stderr}")
        return took


def main() -> None:
    """Print steps a minute, and how many times one worker that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--steps", type=int, default=48)
    parser.add_argument("--tests", type=float, default=0.3)
    parser.add_argument("--alone", type=int, default=8, help="steps that one worker does for the comparison")
    given = parser.parse_args()
    alone = given.alone / seconds(given.alone, 1, given.tests) * 60
    many = given.steps / seconds(given.steps, given.workers, given.tests) * 60
    print(f"tests of {given.tests:g} s, load {os.getloadavg()[0]:.1f}")
    print(f"1 worker: {alone:.1f} steps a minute; {given.workers}: {many:.1f}; {many / alone:.1f} times")


if __name__ == "__main__":
    main()
