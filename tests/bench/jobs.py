"""How long a plan of 12 steps in 3 levels takes, one after another and with --jobs 4; the agent sleeps 3 s.

`python tests/bench/jobs.py [SECONDS]`; the ratio of the two is what counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEP = """
## Step {number}: Part {number}

- **Builds on:** {builds_on}
- **Files:** `part{number}.py`, `test_part{number}.py`

```text
Write part{number}.py with f{number}(), which returns {number}, with its test.
```
"""
AGENT = """
import re, sys, time
n = re.search(r"# Step (\\d+)", sys.stdin.read())[1]
time.sleep({seconds})
open(f"part{{n}}.py", "w").write(f"def f{{n}}():\\n    return {{n}}\\n")
open(f"test_part{{n}}.py", "w").write(
    f"import unittest\\nfrom part{{n}} import f{{n}}\\nclass T(unittest.TestCase):\\n"
    f"    def test_it(self):\\n        self.assertEqual(f{{n}}(), {{n}})\\n"
)
"""
OLD = "import unittest\nclass T(unittest.TestCase):\n    def test_old(self):\n        self.assertTrue(True)\n"
WIDTH, LEVELS, JOBS = 4, 3, 4


def main(seconds: str = "3") -> None:
    alone = timed(seconds)
    at_once = timed(seconds, "--jobs", str(JOBS))
    print(f"one after another {alone:.1f} s, --jobs {JOBS} {at_once:.1f} s: {at_once / alone:.2f}")


def timed(seconds: str, *options: str) -> float:
    """Return how long it took to carry out the plan. Raises AssertionError unless all of it was done."""
    with tempfile.TemporaryDirectory(prefix="sous-jobs-") as scratch:
        project, agent = Path(scratch, "project"), Path(scratch, "agent.py")
        project.mkdir()
        agent.write_text(AGENT.format(seconds=seconds))
        (project / "test_old.py").write_text(OLD)
        (project / "prompt_plan.md").write_text("# Plan\n" + "".join(map(step, range(1, WIDTH * LEVELS + 1))))
        env = {**os.environ, "HOME": scratch, "XDG_STATE_HOME": f"{scratch}/state", "SOUS_NOTIFY": "never"}
        env |= {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        for words in ("init -q -b main", "add -A", "commit -qm one"):
            subprocess.run(["git", *words.split()], cwd=project, env=env, check=True)
        command = [sys.executable, "-m", "sous", "run", "-y", "--agent", f'"{sys.executable}" "{agent}"']
        command += ["--test", f'"{sys.executable}" -m unittest -q', *options]
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=project, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        took = time.monotonic() - began
        assert done.returncode == 0, done.stderr
        return took


def step(number: int) -> str:
    level = (number - 1) // WIDTH
    before = range(WIDTH * (level - 1) + 1, WIDTH * level + 1)
    builds_on = ", ".join(f"step {one}" for one in before) if level else "nothing"
    return STEP.format(number=number, builds_on=builds_on)


if __name__ == "__main__":
    main(*sys.argv[1:])
