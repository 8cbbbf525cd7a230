"""Tokens that real aider sends for five steps with two faults: `python tests/bench/aider_tokens.py [SOURCE]`.

A scripted model answers; SOURCE is the `src` of another checkout, to compare with. Needs .tools/aider.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE)]

from fake_model import FakeModel  # noqa: E402
from sous.tokens import count_tokens  # noqa: E402

STEPS, FAULTY = 5, (2, 4)
_LINES = 150  # of each module: as long as modules are


def files_of(step: int, *, wrong: bool) -> dict[str, str]:
    """Return the files of a step, with a fault in them or without."""
    value = step + 1 if wrong else step
    body = "\n".join(f"    total = total + {number}  # part {number} of step {step}" for number in range(_LINES))
    module = f"def part_{step}(total=0):\n{body}\n    return {value}\n"
    case = f"import unittest\n\nimport m{step}\n\n\nclass T{step}(unittest.TestCase):\n"
    test = f"    def test_{step}(self):\n        self.assertEqual(m{step}.part_{step}(), {step})\n"
    return {f"test_m{step}.py": case + test, f"m{step}.py": module}


def plan() -> str:
    """Return the plan of the five steps."""
    fields = "- **Files:** `m{0}.py`, `test_m{0}.py`\n\n"
    step = "## Step {0}: Part {0}\n\n" + fields + "```text\nWrite part_{0}() in m{0}.py, tested.\n```\n"
    return "# Plan: x\n\n" + "\n".join(step.format(number) for number in range(1, STEPS + 1))


def main() -> None:
    """Carry the plan out and print what was sent."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "src").resolve()
    tried: set[int] = set()
    summaries = []

    def answer(prompt: str) -> str:
        found = re.findall(r"^# Step (\d):", prompt, re.MULTILINE)
        if not found or "summarize this partial conversation" in prompt.casefold():
            summaries.append(prompt)
            return "I asked for some parts to be written."
        step = int(found[-1])
        wrong = step in FAULTY and step not in tried
        tried.add(step)
        return "\n\n".join(f"{name}\n```python\n{text}```" for name, text in files_of(step, wrong=wrong).items())

    with FakeModel() as model, tempfile.TemporaryDirectory(prefix="sous-bench-") as folder:
        model.script = answer
        project, home = Path(folder, "project"), Path(folder, "home")
        project.mkdir()
        home.mkdir()
        (project / "prompt_plan.md").write_text(plan())
        (home / ".gitconfig").write_text("[user]\n\tname = A\n\temail = a@example.com\n")
        aider = HERE.parent / ".tools" / "aider" / "bin"
        path = os.pathsep.join([str(aider), str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        keys = {"OPENAI_API_BASE": model.url, "OPENAI_API_KEY": "none", "PYTHONPATH": str(source)}
        env = {"HOME": str(home), "PATH": path, **keys}
        for command in ("init -q", "add .", "commit -qm start"):
            subprocess.run(["git", *command.split()], cwd=project, env=env, check=True)
        argv = ["run", "--agent", "aider", "--model", "openai/scripted", "--test", "python -m unittest -q", "--yes"]
        done = subprocess.run([sys.executable, "-m", "sous", *argv], cwd=project, env=env, check=False, timeout=900)
        sent = [count_tokens(json.dumps(request.get("messages"))) for request in model.requests]
        print(f"exit code {done.returncode}, {len(sent)} requests, {sum(sent):,} tokens sent")
        print(f"{len(summaries)} of them to summarise: {sum(map(count_tokens, summaries)):,} tokens")


if __name__ == "__main__":
    main()
