"""Three clones, two aiders each, one plan of 12 steps of which three meet in one file: who lands what, and how.

The model is scripted: it writes the files of a step, and where a file holds both sides of a conflict it keeps both.
Needs .tools/aider. Run: python tests/bench/aider_together.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fake_model import FakeModel, message_text

SOUS = str(Path(sys.executable).with_name("sous"))
AIDER = Path(__file__).parents[2] / ".tools" / "aider" / "bin"
MEETING = {3: "circle", 6: "square", 9: "line"}  # steps that all add to shapes.py
MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
SHAPES = "SHAPES = {}\n"


def step(at: int) -> str:
    """Return a step of the plan in markdown."""
    name = MEETING.get(at)
    files = f"`shapes.py`, `test_{name}.py`" if name else f"`part{at}.py`, `test_part{at}.py`"
    asked = f"Add {name} to shapes.py." if name else f"Write part{at}.py."
    head = f"\n## Step {at}: {name or f'Part {at}'}\n\n- **Builds on:** nothing\n- **Files:** {files}\n"
    return f"{head}\n```text\n{asked}\n```\n"


def whole(model: FakeModel, prompt: str) -> str:
    """Return all messages of the newest request that ends with a prompt: aider shows files in one before it."""
    found = (body["messages"] for body in reversed(model.requests) if message_text(body) == prompt)
    return "\n".join(str(message["content"]) for message in next(found))


def answer(prompt: str, everything: str) -> str:
    """Return what the model writes for a step: its file, and a test of it."""
    at = int(re.findall(r"^# Step (\d+):", prompt, re.MULTILINE)[-1])
    name = MEETING.get(at)
    if name is None:
        module, text, check = f"part{at}", f"VALUE = {at}\n", f"self.assertEqual(part{at}.VALUE, {at})"
    else:
        shown = re.findall(r"^shapes\.py\n```\w*\n(.*?)^```", everything, re.MULTILINE | re.DOTALL)
        lines = (shown[-1] if shown else SHAPES).splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(MARKS)]
        entry = f'SHAPES["{name}"] = {at}\n'
        module, text = "shapes", "".join(kept if entry in kept else [*kept, entry])
        check = f'self.assertEqual(shapes.SHAPES["{name}"], {at})'
    called = name or module
    case = f"import unittest\n\nimport {module}\n\n\nclass T(unittest.TestCase):\n    def test_{called}(self):\n"
    files = {f"{module}.py": text, f"test_{called}.py": f"{case}        {check}\n"}
    return "\n\n".join(f"{path}\n```python\n{content}```" for path, content in files.items())


def git(folder: Path, *words: str) -> str:
    """Run git as a user would."""
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def clones(top: Path) -> list[Path]:
    """Make a remote and three clones of it that take part."""
    first = top / "ann"
    first.mkdir()
    (first / "prompt_plan.md").write_text("# Shapes and parts\n" + "".join(map(step, range(1, 13))))
    (first / "shapes.py").write_text(SHAPES)
    (first / "test_old.py").write_text(
        "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_old(self): pass\n"
    )
    git(first, "init", "-q", "-b", "main")
    git(first, "add", ".")
    git(first, "commit", "-qm", "start")
    git(top, "clone", "-q", "--bare", "ann", "remote.git")
    git(first, "remote", "add", "origin", str(top / "remote.git"))
    for name in ("bob", "cleo"):
        git(top, "clone", "-q", "remote.git", name)
    found = [top / name for name in ("ann", "bob", "cleo")]
    for folder in found:
        git(folder, "config", "user.name", folder.name.title())
        subprocess.run([SOUS, "team", "init", "--yes"], cwd=folder, check=True, capture_output=True)
    return found


def main() -> None:
    """Carry the plan out, print what each clone said, and what stands on the branch in the end."""
    with tempfile.TemporaryDirectory() as name, FakeModel() as model:
        top = Path(name).resolve()
        model.script = lambda prompt: answer(prompt, whole(model, prompt))
        os.environ |= {"HOME": str(top / "home"), "XDG_STATE_HOME": str(top / "state")}
        os.environ |= {"OPENAI_API_BASE": model.url, "OPENAI_API_KEY": "none"}
        os.environ["PATH"] = f"{AIDER}:{os.environ['PATH']}"
        (top / "home").mkdir()
        (top / "home" / ".gitconfig").write_text("[user]\nname = A\nemail = a@example.com\n")
        argv = [SOUS, "run", "--yes", "--workers", "2", "--agent", "aider", "--model", "openai/scripted"]
        argv += ["--test", f'"{sys.executable}" -m unittest -q']
        began = time.monotonic()
        folders = clones(top)
        jobs = [
            subprocess.Popen(argv, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
            for folder in folders
        ]
        for folder, job in zip(folders, jobs, strict=True):
            print(f"--- {folder.name}\n{job.communicate()[1].replace(str(top), '')}")
        print(f"{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
        git(folders[0], "fetch", "-q")
        git(folders[0], "switch", "-q", "--detach", "origin/sous/prompt_plan")
        print(git(folders[0], "log", "--format=%s, by %an", "main.."))
        print((folders[0] / "shapes.py").read_text())
        tests = subprocess.run(
            [sys.executable, "-m", "unittest", "-q"], cwd=folders[0], capture_output=True, text=True, check=False
        )
        print(tests.stderr)


if __name__ == "__main__":
    main()
