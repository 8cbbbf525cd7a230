"""Projects and test commands that are not as one wishes: several runners, submodules, LFS, servers, terminals."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scene import committed, git, missing, write_tree

if TYPE_CHECKING:
    from scene import Done, Run

CarryOut = Callable[..., "Done"]
PYTHON = f'"{sys.executable}"'
UNITTEST = f"{PYTHON} -m unittest -q"
PLAN = "# Plan\n\n## Step 1: One\n\n- **Files:** `a.py`\n\n```text\nWrite f() in a.py, with its test.\n```\n"
OLD = "import unittest\nclass T(unittest.TestCase):\n    def test_old(self):\n        self.assertTrue(True)\n"
GOOD = """
import os, pathlib, subprocess, sys
open('a.py', 'w').write('def f():\\n    return 1\\n')
open('test_a.py', 'w').write('import unittest, a\\nclass T(unittest.TestCase):\\n'
    '    def test_f(self):\\n        self.assertEqual(a.f(), 1)\\n')
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="command lines of POSIX")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = committed(tmp_path / "project", {"test_old.py": OLD})
    (folder / "prompt_plan.md").write_text(PLAN)
    return folder


@pytest.fixture
def carry_out(run: Run, project: Path, tmp_path: Path) -> CarryOut:
    def go(agent: str, test: str, *args: str) -> Done:
        (tmp_path / "agent.py").write_text(agent)
        command = f'{PYTHON} "{tmp_path / "agent.py"}"'
        return run("sous", "run", "--agent", command, "--test", test, "--retries", "0", *args, cwd=project)

    return go


MONOREPO = {
    "py/test_u.py": OLD,
    "web/package.json": '{"scripts": {"test": "node --test"}}',
    "web/b.js": "exports.b = () => 2;\n",
    "web/b.test.js": 'const { b } = require("./b.js");\nrequire("node:test")("b", () => '
    'require("node:assert").strictEqual(b(), 2));\n',
    "tap/run.sh": "echo 1..2; echo ok 1 - first; grep -q 3 tap/c && echo ok 2 - second || { echo not ok 2 - second; exit 1; }\n",
    "tap/c": "3\n",
}
ALL = f"{UNITTEST} && (cd web && node --test) && sh tap/run.sh"
BROKEN = {
    "honest": ("", None),
    "breaks the second and hides it": (
        "open('web/b.js', 'w').write('exports.b = () => 0;\\n'); os.remove('web/b.test.js')", "b",
    ),
    "breaks the third": ("open('tap/c', 'w').write('4\\n')", "fails with exit code 1"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "said"), BROKEN.values(), ids=BROKEN)
def test_a_repository_with_three_runners_is_judged_by_all(
    carry_out: CarryOut, project: Path, more: str, said: str | None
) -> None:
    if shutil.which("node") is None:
        missing("node")
    write_tree(project, MONOREPO)
    git(project, "add", "py", "web", "tap")
    git(project, "commit", "-qm", "all")
    done = carry_out(f"{GOOD}\n{more}", ALL)
    assert done.code == (1 if said else 0), done.err
    assert (said or "Step 1: One: done, 2 files") in done.err
    if said is None:
        assert "1 new test, 5 pass" in done.err


@pytest.fixture
def submodule(project: Path, tmp_path: Path) -> Path:
    write_tree(tmp_path / "lib", {"dep.py": "X = 1\n"})
    git(tmp_path / "lib", "init", "-q")
    git(tmp_path / "lib", "add", ".")
    git(tmp_path / "lib", "commit", "-qm", "lib")
    git(project, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "lib"), "lib")
    write_tree(project, {"test_dep.py": OLD.replace("(True)", "(__import__('lib.dep').dep.X == 1)")})
    git(project, "add", "test_dep.py")
    git(project, "commit", "-qm", "lib")
    return project / "lib"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_submodule_is_there_for_the_tests(carry_out: CarryOut, submodule: Path, jobs: str) -> None:
    done = carry_out(f"{GOOD}\nassert os.path.exists('lib/dep.py')", UNITTEST, "--jobs", jobs)
    assert done.code == 0, done.err
    assert "1 new test, 3 pass" in done.err
    assert (submodule / ".git").is_file()
    assert git(submodule.parent, "show", "--stat", "--format=", "HEAD").count("|") == 3


INSIDE = {
    "a file": "open('lib/dep.py', 'w').write('X = 2\\n')",
    "a commit": "os.chdir('lib')\n"
    "subprocess.run('git -c user.name=A -c user.email=a@b commit -q --allow-empty -m x', shell=True)",
    "a new file": "open('lib/new.py', 'w')",
}


@pytest.mark.parametrize("what", INSIDE.values(), ids=INSIDE)
def test_what_an_agent_does_in_a_submodule_is_told(carry_out: CarryOut, submodule: Path, what: str) -> None:
    before = git(submodule, "rev-parse", "HEAD")
    done = carry_out(f"{GOOD}\n{what}", UNITTEST)
    assert done.code == 1, done.err
    assert re.search("it changed (the submodule lib|git's own)", done.err)
    assert git(submodule, "status", "--porcelain") == ""
    assert git(submodule, "rev-parse", "HEAD") == before


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_pointer_of_lfs_stays_what_it_is(carry_out: CarryOut, project: Path, jobs: str) -> None:
    write_tree(
        project, {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "big.bin": POINTER.format("a" * 64)}
    )
    git(project, "add", ".gitattributes", "big.bin")
    git(project, "commit", "-qm", "lfs")
    done = carry_out(GOOD, UNITTEST, "--jobs", jobs)
    assert done.code == 0, done.err
    assert git(project, "show", "HEAD:big.bin") == POINTER.format("a" * 64)
    assert git(project, "show", "--name-only", "--format=", "HEAD").split() == ["a.py", "test_a.py", "todo.md"]


def test_tests_that_ask_get_no_answer_and_do_not_wait(carry_out: CarryOut) -> None:
    asks = f"{PYTHON} -c \"input('go on? ')\" && {UNITTEST}"
    done = carry_out(GOOD, asks, "--test-timeout", "30")
    assert done.code == 1
    assert "fails already, before the first step (exit code 1: EOFError" in done.err


def test_tests_that_want_a_terminal_are_told_before_anything_is_done(carry_out: CarryOut, project: Path) -> None:
    done = carry_out(f"{GOOD}\nopen('../began', 'w')", f"test -t 1 && {UNITTEST}")
    assert done.code == 1
    assert "fails already, before the first step (exit code 1: it printed nothing)" in done.err
    assert not (project.parent / "began").exists()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="what is left running is found in /proc")
@pytest.mark.parametrize("how", ["", "setsid "])
def test_a_server_that_tests_start_is_ended_with_them(carry_out: CarryOut, tmp_path: Path, how: str) -> None:
    serve = f"{PYTHON} -c 'import os, time; print(os.getpid(), flush=True); time.sleep(120)' >> '{tmp_path}/pids'"
    done = carry_out(GOOD, f"{how}{serve} & {UNITTEST}")
    assert done.code == 0, done.err
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    left = [pid for pid in pids if Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text()]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


def test_tests_that_write_into_the_repository_change_nothing_of_it(carry_out: CarryOut, project: Path) -> None:
    done = carry_out(GOOD, f"echo x >> report.txt && {UNITTEST} && rm -f test_old.py")
    assert "test_old.py changed while the tests ran" in done.err or done.code == 0
    assert (project / "test_old.py").read_text() == OLD
    assert not (project / "report.txt").exists()


def test_a_project_without_any_test_begins_with_the_first(carry_out: CarryOut, project: Path) -> None:
    git(project, "rm", "-q", "test_old.py")
    write_tree(project, {"README.md": "x\n"})
    git(project, "add", "README.md")
    git(project, "commit", "-qm", "none")
    done = carry_out(GOOD, UNITTEST)
    assert done.code == 0, done.err
    assert "1 new test, 1 pass" in done.err
    git(project, "reset", "-q", "--hard", "main")
    no_test = "open('a.py', 'w').write('def f():\\n    return 1\\n')"
    refused = carry_out(no_test, UNITTEST, "--branch", "other")
    assert refused.code == 1, refused.err
    assert "no test" in refused.err
