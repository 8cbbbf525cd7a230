from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from scene import committed, git, write_tree
from sous.errors import SousError
from sous.runner.elsewhere import place_of
from sous.runner.hooks import check_hook, find_hook, has_hooks, is_hook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Done, Run
    from sous.runner.workplace import Workplace

UNITTEST = f'"{sys.executable}" -m unittest -q'
PLAN = "# Plan\n\n## Step 1: One\n\n- **Files:** `a.py`\n\n```text\nWrite a.py, with its test.\n```\n"
AGENT = """
import os, sys
prompt = sys.stdin.read()
open('a.py', 'w').write('def f():\\n    return 1   \\n')
open('test_a.py', 'w').write('import unittest, a\\nclass T(unittest.TestCase):\\n'
    '    def test_f(self):\\n        self.assertEqual(a.f(), 1)\\n')
"""
# Takes blanks at line ends away and stages that, as formatters do; MORE runs before.
HOOK = """#!/bin/sh
{more}
git diff --cached --name-only --diff-filter=AM | grep '\\.py$' | while read name; do
    sed 's/ *$//' "$name" > "$name.new"
    cmp -s "$name" "$name.new" && rm "$name.new" || {{ mv "$name.new" "$name"; git add "$name"; }}
done
{end}
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="hooks are shell scripts here")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    old = "import unittest\nclass T(unittest.TestCase):\n    def test_old(self):\n        self.assertTrue(True)\n"
    folder = committed(tmp_path / "project", {"test_old.py": old})
    (folder / "prompt_plan.md").write_text(PLAN)
    return folder


def place(project: Path) -> Workplace:
    found = place_of(project, project / "prompt_plan.md")
    assert found
    return found


def write_hook(project: Path, more: str = "", end: str = "", path: str = ".git/hooks/pre-commit") -> None:
    write_tree(project, {path: HOOK.format(more=more, end=end)})
    (project / path).chmod(0o755)


@pytest.fixture
def carry_out(run: Run, project: Path, tmp_path: Path) -> Callable[..., Done]:
    def go(*args: str, agent: str = "") -> Done:
        (tmp_path / "agent.py").write_text(AGENT + agent)
        command = f'"{sys.executable}" "{tmp_path / "agent.py"}"'
        return run("sous", "run", "--agent", command, "--test", UNITTEST, *args, cwd=project)

    return go


@pytest.mark.parametrize("more", [(), ("--jobs", "2")], ids=["alone", "beside"])
def test_what_a_hook_rewrites_is_tested_and_committed(
    carry_out: Callable[..., Done], project: Path, more: tuple[str, ...]
) -> None:
    write_hook(project, more=f"echo ran >> '{project.parent}/ran'")
    done = carry_out("--hooks", *more)
    assert done.code == 0, done.err
    assert "passed the hook, which rewrote a.py" in done.err
    assert git(project, "show", "HEAD:a.py") == "def f():\n    return 1\n"
    assert (project / "a.py").read_text() == "def f():\n    return 1\n"
    assert (project.parent / "ran").read_text() == "ran\nran\n"
    assert git(project, "status", "--porcelain").split() == ["??", "prompt_plan.md"]


def test_a_hook_that_fails_sends_the_step_back_with_its_output(carry_out: Callable[..., Done], project: Path) -> None:
    write_hook(project, more="grep -q 'ok' a.py || { echo 'a.py: say ok'; exit 3; }")
    agent = "\nif 'a.py: say ok' in prompt: open('a.py', 'a').write('# ok\\n')\n"
    done = carry_out("--hooks", agent=agent)
    assert done.code == 0, done.err
    assert "the pre-commit hook fails with exit code 3: a.py: say ok; 2 more tries" in done.err
    assert "# ok" in git(project, "show", "HEAD:a.py")


REFUSED = {
    "never content": ("date +%s%N >> a.py; sed -i 's/^[0-9]/# &/' a.py", "", "changes a.py each time it runs"),
    "writes to git's configuration": ("git config core.pager evil", "", "while the pre-commit hook ran, it changed"),
    "breaks the code": ("", "echo 'x = (' >> a.py; sort -u -o a.py a.py", "fails with exit code 1"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "end", "said"), REFUSED.values(), ids=REFUSED)
def test_what_a_hook_does_is_no_proof(
    carry_out: Callable[..., Done], project: Path, more: str, end: str, said: str
) -> None:
    write_hook(project, more=more, end=end)
    done = carry_out("--hooks", "--retries", "0")
    assert done.code == 1
    assert said in done.err
    assert git(project, "log", "--format=%s").split() == ["start"]
    assert not (project / "a.py").exists()
    assert "pager" not in (project / ".git/config").read_text()


def test_an_agent_does_not_change_what_the_hook_runs(carry_out: Callable[..., Done], project: Path) -> None:
    write_hook(project, path=".husky/_/pre-commit")
    write_tree(project, {".husky/pre-commit": "npm test\n", ".husky/_/.gitignore": "*\n"})
    git(project, "config", "core.hooksPath", ".husky/_")
    git(project, "add", ".husky")
    git(project, "commit", "-qm", "husky")
    done = carry_out("--hooks", "--retries", "0", agent="open('.husky/pre-commit', 'w').write('true')\n")
    assert done.code == 1
    assert "it changed .husky/pre-commit, which the pre-commit hook runs" in done.err


def test_without_the_option_no_hook_is_run_and_that_is_said(carry_out: Callable[..., Done], project: Path) -> None:
    write_hook(project, more="exit 1")
    done = carry_out()
    assert done.code == 0
    assert "hooks of git are not run on the commits of steps: run them before you merge, or use --hooks" in done.err


def test_the_option_needs_a_hook(carry_out: Callable[..., Done], project: Path) -> None:
    done = carry_out("--hooks")
    assert done.code == 1
    assert "--hooks: there is no pre-commit hook in " in done.err
    assert "install one, or leave --hooks out" in done.err
    assert not (project / "a.py").exists()


def test_the_hook_is_that_which_git_would_run(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = place(project)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(str(shutil.which("git")))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert (find_hook(here), has_hooks(here)) == (None, False)
    write_tree(project, {".pre-commit-config.yaml": "repos: []\n", ".git/hooks/pre-commit": "#!/bin/sh\n"})
    assert (find_hook(here), has_hooks(here)) == (None, True)  # git runs none that is not executable
    with pytest.raises(SousError, match="pip install pre-commit && pre-commit install"):
        check_hook(here)
    write_hook(tmp_path, path="bin/pre-commit")
    assert find_hook(here) == ["pre-commit", "run", "--hook-stage", "pre-commit"]
    (project / ".git/hooks/pre-commit").chmod(0o755)
    assert find_hook(here) == [str(project / ".git/hooks/pre-commit")]
    write_hook(tmp_path, path="everywhere/pre-commit")
    (tmp_path / "user.config").write_text(f"[core]\n\thooksPath = {tmp_path / 'everywhere'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "user.config"))
    assert find_hook(here) == [str(tmp_path / "everywhere/pre-commit")]
    (project / ".git/config").write_text(f"{(project / '.git/config').read_text()}[core]\n\thooksPath = .githooks\n")
    write_hook(project, path=".githooks/pre-commit")
    assert find_hook(here) == [str(project / ".githooks/pre-commit")]
    assert is_hook(here, ".githooks/pre-commit")
    assert is_hook(here, ".pre-commit-config.yaml")
    assert not is_hook(here, "a.py")
