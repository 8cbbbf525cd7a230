from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scene import SOUS, git, in_terminal, missing, name_author, write_tree

if TYPE_CHECKING:
    from scene import Done, Run

CarryOut = Callable[..., "Done"]

UNITTEST = f'"{sys.executable}" -m unittest -q'

PLAN = """\
# Plan

## Step 1: Adding

- **Builds on:** nothing
- **Files:** `calc.py`, `test_calc.py`

```text
Write add(a, b) in calc.py, with its test in test_calc.py.
```

**Verify:**

- `add(2, 2)` is 4

## Step 2: Doubling

- **Builds on:** step 1
- **Files:** `calc.py`, `test_double.py`

```text
Write double(a) in calc.py, with its test in test_double.py.
```
"""

GOOD = """
prompt = sys.stdin.read()
if 'Step 1' in prompt:
    open('calc.py', 'a').write('def add(a, b):\\n    return a + b\\n')
    open('test_calc.py', 'w').write('import unittest, calc\\nclass T(unittest.TestCase):\\n'
        '    def test_add(self):\\n        self.assertEqual(calc.add(2, 2), 4)\\n')
else:
    open('calc.py', 'a').write('def double(a):\\n    return a + a\\n')
    open('test_double.py', 'w').write('import unittest, calc\\nclass T(unittest.TestCase):\\n'
        '    def test_double(self):\\n        self.assertEqual(calc.double(2), 4)\\n')
"""

STATE = ".local/state/sous"
OLD_TEST = "import unittest\nclass T(unittest.TestCase):\n    def test_old(self):\n        self.assertTrue(True)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a test that passes, and a plan of two steps."""
    folder = tmp_path / "project"
    write_tree(
        folder, {"test_old.py": OLD_TEST, ".gitignore": "*.log\n", "notes.log": "mine\n", "untracked.txt": "u\n"}
    )
    git(folder, "init", "-q", "-b", "main")
    name_author(folder)
    git(folder, "add", "test_old.py", ".gitignore")
    git(folder, "commit", "-qm", "start")
    git(folder, "tag", "v0")
    (folder / "prompt_plan.md").write_text(PLAN)
    return folder


@pytest.fixture
def carry_out(run: Run, project: Path, tmp_path: Path) -> CarryOut:
    """Run the plan with an agent of this code: `carry_out(CODE, "--steps", "1")`."""

    def go(code: str, *args: str, test: str | None = UNITTEST) -> Done:
        agent = tmp_path / "agent.py"
        neighbour = "NOT_OURS = {key: os.environ[key] for key in os.environ if not key.startswith('GIT_')}"
        agent.write_text(f"import os, pathlib, subprocess, sys, time\n{neighbour}\n{code}\n")
        tests = ["--test", test] if test else []
        return run("sous", "run", "--agent", f'"{sys.executable}" "{agent}"', *tests, *args, cwd=project)

    return go


def tree_of(folder: Path) -> dict[str, str]:
    """Return all files but git's and those of sous, with their text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8", "replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", ".sous", "__pycache__"} & set(path.relative_to(folder).parts)
    }


def test_a_plan_is_carried_out_ticked_and_committed(carry_out: CarryOut, project: Path) -> None:
    (project / ".git/hooks/pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (project / ".git/hooks/pre-commit").chmod(0o755)  # git runs no other
    done = carry_out(GOOD)
    assert done.code == 0, done.err
    assert "hooks of git are not run on the commits of steps" in done.err
    assert re.search(r"Step 1: Adding: done, 2 files \(\+6 -0\), [\d.]+ s, 1 new test, 2 pass\n", done.err)
    assert git(project, "log", "--format=%s").splitlines() == ["Step 2: Doubling", "Step 1: Adding", "start"]
    assert git(project, "branch", "--show-current").strip() == "sous/prompt_plan"
    todo = (project / "todo.md").read_text()
    assert todo.count("- [x] Step") == 2
    assert "  - [ ] `add(2, 2)` is 4" in todo  # nobody looked
    assert git(project, "status", "--porcelain").splitlines() == ["?? prompt_plan.md", "?? untracked.txt"]
    assert "git switch main && git merge sous/prompt_plan" in done.err
    assert set(git(project, "show", "--name-only", "--format=", "HEAD").split()) == {
        "calc.py",
        "test_double.py",
        "todo.md",
    }


UNTESTED = PLAN.replace("- **Files:** `calc.py`, `test_calc.py`", "- **Files:** `calc.py`\n- **Tests:** none ({})")
OF_A_KIND = {
    "docs": ("docs", "open('README.md', 'w').write('# Calc\\n')", ""),
    "config": ("config", "open('settings.toml', 'w').write('a = 1\\n')", ""),
    "refactor": ("refactor", "open('calc.py', 'w').write('x = 1\\n')", ""),
    "docs that are code": ("docs", "open('calc.py', 'w').write('x = 1\\n')", "changed calc.py, and the plan says"),
    "config that is a test": ("config", "open('test_x.py', 'w').write('x = 1\\n')", "changed test_x.py, and the plan"),
    "a refactoring of tests": (
        "refactor",
        "open('test_old.py', 'a').write('# x\\n')",
        "a refactoring must not change tests",
    ),
}


@pytest.mark.parametrize(("kind", "agent", "refused"), OF_A_KIND.values(), ids=OF_A_KIND)
def test_a_step_may_say_that_it_needs_no_new_test(
    carry_out: CarryOut, project: Path, kind: str, agent: str, refused: str
) -> None:
    (project / "prompt_plan.md").write_text(UNTESTED.format(kind))
    done = carry_out(
        f"assert 'Write the test first' not in sys.stdin.read()\n{agent}", "--steps", "1", "--retries", "0"
    )
    assert (done.code, refused in done.err) == (1 if refused else 0, True), done.err


def test_what_was_changed_is_named_and_sent_once(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'seen')!r}, 'a').write(sys.stdin.read()); open('calc.py', 'w').write('UNIQUE = 1\\n')"
    done = carry_out(code, "--steps", "1", "--retries", "1")
    assert "; 1 more try\n" in done.err
    prompts = (tmp_path / "seen").read_text()
    assert "What you changed is as you left it: `calc.py`" in prompts
    assert "UNIQUE" not in prompts


WITH_TESTS = PLAN.replace("# Plan\n", f"# Plan\n\n## Blueprint\n\n- **Test command:** `{UNITTEST}`\n")


def test_the_test_command_of_a_plan_is_run_only_after_a_yes(carry_out: CarryOut, project: Path, run: Run) -> None:
    (project / "prompt_plan.md").write_text(WITH_TESTS)
    done = carry_out(GOOD, "--yes", test=None)
    assert done.code == 2
    assert f"prompt_plan.md says that `{UNITTEST}` runs the tests, and there is no terminal to ask on" in done.err
    assert "-m unittest" in carry_out(GOOD, "--dry-run", test=None).out
    assert "-m unittest" in run("sous", "trust", "--yes", cwd=project).out
    done = carry_out(GOOD, "--yes", test=None)
    assert done.code == 0, done.err
    (project / "prompt_plan.md").write_text(WITH_TESTS.replace("-m unittest", "-m  unittest"))
    assert "there is no terminal to ask on" in carry_out(GOOD, "--yes", test=None).err
    run("sous", "trust", "--revoke", cwd=project)
    assert "not trusted" in run("sous", "trust", "--show", cwd=project).err


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_the_test_command_of_a_plan_is_asked_about(project: Path, tmp_path: Path) -> None:
    (project / "prompt_plan.md").write_text(WITH_TESTS)
    shown = in_terminal([*SOUS, "run", "--agent", "true"], project, b"n\n")
    assert "Run it after each step?" in shown
    assert "no test command, so no step can be proved" in shown


LIES = {
    "changes nothing": "print('Done! All tests pass.')",
    "says so in the todo": "pathlib.Path('todo.md').write_text('- [x] Step 1: Adding\\n- [x] Step 2: Doubling\\n')",
    "ticks the plan": "p = pathlib.Path('prompt_plan.md'); p.write_text(p.read_text().replace('Adding', 'Adding [x]'))",
    "deletes the test": GOOD + "os.remove('test_old.py')",
    "empties the test": GOOD + "open('test_old.py', 'w')",
    "takes a test away": GOOD + "open('test_old.py', 'w').write('import unittest\\n')",
    "switches a test off": GOOD
    + "t = open('test_old.py').read().replace('    def', '    @unittest.skip(1)\\n    def')\n"
    + "open('test_old.py', 'w').write(t)",
    "leaves a syntax error": GOOD + "open('calc.py', 'a').write('def broken(:')",
    "crashes half way": "open('calc.py', 'w').write('x = 1'); os._exit(3)",
    "writes no test": "open('calc.py', 'w').write('def add(a, b):\\n    return a + b\\n')",
    "writes a test of nothing": "open('calc.py', 'w').write('x = 1\\n')\n"
     "open('test_calc.py', 'w').write('import unittest\\nclass T(unittest.TestCase):\\n    def test_x(self): pass\\n')",
    "commits on its own": "open('calc.py', 'w').write('x = 1\\n')\n"
     "subprocess.run('git add -A; git commit -qm done', shell=True)",
    "commits elsewhere": GOOD + "subprocess.run('git checkout -q main; git add -A; git commit -qm done', shell=True)",
    "deletes a tag": GOOD + "subprocess.run('git tag -d v0', shell=True)",
    "moves main": GOOD + "subprocess.run('git add -A; git commit -qm d; git branch -f main HEAD', shell=True)",
    "writes a hook": GOOD + "open('.git/hooks/pre-commit', 'w').write('#!/bin/sh\\ntouch pwned\\n')",
    "changes git's config": GOOD + "subprocess.run('git config core.hooksPath evil', shell=True)",
    "hides a file from git": GOOD + "subprocess.run('git update-index --assume-unchanged test_old.py', shell=True)\n"
    + "os.remove('test_old.py')",
    "changes the workflow": GOOD + "os.makedirs('.github/workflows'); open('.github/workflows/ci.yml', 'w').write('x')",
    "adds a configuration": GOOD + "open('pytest.ini', 'w').write('[pytest]\\naddopts = --co\\n')",
    "puts a folder where a test was": GOOD
    + "os.remove('test_old.py'); os.mkdir('test_old.py'); open('test_old.py/x', 'w')",
    "puts a link where a test was": GOOD + "os.remove('test_old.py'); os.symlink('/etc/passwd', 'test_old.py')",
    "changes what git does not hold": "open('untracked.txt', 'w').write('gone')",
    "hides a test behind another": GOOD
    + "open('test_old.py', 'a').write('    def test_old(self):\\n        pass\\n')",
    "configures the tests away": GOOD
    + "open('pyproject.toml', 'w').write('[tool.pytest.ini_options]\\naddopts = \"--co\"\\n')",
    "makes a tag": GOOD + "subprocess.run('git tag sous/prompt_plan main', shell=True)",
    "moves main behind a worktree": GOOD + "subprocess.run('git worktree add -q ../w main; cd ../w;'\n"
    "    'git commit -q --allow-empty -m x', shell=True)",
    "writes a big hook": GOOD + "open('.git/hooks/pre-push', 'wb').truncate(20_000_000)",
    "links the tests away": GOOD + "open('t.txt', 'w'); os.remove('test_old.py'); os.symlink('t.txt', 'test_old.py')",
    "takes the base class": GOOD + "t = open('test_old.py').read().replace('(unittest.TestCase)', '')\n"
    "open('test_old.py', 'w').write(t)",
    "patches unittest": GOOD + "open('calc.py', 'a').write('import unittest\\nunittest.TestCase.assertEqual = print\\n')",
    "elides": GOOD + "open('calc.py', 'a').write('# ... rest unchanged ...\\n')",
    "skips in words": GOOD + "t = open('test_old.py').read().replace('self.assertTrue(True)', 'self.skipTest(1)')\n"
    "open('test_old.py', 'w').write(t)",
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_not_ticked_and_leaves_no_trace(carry_out: CarryOut, project: Path, lie: str) -> None:
    before, refs = tree_of(project), git(project, "show-ref")
    config, hooks = (project / ".git/config").read_bytes(), sorted((project / ".git/hooks").iterdir())
    done = carry_out(lie, "--retries", "0")
    assert done.code == 1, done.err
    assert tree_of(project) == before
    assert (project / ".git/config").read_bytes() == config
    assert sorted((project / ".git/hooks").iterdir()) == hooks
    left = [line for line in git(project, "show-ref").splitlines() if not line.endswith(" refs/heads/sous/prompt_plan")]
    assert left == refs.splitlines()
    assert git(project, "rev-parse", "HEAD", "main").split()[0] == git(project, "rev-parse", "main").strip()
    assert git(project, "status", "--porcelain").split("\n")[:-1] == ["?? prompt_plan.md", "?? untracked.txt"]
    assert ".sous/run/step-1.md" in done.err


def test_work_that_the_agent_committed_itself_counts_when_tests_prove_it(carry_out: CarryOut, project: Path) -> None:
    done = carry_out(GOOD + "subprocess.run('git add -A; git commit -qm mine', shell=True)", "--steps", "1")
    assert done.code == 0, done.err
    assert git(project, "log", "--format=%s").splitlines() == ["Step 1: Adding", "start"]
    assert "untracked.txt" not in git(project, "ls-files")


def test_the_next_try_hears_what_was_wrong_and_which_files_it_wrote(carry_out: CarryOut, project: Path) -> None:
    code = (
        "text = sys.stdin.read()\nn = len(list(pathlib.Path(sys.argv[1]).parent.glob('step-1.*.prompt.md')))\n"
        "open('../prompt-%d' % n, 'w').write(text)\n"
        "open('calc.py', 'w').write('def add(a, b):\\n    return a %s b\\n' % ('-' if n == 1 else '+'))\n"
        "open('test_calc.py', 'w').write('import unittest, calc\\nclass T(unittest.TestCase):\\n'\n"
        "    '    def test_add(self):\\n        self.assertEqual(calc.add(2, 2), 4)\\n')"
    )
    done = carry_out(code, "--steps", "1")
    assert done.code == 0, done.err
    second = (project.parent / "prompt-2").read_text()
    assert "0 != 4" in second
    assert "What you changed is as you left it: `calc.py`, `test_calc.py`" in second


def test_an_agent_that_hangs_is_ended_with_its_children(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    code = f"{forks(tmp_path / 'pid')}; time.sleep(60)"
    began = time.monotonic()
    done = carry_out(code, "--retries", "0", "--agent-timeout", "1")
    assert done.code == 1
    assert "did not end within 1 s" in done.err
    assert time.monotonic() - began < 30
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_child_that_outlives_its_agent_is_ended(carry_out: CarryOut, tmp_path: Path) -> None:
    code = (
        f"{GOOD}\nchild = subprocess.Popen(['sleep', '60']); open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))"
    )
    assert carry_out(code, "--steps", "1").code == 0
    assert not is_alive(int((tmp_path / "pid").read_text()))


def forks(note: Path) -> str:
    return f"child = subprocess.Popen(['sleep', '60']); open({str(note)!r}, 'w').write(str(child.pid))"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:
        return not Path("/proc/self").exists()


def test_a_gigabyte_is_no_work(carry_out: CarryOut, project: Path) -> None:
    before = tree_of(project)
    done = carry_out(f"{GOOD}\nopen('big.bin', 'wb').truncate(1_000_000_000)", "--retries", "0")
    assert done.code == 1
    assert "big.bin has 1,000,000,000 bytes" in done.err
    assert tree_of(project) == before


def test_a_gigabyte_of_words_is_not_kept(carry_out: CarryOut, home: Path) -> None:
    code = "for _ in range(300): sys.stdout.write('x' * 1_000_000)"
    assert carry_out(code, "--retries", "0").code == 1
    (log,) = home.glob(f"{STATE}/checkouts/*/work/step-1.1.agent.log")
    assert 1_000_000 < log.stat().st_size < 6_000_000
    assert "bytes left out" in log.read_text()


@pytest.mark.parametrize(
    ("args", "test", "says"),
    [
        ([], None, "no test command"),
        ([], "no-such-program-at-all", "cannot be started"),
        ([], "sleep 30", "did not end within 1 s"),
        ([], "exit 1", "fails already, before the first step"),
        (["--agent", "no-such-agent"], UNITTEST, "no-such-agent is not installed"),
        (["--agent", ""], UNITTEST, "`agent` must be a text"),
        (["--branch", "a..b"], UNITTEST, "is not a name for a branch"),
        (["--plan", "missing.md"], UNITTEST, "there is no missing.md"),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_one_line(
    carry_out: CarryOut, project: Path, args: list[str], test: str | None, says: str
) -> None:
    before = tree_of(project)
    done = carry_out(GOOD, "--test-timeout", "1", *args, test=test)
    assert done.code in (1, 2)
    assert says in done.err
    assert "Traceback" not in done.err
    assert tree_of(project) == before


def test_a_test_command_that_always_passes_proves_nothing(carry_out: CarryOut, project: Path) -> None:
    done = carry_out(GOOD, "--retries", "0", test="true")
    assert done.code == 1
    assert "pass without the new code" in done.err


def test_without_tests_or_without_tdd_changes_are_enough(carry_out: CarryOut, project: Path) -> None:
    code = "open('calc.py', 'a').write('x = 1\\n')"
    assert carry_out(code, "--no-tdd", "--steps", "1").code == 0
    assert carry_out(code, "--no-test", test=None).code == 0
    assert len(git(project, "log", "--format=%s").splitlines()) == 3


def test_a_dirty_tree_is_refused(carry_out: CarryOut, project: Path) -> None:
    (project / "test_old.py").write_text(OLD_TEST + "# mine\n")
    done = carry_out(GOOD)
    assert done.code == 1
    assert "test_old.py has changes that are not committed" in done.err


def test_no_git_no_commit_and_no_name_say_what_to_do(run: Run, tmp_path: Path, home: Path) -> None:
    (tmp_path / "prompt_plan.md").write_text(PLAN)
    command = ("sous", "run", "--root", ".", "--agent", "true", "--test", "true")
    assert "is in no git repository" in run(*command, cwd=tmp_path).err
    git(tmp_path, "init", "-q")
    assert "there is no commit yet" in run(*command, cwd=tmp_path).err
    git(tmp_path, "commit", "-qm", "x", "--allow-empty")
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    assert "git does not know who you are" in run(*command, cwd=tmp_path).err


def test_a_worktree_leaves_the_checkout_alone(carry_out: CarryOut, project: Path) -> None:
    before = tree_of(project)
    done = carry_out(GOOD, "--worktree")
    assert done.code == 0, done.err
    assert tree_of(project) == before
    assert git(project, "branch", "--show-current").strip() == "main"
    there = project.with_name("project-sous-prompt_plan")
    assert (there / "todo.md").read_text().count("[x]") == 2
    assert f"git worktree remove {there}" in done.err


def test_a_dry_run_shows_and_does_nothing(carry_out: CarryOut, project: Path) -> None:
    before = tree_of(project)
    done = carry_out(GOOD, "--dry-run")
    assert "Step 2: Doubling" in done.out
    assert "branch: sous/prompt_plan" in done.out
    assert tree_of(project) == before
    assert git(project, "branch", "--show-current").strip() == "main"


@pytest.mark.parametrize(("agent", "shown"), [("llm", "llm"), ("sh -c true", "sh -c true step-N.prompt.md")])
def test_a_dry_run_shows_the_command_line_of_others_and_the_name_of_ours(
    run: Run, project: Path, agent: str, shown: str
) -> None:
    done = run("sous", "run", "--dry-run", "--agent", agent, "--test", "true", cwd=project)
    assert f"agent:  {shown}\n" in done.out, done.err


def test_the_settings_of_an_untrusted_project_start_nothing(run: Run, project: Path) -> None:
    (project / ".mise.toml").write_text('[_.sous]\nagent = "touch pwned"\ntest = "touch pwned"\n')
    done = run("sous", "run", cwd=project)
    assert done.code == 1
    assert "sous trust" in done.err
    assert not (project / "pwned").exists()


def test_a_killed_run_is_undone_and_goes_on_without_what_is_finished(
    carry_out: CarryOut, project: Path, tmp_path: Path
) -> None:
    once = "if 'Step 2' in prompt and not os.path.exists('../killed'):"
    killer = f"{GOOD}\n{once}\n    open('../killed', 'w')\n    os.kill(os.getppid(), 9)"
    assert carry_out(killer).code == -signal.SIGKILL
    assert (project / "test_double.py").exists()
    done = carry_out(killer)
    assert done.code == 0, done.err
    assert "was interrupted" in done.err
    assert git(project, "log", "--format=%s").splitlines() == ["Step 2: Doubling", "Step 1: Adding", "start"]
    assert "test_double.py" in git(project, "ls-tree", "--name-only", "refs/worktree/sous/interrupted")
    assert (project / "calc.py").read_text().count("def double") == 1


@pytest.mark.parametrize("phase", ["agent", "tests"])
def test_ctrl_c_leaves_all_as_it_was(project: Path, tmp_path: Path, phase: str) -> None:
    before = tree_of(project)
    agent = tmp_path / "agent.py"
    slow = "open('../there', 'w'); time.sleep(60)" if phase == "agent" else ""
    agent.write_text(f"import sys, time\n{GOOD}\n{slow}")
    test = UNITTEST if phase == "agent" else f"test ! -e calc.py || (touch {tmp_path}/there; sleep 60); {UNITTEST}"
    command = [*SOUS, "run", "--agent", f"{sys.executable} {agent}", "--test", test]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as job:
        wait_for((tmp_path / "there").exists, job)
        job.send_signal(signal.SIGINT)
        _, err = job.communicate(timeout=30)
    assert job.returncode == 130, err
    assert tree_of(project) == before
    assert "it was interrupted" in (project / ".sous/run/step-1.md").read_text()


def test_a_second_run_waits_for_nobody(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    agent = tmp_path / "slow.py"
    agent.write_text("import time\nopen('../there', 'w')\ntime.sleep(60)\n")
    command = [*SOUS, "run", "--agent", f"{sys.executable} {agent}", "--test", UNITTEST, "--retries", "0"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as job:
        wait_for((tmp_path / "there").exists, job)
        done = carry_out(GOOD)
        job.terminate()
    assert done.code == 1
    assert "another `sous run` is at work" in done.err


def test_on_a_terminal_it_asks_first(project: Path, tmp_path: Path) -> None:
    shown = in_terminal([*SOUS, "run", "--agent", "true", "--test", UNITTEST], project, b"n\n")
    assert re.search(r"Have true carry out 2 steps on sous/prompt_plan", shown)
    assert "nothing was done" in shown


def test_a_sandboxed_agent_writes_only_to_the_project(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    if not shutil.which("bwrap"):
        missing("bwrap")
    places = [str(tmp_path / "out"), ".git/hooks/pre-commit", str(Path.home() / "out")]
    code = f"{GOOD}\nfor name in {places}:\n    try: open(name, 'w')\n    except OSError: pass"
    done = carry_out(code, "--sandbox", "--steps", "1")
    assert done.code == 0, done.err
    assert not (tmp_path / "out").exists()
    assert not (Path.home() / "out").exists()
    assert not (project / ".git/hooks/pre-commit").exists()


def test_a_branch_that_was_merged_goes_on_from_where_main_is(carry_out: CarryOut, project: Path) -> None:
    assert carry_out(GOOD, "--steps", "1").code == 0
    git(project, "switch", "-q", "main")
    git(project, "merge", "-q", "sous/prompt_plan")
    git(project, "commit", "-qm", "more", "--allow-empty")
    assert carry_out(GOOD).code == 0
    assert git(project, "log", "--format=%s").splitlines() == ["Step 2: Doubling", "more", "Step 1: Adding", "start"]


def test_a_list_of_ones_own_stands_in_the_way_of_the_branch(carry_out: CarryOut, project: Path) -> None:
    assert carry_out(GOOD, "--steps", "1").code == 0
    git(project, "switch", "-q", "main")
    (project / "todo.md").write_text("- [ ] mine\n")
    done = carry_out(GOOD)
    assert done.code == 1
    assert "would be overwritten" in done.err
    assert (project / "todo.md").read_text() == "- [ ] mine\n"


def test_a_project_in_a_subfolder_of_its_repository(run: Run, carry_out: CarryOut, project: Path) -> None:
    folder = project / "sub"
    write_tree(folder, {"prompt_plan.md": PLAN, ".mise.toml": ""})
    (project / "prompt_plan.md").unlink()
    git(project, "add", "sub/.mise.toml")
    git(project, "commit", "-qm", "sub")
    carry_out(GOOD)
    agent = f'"{sys.executable}" "{project.parent / "agent.py"}"'
    done = run("sous", "run", "--agent", agent, "--test", UNITTEST, cwd=folder)
    assert done.code == 0, done.err
    assert (folder / "test_double.py").exists()
    assert git(project, "status", "--porcelain").splitlines() == ["?? sub/prompt_plan.md", "?? untracked.txt"]


KILL = "os.kill(os.getppid(), 9)"


@pytest.mark.parametrize(
    "work",
    [
        """
open('broken.py', 'w').write('broken(')
subprocess.run('git add -A; git commit -qm mine', shell=True)
pathlib.Path('todo.md').write_text('- [x] Step 1: Adding\\n')
""",
        """
plan = pathlib.Path('prompt_plan.md')
plan.write_text(plan.read_text().replace('Adding', 'Adding [x]'))
open('.git/hooks/pre-commit', 'w').write('exit 1')
""",
    ],
)
def test_what_an_agent_did_before_a_kill_is_not_believed(carry_out: CarryOut, project: Path, work: str) -> None:
    assert carry_out(f"{work}\n{KILL}").code == -signal.SIGKILL
    done = carry_out(GOOD)
    assert done.code == 0, done.err
    assert git(project, "log", "--format=%s").splitlines() == ["Step 2: Doubling", "Step 1: Adding", "start"]
    assert not (project / ".git/hooks/pre-commit").exists()
    assert not (project / "broken.py").exists()
    assert (project / "prompt_plan.md").read_text() == PLAN
    assert "kept as" in done.err


def test_a_step_marked_by_hand_after_a_kill_stays_marked(carry_out: CarryOut, run: Run, project: Path) -> None:
    assert carry_out(KILL).code == -signal.SIGKILL
    assert run("sous", "step", "skip", "1", cwd=project).code == 0
    assert "Step 1: skipped" not in carry_out(GOOD.replace("'Step 1'", "'nothing'"), "--steps", "1").err
    assert "~~Step 1: Adding~~" in (project / "todo.md").read_text()


def test_what_is_done_beside_a_worktree_is_left_alone(carry_out: CarryOut, project: Path) -> None:
    beside = (
        f"subprocess.run('git commit -q --allow-empty -m hers && git branch hers && git config branch.main.remote x',"
        f" shell=True, cwd={str(project)!r}, check=True, env=NOT_OURS)"
    )
    done = carry_out(f"{GOOD}\n{beside}", "--worktree", "--steps", "1")
    assert done.code == 0, done.err
    assert git(project, "log", "-1", "--format=%s", "main").strip() == "hers"
    assert git(project, "rev-parse", "hers") == git(project, "rev-parse", "main")


def test_what_a_neighbour_does_meanwhile_is_neither_blamed_nor_undone(carry_out: CarryOut, project: Path) -> None:
    for name in ("old", "moved"):
        git(project, "branch", name)
    (project / "test_old.py").write_text(f"{OLD_TEST}# mine\n")
    git(project, "stash")
    does = (
        "git branch -D old; git branch -f moved $(git commit-tree -m x HEAD^{tree}); git tag v1; git tag -d v0;"
        "git stash drop; git config color.ui always; git update-ref refs/sous/claims/k7f3 HEAD; git worktree add -q ../n"
    )
    beside = f"subprocess.run({does!r}, shell=True, cwd={str(project)!r}, check=True, env=NOT_OURS)"
    done = carry_out(f"{GOOD}\n{beside}\nsubprocess.run(['git', 'status'])", "--steps", "1", "--retries", "0")
    assert done.code == 0, done.err
    assert "undone" not in done.err
    assert "moved, old, refs/tags/v0 and 1 more moved meanwhile, not by git of this run" in done.err
    assert git(project, "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/main", "refs/heads/moved", "refs/heads/n", "refs/heads/sous/prompt_plan",
        "refs/sous/claims/k7f3", "refs/tags/v1",
    ]  # fmt: skip
    assert git(project, "rev-parse", "moved") != git(project, "rev-parse", "main")
    assert git(project, "config", "color.ui") == "always\n"


@pytest.mark.parametrize(
    ("tick", "plan"),
    [
        ("pathlib.Path('docs/todo.md').write_text('- [x] Step 2: Doubling\\n')", "docs/plan.md"),
        ("p = pathlib.Path('other.md'); p.write_text(p.read_text().replace('Doubling', 'Doubling [x]'))", "other.md"),
    ],
)
def test_a_plan_of_another_name_is_guarded_too(carry_out: CarryOut, project: Path, tick: str, plan: str) -> None:
    (project / "docs").mkdir()
    (project / "prompt_plan.md").rename(project / plan)
    done = carry_out(f"{GOOD}\n{tick}", "--plan", plan, "--steps", "1")
    assert "1 step done, 1 open" in done.err
    assert (project / plan).read_text() == PLAN


NO_TESTS = {
    "a line in a test that was there": "open('calc.py', 'w').write('x = 1\\n')\n"
    "t = open('test_old.py').read(); open('test_old.py', 'w').write('import calc\\n' + t)",
    "tests that hang without the code": "open('calc.py', 'w').write('x = 1\\n')\n"
    "open('test_calc.py', 'w').write('import os, time, unittest\\n"
    'if not os.path.exists("calc.py"): time.sleep(60)\\n'
    "class T(unittest.TestCase):\\n    def test_x(self): pass\\n')",
    "another program under the name of the test program": GOOD.replace("calc.add(2, 2), 4", "1, 2")
    + "open('unittest.py', 'w')",
    "a repository inside": GOOD + "subprocess.run('git init -q sub && touch sub/x', shell=True)",
    "a pipe where the journal is": "state = pathlib.Path(sys.argv[1]).parents[1] / 'run/state.json'\n"
    "state.unlink(); os.mkfifo(state)",
    "a pipe where the notes are": "os.makedirs('.sous/run', exist_ok=True); os.mkfifo('.sous/run/step-1.md')",
    "a folder that nobody may write to": "os.mkdir('locked'); open('locked/f', 'w'); os.chmod('locked', 0o555)",
    "a folder for the list": GOOD + "os.mkdir('todo.md'); open('calc.py', 'a').write('x = (')",
    "rules that hide what it left": "open('.gitignore', 'a').write('junk.txt\\n'); open('junk.txt', 'w').write('x')",
    "takes away what git does not hold": GOOD + "os.remove('untracked.txt')",
    "a name that is no text": GOOD + "os.makedirs(b'.github/\\xff')\nopen(b'.github/\\xff/x', 'w').write('x')",
}  # fmt: skip


@pytest.mark.parametrize("lie", NO_TESTS.values(), ids=NO_TESTS.keys())
def test_a_trick_is_not_ticked_and_leaves_no_trace(carry_out: CarryOut, project: Path, lie: str) -> None:
    before = tree_of(project)
    done = carry_out(lie, "--retries", "0", "--test-timeout", "5")
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert tree_of(project) == before
    assert not (project / "sub").exists()
    assert not (project / "todo.md").exists()


def test_a_rollback_brings_files_back_to_the_byte_with_their_mode(carry_out: CarryOut, project: Path) -> None:
    secret = project / ".env"
    secret.write_bytes(b"A=1\r\nB=2\r\n")
    secret.chmod(0o600)
    git(project, "config", "core.autocrlf", "input")
    assert carry_out("os.remove('.env'); open('.env', 'w').write('x')", "--retries", "0").code == 1
    assert secret.read_bytes() == b"A=1\r\nB=2\r\n"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_file_may_become_a_folder(carry_out: CarryOut, project: Path) -> None:
    write_tree(project, {"lib": "x\n"})
    git(project, "add", "lib")
    git(project, "commit", "-qm", "lib")
    done = carry_out(
        f"{GOOD}\nif 'Step 1' in prompt:\n    os.remove('lib'); os.mkdir('lib'); open('lib/a', 'w').write('a')"
    )
    assert done.code == 0, done.err
    assert "lib/a" in git(project, "ls-tree", "-r", "--name-only", "HEAD").splitlines()


def test_what_an_agent_calls_partial_is_its_work(carry_out: CarryOut, project: Path) -> None:
    done = carry_out(f"{GOOD}\nos.makedirs('views', exist_ok=True)\nopen('views/head.partial', 'w').write('x')")
    assert done.code == 0, done.err
    assert "views/head.partial" in git(project, "ls-files").splitlines()


def test_two_steps_of_one_number_are_told_before_anything_is_done(carry_out: CarryOut, project: Path) -> None:
    (project / "prompt_plan.md").write_text(PLAN.replace("Step 2:", "Step 1:"))
    done = carry_out("open('../started', 'w')")
    assert done.code == 1
    assert "has several steps 1: lines 3 and 16" in done.err
    assert not (project.parent / "started").exists()


def test_a_step_without_a_number_is_ticked_by_its_place(carry_out: CarryOut, project: Path) -> None:
    prompts = ("Write add(a, b) in calc.py, with its test.", "Write double(a) in calc.py, with its test.")
    titles = zip(("Setup", "Doubling 1"), prompts, strict=True)
    (project / "prompt_plan.md").write_text("".join(f"{title}\n\n```text\n{text}\n```\n\n" for title, text in titles))
    done = carry_out(GOOD.replace("'Step 1'", "'add(a'"), "--steps", "1")
    assert done.code == 0, done.err
    assert "- [x] Setup" in (project / "todo.md").read_text()


def test_a_new_project_needs_no_test_to_begin_with(carry_out: CarryOut, project: Path) -> None:
    write_tree(project, {"tests/__init__.py": ""})
    git(project, "rm", "-q", "test_old.py")
    git(project, "add", "tests")
    git(project, "commit", "-qm", "no tests yet")
    nothing = f"{UNITTEST[:-3]} -q && ls test_*.py"
    assert carry_out(GOOD, "--steps", "1", test=nothing).code == 0


def test_a_second_ctrl_c_ends_an_agent_that_hears_no_first(project: Path, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(
        "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    )
    command = [*SOUS, "run", "--agent", f"{sys.executable} {agent}", "--test", UNITTEST]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as job:
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), job)
        job.send_signal(signal.SIGINT)
        time.sleep(0.5)
        job.send_signal(signal.SIGINT)
        job.communicate(timeout=30)
    assert job.returncode == 130
    assert not is_alive(int((tmp_path / "pid").read_text()))


def wait_for(condition: Callable[[], object], job: subprocess.Popen[Any]) -> None:
    """Wait until something holds; fail where the program ends before."""
    for _ in range(300):
        if condition():
            return
        assert job.poll() is None, "it ended too early"
        time.sleep(0.1)
    raise AssertionError


def test_what_git_ignores_is_neither_deleted_nor_committed(carry_out: CarryOut, project: Path) -> None:
    write_tree(project, {".gitignore": "*.log\n.env\ndata/\n", ".env": "S\n", "data/d.csv": "1\n"})
    git(project, "commit", "-qam", "ignore")
    assert carry_out("open('.gitignore', 'w')", "--retries", "0").code == 1
    assert (project / ".env").read_text() == "S\n"
    assert carry_out(f"{GOOD}\nos.remove('.gitignore')", "--steps", "1").code == 0
    assert (project / "data/d.csv").read_text() == "1\n"
    assert not {".env", "data/d.csv"} & set(git(project, "ls-files").splitlines())


def test_what_a_step_ignores_itself_stays(carry_out: CarryOut, project: Path) -> None:
    code = (
        "if 'Step 1' in prompt:\n    open('.gitignore', 'a').write('venv/\\n'); os.mkdir('venv'); open('venv/x', 'w')"
    )
    assert carry_out(f"{GOOD}\n{code}", "--steps", "1").code == 0
    assert (project / "venv/x").exists()
    assert ".gitignore" in git(project, "show", "--name-only", "--format=", "HEAD").split()


def test_what_was_done_since_a_kill_elsewhere_stays(carry_out: CarryOut, project: Path) -> None:
    assert carry_out(f"open('calc.py', 'w').write('half')\n{KILL}").code == -signal.SIGKILL
    (project / "calc.py").unlink()
    git(project, "switch", "-q", "main")
    git(project, "commit", "-q", "--allow-empty", "-m", "hers")
    git(project, "tag", "v1")
    git(project, "branch", "feature")
    (project / "test_old.py").write_text(f"{OLD_TEST}# more\n")
    git(project, "stash")
    done = carry_out(GOOD, "--steps", "1")
    assert done.code == 0, done.err
    assert git(project, "log", "-1", "--format=%s", "main").strip() == "hers"
    assert git(project, "rev-parse", "v1", "feature").split() == [git(project, "rev-parse", "main").strip()] * 2
    assert git(project, "stash", "list")


def test_new_branches_and_stashes_are_left_and_dropped_stashes_come_back(carry_out: CarryOut, project: Path) -> None:
    (project / "test_old.py").write_text(f"{OLD_TEST}# mine\n")
    git(project, "stash")
    work = "open('x.py', 'w'); subprocess.run('git branch other; git stash -u -- x.py', shell=True)"
    assert carry_out(f"{GOOD}\n{work}", "--steps", "1").code == 0
    assert len(git(project, "stash", "list").splitlines()) == 2
    assert "other" in git(project, "branch")
    done = carry_out(f"{GOOD}\nsubprocess.run('git stash clear', shell=True)", "--retries", "0")
    assert "it dropped stashes" in done.err
    assert len(git(project, "stash", "list").splitlines()) == 2


def test_a_folder_with_files_of_ones_own_is_not_lost_in_a_repository_inside(carry_out: CarryOut, project: Path) -> None:
    write_tree(project, {"data/a.log": "mine\n", "data/b.txt": "mine\n"})
    assert carry_out("subprocess.run('git init -q data', shell=True)", "--retries", "0").code == 1
    assert {path.name for path in (project / "data").iterdir()} == {"a.log", "b.txt"}


def test_links_of_ones_own_stay_links(carry_out: CarryOut, project: Path) -> None:
    write_tree(project, {"docs/spec.md": "# s\n"})
    (project / "spec.md").symlink_to("docs/spec.md")
    (project / ".git/hooks/pre-commit").symlink_to("../../nowhere")
    git(project, "add", "-f", "docs", "spec.md")
    git(project, "commit", "-qm", "spec", "--no-verify")
    assert carry_out(GOOD, "--steps", "1").code == 0
    assert (project / "spec.md").is_symlink()
    assert (project / ".git/hooks/pre-commit").is_symlink()


def test_a_rollback_does_not_follow_links_that_an_agent_laid(
    carry_out: CarryOut, project: Path, tmp_path: Path
) -> None:
    write_tree(project, {"docs/plan.md": PLAN, "docs/todo.md": "# Todo\n\n- [ ] Step 1: Adding\n"})
    write_tree(tmp_path / "out", {"todo.md": "OUT\n"})
    (tmp_path / "victim").write_text("mine\n")
    code = f"os.rename('docs', 'old'); os.symlink({str(tmp_path / 'out')!r}, 'docs')"
    log = "os.path.join(os.path.dirname(sys.argv[1]), 'step-1.1.agent.log')"
    note = "os.makedirs('.sous/run', exist_ok=True)"
    victim = repr(str(tmp_path / "victim"))
    link = f"os.symlink({victim}, {log}); {note}; os.symlink({victim}, '.sous/run/step-1.md'); print('words')"
    done = carry_out(f"{code}\n{link}", "--retries", "0", "--plan", "docs/plan.md")
    assert done.code == 1
    assert (tmp_path / "out/todo.md").read_text() == "OUT\n"
    assert (tmp_path / "victim").read_text() == "mine\n"
    assert (project / "docs/plan.md").read_text() == PLAN
    assert not (project / "docs").is_symlink()


@pytest.mark.parametrize("test", ["./t.sh;", "sh {root}/t.sh", "sh s/../t.sh", "./link.sh", "ignored/t.sh"])
def test_the_program_of_the_tests_is_known_whatever_it_is_called(carry_out: CarryOut, project: Path, test: str) -> None:
    script = f"#!/bin/sh\nexec {UNITTEST}\n"
    write_tree(project, {"t.sh": script, "s/real.sh": script, "ignored/t.sh": script})
    (project / "link.sh").symlink_to("s/real.sh")
    (project / ".gitignore").write_text("*.log\nignored/\n")
    for path in project.rglob("*.sh"):
        path.chmod(0o755)
    git(project, "add", "-A", ".", ":!untracked.txt", ":!prompt_plan.md")
    git(project, "commit", "-qm", "scripts")
    trick = "for p in ('t.sh', 's/real.sh', 'ignored/t.sh'): open(p, 'w').write('#!/bin/sh\\ntest -e calc.py\\n')"
    done = carry_out(f"{GOOD}\n{trick}", "--retries", "0", test=test.format(root=project))
    assert done.code == 1, done.err
    assert "which the test command runs" in done.err


def test_what_cannot_be_begun_is_said_before(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text(PLAN)
    assert "lies outside" in carry_out(GOOD, "--plan", "../p.md", "--root", ".").err
    git(project, "switch", "-qc", "x")
    git(project, "commit", "-q", "--allow-empty", "-m", "x")
    git(project, "switch", "-q", "main")
    git(project, "merge", "-q", "--no-commit", "--no-ff", "x")
    assert "git has an unfinished operation (MERGE_HEAD)" in carry_out(GOOD, "--branch", "main").err
    (project / ".git/MERGE_HEAD").unlink()
    write_tree(project, {'"quoted".txt': "x\n", "ends\r": "x\n"})
    assert carry_out(GOOD, "--steps", "1").code == 0


def test_what_was_tested_is_what_is_committed(carry_out: CarryOut, project: Path, tmp_path: Path, home: Path) -> None:
    daemon = tmp_path / "daemon.sh"
    waits = (
        f"[ $(date +%s) -lt {int(time.time()) + 20} ] && ! grep -qs proved {home}/{STATE}/checkouts/*/run/state.json"
    )
    daemon.write_text(f"while {waits}; do :; done; echo EVIL > {project}/calc.py; touch {tmp_path}/did\n")
    start = f"subprocess.Popen(['env', '-i', 'setsid', 'sh', {str(daemon)!r}], stdout=-3, stderr=-3, stdin=-3)"
    done = carry_out(f"{GOOD}\n{start}", "--steps", "1")
    assert done.code == 0, done.err
    for _ in range(250):
        if (tmp_path / "did").exists():
            break
        time.sleep(0.1)
    assert "EVIL" not in git(project, "show", "HEAD:calc.py")


LYING = """
import glob, os, subprocess
index = glob.glob(os.path.join({temporary!r}, 'sous-run-*', 'after'))
if index:
    blob = subprocess.run(['git', 'hash-object', '-w', '--stdin'], input=b'EVIL = 1', stdout=subprocess.PIPE, cwd={top!r})
    entry = '100644,' + blob.stdout.decode().strip() + ',calc.py'
    env = dict(os.environ, GIT_INDEX_FILE=index[0])
    done = subprocess.run(['git', 'update-index', '--add', '--cacheinfo', entry], env=env, cwd={top!r})
    open({did!r}, 'a').write(str(done.returncode))
"""


def test_what_tests_write_to_the_index_of_a_run_is_not_committed(
    carry_out: CarryOut, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    code = LYING.format(temporary=str(tmp_path / "tmp"), top=str(project), did=str(tmp_path / "did"))
    done = carry_out(f"{GOOD}\nopen('test_calc.py', 'a').write({code!r})", "--steps", "1")
    assert done.code == 0, done.err
    assert set((tmp_path / "did").read_text()) == {"0"}
    assert (
        git(project, "show", "HEAD:calc.py")
        == "def add(a, b):\n    return a + b\n"
        == (project / "calc.py").read_text()
    )


PAID = "print('Tokens: 1k sent, 10 received. Cost: $0.20 message, $0.20 session.')\n"


def test_no_more_tries_are_begun_once_the_agents_spent_the_limit(carry_out: CarryOut, project: Path) -> None:
    done = carry_out(PAID + GOOD, "--max-cost", "0.2")
    assert done.code == 4, done.err
    assert "1 step done, 1 open, $0.20 spent" in done.err
    assert "\nCost: $0.2" in git(project, "log", "-1", "--format=%B")
    assert "Error: agents spent $0.20, and --max-cost is $0.20: nothing more is started" in done.err
    done = carry_out(PAID + "open('calc.py', 'a').write('x = 1\\n')", "--max-cost", "0.3", "--retries", "3")
    assert done.code == 4
    assert "Step 2: Doubling: not done after 2 tries: no test is new" in done.err
    assert "No more tries: agents spent $0.40" in done.err
    assert git(project, "log", "--format=%s").splitlines() == ["Step 1: Adding", "start"]


SILENT = {
    "ended by its time": ("print('I think')\nsys.stdout.flush()\ntime.sleep(60)", 1.0),
    "ended by itself": ("sys.exit(1)", 1.0),
    "reported": ("""print('{"type": "result", "total_cost_usd": 0.25, "usage": {}}')""", 0.5),
}


@pytest.mark.parametrize(("code", "spent"), SILENT.values(), ids=SILENT)
def test_a_try_that_is_ended_before_it_reports_is_counted_whole(
    run: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, spent: float
) -> None:
    write_tree(tmp_path, {"bin/claude": f"#!{sys.executable}\nimport sys, time\n{code}\n"})
    (tmp_path / "bin/claude").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    options = ("--agent", "claude", "--agent-timeout", "2", "--max-cost", "1", "--retries", "1", "--steps", "1")
    done = run("sous", "run", *options, "--test", UNITTEST, cwd=project)
    is_counted = "claude ended before it reported what the attempt cost: $1.00 is counted" in done.err
    assert is_counted == (spent == 1.0), done.err
    assert ("agents spent $1.00, and --max-cost is $1.00: nothing more is started" in done.err) == is_counted
    assert f"after {1 if is_counted else 2} tr" in done.err
    assert f"${spent:.2f} spent" in done.err


def test_a_limit_that_cannot_hold_or_is_none_is_named(carry_out: CarryOut) -> None:
    done = carry_out(GOOD, "--max-cost", "5")
    assert done.code == 0, done.err
    assert done.err.count("does not report what an attempt costs, so --max-cost cannot be enforced") == 1
    for odd in ("-1", "nan", "much"):
        assert carry_out(GOOD, "--max-cost", odd).code == 2
    assert "no more tries after $5" in carry_out(GOOD, "--max-cost", "5", "--dry-run").out
