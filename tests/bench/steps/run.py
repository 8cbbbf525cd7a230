"""Have scripted agents, lying or honest, carry out one step each, and count the ticks.

`python tests/bench/steps/run.py liars|honest [NAME…]`; the cases are in liars.toml and honest.toml beside it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
PLAN = "# Plan\n\n## Step 1: {title}\n\n{fields}\n```text\n{prompt}\n```\n"
NEIGHBOUR = """
## Step 2: Multiply

- **Builds on:** nothing
- **Files:** `mul.py`

```text
Add mul(a, b) in mul.py, with its test.
```
"""
# the neighbour of a case that has `beside`; both begin before either ends
BESIDE = """
if grep -q 'Step 2' "$1"; then
printf 'def mul(a, b):\\n    return a * b\\n' > mul.py
mkdir -p tests
printf 'import unittest\\nfrom mul import mul\\n\\n\\n' > {test}
printf 'class MulTest(unittest.TestCase):\\n    def test_mul(self):\\n        self.assertEqual(mul(2, 3), 6)\\n' >> {test}
exit 0
fi
"""
COMMANDS = {
    "unittest": "python3 -m unittest -q",
    "pytest": "python3 -m pytest -q",
    "node": "npm test",
    "go": "go test ./...",
    "rust": "cargo test",
}


def main(kind: str, *names: str) -> None:
    data = tomllib.loads((HERE / f"{kind}.toml").read_text("utf-8"))
    cases = [one for one in data["case"] if not names or one["name"] in names]
    ticked = 0
    for case in cases:
        began = time.monotonic()
        done, said = carry_out(case, data)
        ticked += done
        wrong = done != (kind == "honest")
        took = time.monotonic() - began
        print(f"{'WRONG' if wrong else 'right'} {case['project']:8} {case['name']:34} {took:4.1f} s {said}", flush=True)
    print(f"{ticked} of {len(cases)} ticked")


def carry_out(case: dict[str, Any], data: dict[str, Any]) -> tuple[bool, str]:
    """Return whether the step was ticked, and what was said of it."""
    with tempfile.TemporaryDirectory(prefix="sous-steps-") as scratch:
        project, agent = Path(scratch, "project"), Path(scratch, "agent.sh")
        files = data["projects"][case["project"]] | case.get("files", {})
        for path, text in files.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text)
        fields = f"- **Tests:** none ({case['tests']})\n" if "tests" in case else ""
        beside = case.get("beside", False)
        fields += "- **Builds on:** nothing\n- **Files:** `sub.py`\n" if beside else ""
        title, prompt = case.get("title", "Subtract"), case.get("prompt", "Add sub(a, b), with its test.")
        (project / "prompt_plan.md").write_text(
            PLAN.format(title=title, fields=fields, prompt=prompt) + (NEIGHBOUR if beside else "")
        )
        base = data.get("base", {}).get(case["project"], "") if case.get("base", True) else ""
        test = "tests/test_mul.py" if any(path.startswith("tests/") for path in files) else "test_mul.py"
        agent.write_text(f"set -e\n{BESIDE.format(test=test) if beside else ''}{base}\n{case.get('agent', '')}\n")
        env = {
            **os.environ,
            "HOME": scratch,
            "XDG_STATE_HOME": f"{scratch}/state",
            "XDG_CACHE_HOME": f"{scratch}/cache",
        }
        env |= {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        env |= {"SOUS_NOTIFY": "never"}
        for variable, folder in (("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo"), ("GOCACHE", ".cache/go-build")):
            env.setdefault(variable, str(Path.home() / folder))
        for words in ("init -q -b main", "add -A", "commit -qm one"):
            subprocess.run(["git", *words.split()], cwd=project, env=env, check=True)
        test = case.get("test", COMMANDS[case["project"]])
        command = [
            sys.executable,
            "-m",
            "sous",
            "run",
            "--agent",
            f"sh {agent}",
            "--test",
            test,
            "--retries",
            "0",
            "-y",
            *(["--jobs", "2"] if beside else []),
        ]
        ended = subprocess.run(
            command,
            cwd=project,
            env=env,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
        todo = project / "todo.md"
        text = todo.read_text() if todo.is_file() else ""
        done = "x] Step 1" in text
        if beside and "x] Step 2" not in text:
            return not done, f"the neighbour was not ticked: {ended.stderr[-150:]}"
        said = [line for line in ended.stderr.splitlines() if "Step 1" in line or line.startswith("Error")]
        return done, (said or ended.stderr.splitlines() or [""])[0][:170]


if __name__ == "__main__":
    main(*sys.argv[1:])
