"""Real agents: aider carries out a plan; the flags of the others are those that they really have."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runner.test_run import PLAN, UNITTEST
from scene import CHECKOUT, Run, git, missing, write_tree
from sous.runner.agents import AGENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeModel

pytestmark = pytest.mark.real

_CASE = "import unittest\n\nimport calc\n\n\nclass T(unittest.TestCase):\n"
FILES = {
    "Step 1": {
        "test_calc.py": f"{_CASE}    def test_add(self):\n        self.assertEqual(calc.add(2, 2), 4)\n",
        "calc.py": "def add(a, b):\n    return a + b\n",
    },
    "Step 2": {
        "test_double.py": f"{_CASE}    def test_double(self):\n        self.assertEqual(calc.double(2), 4)\n",
        "calc.py": "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a + a\n",
    },
}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    folder = tmp_path / "project"
    write_tree(folder, {"readme.txt": "A calculator.\n", "prompt_plan.md": PLAN})
    (home / ".gitconfig").write_text("[user]\n\tname = A\n\temail = a@example.com\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "readme.txt")
    git(folder, "commit", "-qm", "start")
    return folder


def log_of(project: Path) -> list[str]:
    return git(project, "log", "--format=%s").splitlines()


def test_aider_carries_out_a_plan(run: Run, project: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    aider = CHECKOUT / ".tools" / "aider" / "bin"
    if not (aider / "aider").exists():
        missing("aider")
    monkeypatch.setenv("PATH", f"{aider}:{Path(UNITTEST.split(chr(34))[1]).parent}:/usr/bin:/bin")
    monkeypatch.setenv("OPENAI_API_BASE", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    def answer(prompt: str) -> str:
        files = next(files for step, files in FILES.items() if f"# {step}:" in prompt)
        return "\n\n".join(f"{name}\n```python\n{text}```" for name, text in files.items())

    model.script = answer
    done = run("sous", "run", "--agent", "aider", "--model", "openai/scripted", "--test", UNITTEST, cwd=project)
    assert done.code == 0, done.err
    assert log_of(project) == ["Step 2: Doubling", "Step 1: Adding", "start"]
    assert git(project, "ls-files").split() == ["calc.py", "readme.txt", "test_calc.py", "test_double.py", "todo.md"]
    assert not list(project.glob(".aider*"))


def test_a_model_of_llm_carries_out_a_plan(run: Run, project: Path, model: FakeModel) -> None:
    def answer(prompt: str) -> str:
        files = next(files for step, files in FILES.items() if f"\n# {step}:" in prompt)
        return "Here it is.\n\n" + "\n\n".join(f"## `{name}`\n\n````python\n{text}````" for name, text in files.items())

    model.script = answer
    done = run("sous", "run", "--agent", "llm", "--model", "scripted", "--test", UNITTEST, cwd=project)
    assert done.code == 0, done.err
    assert log_of(project) == ["Step 2: Doubling", "Step 1: Adding", "start"]
    assert "def add(a, b)" in model.prompts()[1]


@pytest.mark.parametrize(
    "answer",
    [
        "## `../out.py`\n\n```\nx = 1\n```\n",
        "## `/tmp/out.py`\n\n```\nx = 1\n```\n",
        "## `.git/hooks/pre-commit`\n\n```\nx\n```\n",
        "## `link/out.py`\n\n```\nx\n```\n",
        "Nothing to do.",
    ],
)
def test_a_model_of_llm_writes_nowhere_else(run: Run, project: Path, model: FakeModel, answer: str) -> None:
    (project / "link").symlink_to(project.parent)
    git(project, "add", "link")
    git(project, "commit", "-qm", "link")
    model.script = lambda _prompt: answer
    done = run(
        "sous", "run", "--agent", "llm", "--model", "scripted", "--test", UNITTEST, "--retries", "0", cwd=project
    )  # fmt: skip
    assert done.code == 1
    assert "it changed no file" in done.err
    assert not (project.parent / "out.py").exists()
    assert not (project / ".git/hooks/pre-commit").exists()


@pytest.mark.parametrize("name", ["claude", "codex", "gemini"])
def test_the_flags_are_those_that_the_program_has(name: str) -> None:
    program = CHECKOUT / ".tools" / "agents" / "node_modules" / ".bin" / name
    if not program.exists():
        missing(name)
    agent = AGENTS[name]
    own = [*agent.arguments(Path("p.md"), "some-model", ()), agent.limit]
    command = [str(program), *(["exec"] if name == "codex" else []), "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    for flag in (word for word in own if word.startswith("--")):
        assert f"{flag} " in told.stdout.replace(",", " ") + " "
    for value in ("acceptEdits", "workspace-write", "auto_edit"):
        assert value not in own or value in told.stdout


@pytest.mark.parametrize("name", ["claude", "codex", "gemini"])
def test_an_agent_gets_its_prompt_and_model(
    run: Run, project: Path, fake_bin: Callable[[str, str], Path], name: str
) -> None:
    note = project.parent / "seen"
    fake_bin(name, f"open({str(note)!r}, 'w').write(repr(sys.argv[1:]) + sys.stdin.read())\nopen('made.txt', 'w')")
    done = run("sous", "run", "--agent", name, "--model", "some-model", "--no-test", "--steps", "1", cwd=project)
    assert done.code == 0, done.err
    assert "'--model', 'some-model'" in note.read_text()
    assert "Write add(a, b) in calc.py" in note.read_text()
