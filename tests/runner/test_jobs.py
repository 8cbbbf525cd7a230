from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, committed, git, in_terminal, missing, write_tree

if TYPE_CHECKING:
    from scene import Done, Run

CarryOut = Callable[..., "Done"]
UNITTEST = f'"{sys.executable}" -m unittest -q'
STEP = """
## Step {number}: Part {number}

- **Builds on:** {builds_on}
- **Files:** {files}

```text
Write part{number}.py, with its test.
```
"""
# Writes the part of its step; WORK runs before that, with `n`, `prompt`, and `meet`, which waits for the other agent.
AGENT = """
import os, pathlib, re, subprocess, sys, time
prompt = sys.stdin.read()
n = re.search(r"# Step (\\d+)", prompt)[1]
beside = pathlib.Path({beside!r})
home = pathlib.Path({home!r})
def meet(other):
    (beside / f"here{{n}}").write_text("")
    for _ in range(600):
        if (beside / f"here{{other}}").exists():
            return
        time.sleep(0.05)
    sys.exit(f"no agent {{other}} beside this one")
def write():
    open(f"part{{n}}.py", "w").write(f"def f():\\n    return {{n}}\\n")
    test = f"import unittest, part{{n}}\\nclass T(unittest.TestCase):\\n"
    test += f"    def test_{{n}}(self):\\n        self.assertEqual(part{{n}}.f(), {{n}})\\n"
    open(f"test_part{{n}}.py", "w").write(test)
{work}
"""
GOOD = "write()"


def plan_of(*builds_on: str, files: str = "`part{0}.py`, `test_part{0}.py`") -> str:
    steps = (
        STEP.format(number=number, builds_on=one, files=files.format(number)) for number, one in enumerate(builds_on, 1)
    )
    return "# Plan\n" + "".join(steps)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a test that passes, and a plan of two steps that do not meet."""
    old = "import unittest\nclass T(unittest.TestCase):\n    def test_old(self):\n        self.assertTrue(True)\n"
    files = {"test_old.py": old, "shared.py": "A = 1\nB = 2\nC = 3\n", ".gitignore": ".venv/\n*.log\n"}
    folder = committed(tmp_path / "project", files)
    (folder / "prompt_plan.md").write_text(plan_of("nothing", "nothing"))
    return folder


def agent_of(tmp_path: Path, project: Path, work: str) -> str:
    path = tmp_path / "agent.py"
    (tmp_path / "beside").mkdir(exist_ok=True)
    path.write_text(AGENT.format(beside=str(tmp_path / "beside"), home=str(project), work=work))
    return f'"{sys.executable}" "{path}"'


@pytest.fixture
def carry_out(run: Run, project: Path, tmp_path: Path) -> CarryOut:
    """Run the plan with an agent that does this: `carry_out(WORK, "--jobs", "2")`."""

    def go(work: str, *args: str, test: str = UNITTEST) -> Done:
        agent = agent_of(tmp_path, project, work)
        jobs = () if "--jobs" in args else ("--jobs", "2")
        return run("sous", "run", "--agent", agent, "--test", test, *jobs, *args, cwd=project)

    return go


def done_in(project: Path) -> str:
    todo = project / "todo.md"
    lines = todo.read_text().splitlines() if todo.exists() else []
    return " ".join(line.split("Step ")[1].split(":")[0] for line in lines if line.startswith("- [x] Step"))


def test_steps_that_do_not_meet_are_done_at_once_and_land_one_after_the_other(
    carry_out: CarryOut, project: Path
) -> None:
    (project / "prompt_plan.md").write_text(plan_of("nothing", "nothing", "step 1, step 2"))
    work = "meet('2' if n == '1' else '1') if n != '3' else open('part1.py').close()\nwrite()"
    done = carry_out(work)
    assert done.code == 0, done.err
    assert "tested again with Step " in done.err
    assert "3 steps done, 0 open" in done.err
    assert done_in(project) == "1 2 3"
    subjects = git(project, "log", "--format=%s").splitlines()
    assert subjects[0] == "Step 3: Part 3"
    assert {*subjects[1:3]} == {"Step 1: Part 1", "Step 2: Part 2"}
    assert git(project, "status", "--porcelain").split() == ["??", "prompt_plan.md"]
    assert (project / "part1.py").is_file()
    for commit in git(project, "log", "--format=%H", "main..HEAD").split():  # each was tested as it is
        assert "todo.md" in git(project, "show", "--name-only", "--format=", commit)
    assert git(project, "worktree", "list").count("\n") == 1


BOTH_LINES = """
meet('2' if n == '1' else '1') if 'last try' not in prompt else None
text = open('shared.py').read()
open('shared.py', 'w').write(text.replace('B = 2\\n', f'B = {n}0\\n') if 'B = 2\\n' in text else text + f'D = {n}\\n')
(beside / f'prompt{n}').write_text(prompt)
write()
"""


def test_a_conflict_goes_back_to_its_agent_with_both_sides(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    done = carry_out(BOTH_LINES)
    assert done.code == 0, done.err
    assert "changes the same lines of shared.py" in done.err
    assert done_in(project) == "1 2"
    first, second = git(project, "log", "--format=%s", "--reverse", "main..HEAD").splitlines()
    late, soon = second.split()[1][0], first.split()[1][0]
    prompt = (tmp_path / "beside" / f"prompt{late}").read_text()
    assert f"+B = {late}0" in prompt
    assert f"+B = {soon}0" in prompt
    assert f"what landed meanwhile ({first})" in prompt
    assert (project / "shared.py").read_text() == f"A = 1\nB = {soon}0\nC = 3\nD = {late}\n"


RED_TOGETHER = """
if 'last try' in prompt:
    (beside / 'again').write_text(prompt)
    os.remove(f'use{n}.py')
else:
    meet('2' if n == '1' else '1')
    open(f'use{n}.py', 'w').write('')
write()
if 'last try' not in prompt:
    test = "import glob, unittest\\nclass T(unittest.TestCase):\\n    def test_one(self):\\n"
    test += "        self.assertLessEqual(len(glob.glob('use*.py')), 1)\\n"
    open(f'test_use{n}.py', 'w').write(test)
"""


def test_what_is_red_together_goes_back_to_its_agent(carry_out: CarryOut, project: Path, tmp_path: Path) -> None:
    done = carry_out(RED_TOGETHER)
    assert done.code == 0, done.err
    prompt = (tmp_path / "beside" / "again").read_text()
    assert "together with what landed meanwhile (Step " in prompt
    assert "failed" in prompt
    assert "What landed meanwhile:" in prompt
    assert done_in(project) == "1 2"
    assert len(list(project.glob("use*.py"))) == 1


def test_after_two_tries_a_conflict_is_left_to_a_person(carry_out: CarryOut, project: Path) -> None:
    """Each time the step comes back something else has landed: here always a commit that the agent makes happen."""
    (project / "prompt_plan.md").write_text(plan_of("nothing", "nothing", "nothing", "nothing"))
    work = (
        "if n == '1':\n    tries = len(list(beside.glob('here1.*')))\n    (beside / f'here1.{tries}').write_text('')\n"
        "    for _ in range(600):\n"
        "        if len((home / 'todo.md').read_text().split('[x] Step')) > tries + 1 if (home / 'todo.md').exists() else 0:\n"
        "            break\n        time.sleep(0.05)\n"
        "else:\n    for _ in range(600):\n"
        "        if (beside / f'here1.{int(n) - 2}').exists():\n            break\n        time.sleep(0.05)\n"
        "open('shared.py', 'w').write(f'B = {n}\\n')\nwrite()"
    )
    done = carry_out(work, "--jobs", "4", "--retries", "3")
    assert done.code == 1, done.err
    assert "Step 1: Part 1: not done after 1 try: what landed meanwhile" in done.err
    assert done_in(project) == "2 3 4"
    assert (project / ".sous/run/step-1.patch").is_file()


LIES = """
if n == '1':
    subprocess.run(['git', '-C', str(home), 'commit', '-q', '--allow-empty', '-m', 'x'])
    subprocess.run(['git', '-C', str(home), 'tag', 'v1'])
elif n == '2':
    (home / 'todo.md').write_text('- [x] Step 1: Part 1\\n- [x] Step 2: Part 2\\n- [x] Step 4: Part 4\\n')
elif n == '3':
    (home / '.git/hooks/pre-commit').write_text('exit 1')
    subprocess.run('git config a.b c; git stash -u; git branch -f main HEAD~0; git tag t', shell=True)
    write()
else:
    write()
"""


def test_liars_are_told_and_their_neighbour_is_not_blamed(carry_out: CarryOut, project: Path) -> None:
    (project / "prompt_plan.md").write_text(plan_of("nothing", "nothing", "nothing", "nothing"))
    done = carry_out(LIES, "--retries", "0", "--jobs", "4")
    assert done.code == 1, done.err
    for what in ("it changed branches or tags", "it wrote to todo.md", "it changed git's own pre-commit"):
        assert re.search(f"while agents were at work in other folders, {what}.*; that is undone", done.err)
    for number in (1, 2):
        assert f"Step {number}: Part {number}: not done after 1 try: it changed no file" in done.err
    assert "Step 3: Part 3: not done after 1 try: it changed git's own config" in done.err
    assert "Step 4: Part 4: done" in done.err
    assert done_in(project) == "4"
    assert git(project, "log", "--format=%s").splitlines() == ["Step 4: Part 4", "start"]
    assert git(project, "tag") == ""
    assert not (project / ".git/hooks/pre-commit").exists()
    assert (project / ".sous/run/step-3.patch").is_file()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_all_agents_and_keeps_what_there_was(project: Path, tmp_path: Path, run: Run) -> None:
    work = "open(f'half{n}.py', 'w').write('x = 1\\n')\nmeet('2' if n == '1' else '1')\n"
    work += "(beside / f'pid{n}').write_text(str(os.getpid()))\ntime.sleep(60)"
    command = [*SOUS, "run", "--agent", agent_of(tmp_path, project, work), "--test", UNITTEST, "--jobs", "2"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as job:
        pids = [tmp_path / "beside" / f"pid{n}" for n in (1, 2)]
        assert job.stderr
        while not all(path.exists() and path.read_text() for path in pids):
            assert job.poll() is None
        job.send_signal(signal.SIGINT)
        errors = job.communicate(timeout=60)[1]
    assert job.returncode == 130, errors
    for path in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)
    assert done_in(project) == ""
    assert git(project, "status", "--porcelain").split() == ["??", "prompt_plan.md"]
    agent = agent_of(tmp_path, project, "assert os.path.exists(f'half{n}.py'); os.remove(f'half{n}.py'); write()")
    done = run("sous", "run", "--agent", agent, "--test", UNITTEST, "--jobs", "2", "--continue", cwd=project)
    assert done.code == 0, done.err
    assert done_in(project) == "1 2"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_killed_run_leaves_nothing_and_its_work_can_be_gone_on_from(carry_out: CarryOut, project: Path) -> None:
    killer = "open(f'half{n}.py', 'w').write('x = 1\\n')\nmeet('2' if n == '1' else '1')\nos.kill(os.getppid(), 9)"
    assert carry_out(killer).code == -signal.SIGKILL
    done = carry_out("assert os.path.exists(f'half{n}.py'); os.remove(f'half{n}.py'); write()", "--continue")
    assert done.code == 0, done.err
    assert "was interrupted: the unfinished work is saved" in done.err
    assert done_in(project) == "1 2"
    jobs = next(Path(os.environ["HOME"]).glob(".local/state/sous/checkouts/*/jobs"), None)
    assert jobs is None or list(jobs.iterdir()) == []


def test_dependencies_of_the_project_are_there_and_its_own_modules_are_those_of_the_step(
    carry_out: CarryOut, project: Path
) -> None:
    write_tree(project, {".venv/lib/python3.9/site-packages/dep.py": "x = 1\n"})
    (project / ".venv/lib/python3.9/site-packages/mine.pth").write_text(f"{project}\n")
    work = "assert os.path.exists('.venv/lib/python3.9/site-packages/dep.py')\nimport shared\n"
    work += "assert shared.__file__.startswith(os.getcwd()), shared.__file__\nwrite()"
    done = carry_out(work)
    assert done.code == 0, done.err
    assert ".venv" not in git(project, "ls-files")


def test_a_dependency_that_an_agent_changes_is_told(carry_out: CarryOut, project: Path) -> None:
    write_tree(project, {".venv/lib/python3.9/site-packages/_pytest/run.py": "x = 1\n"})
    done = carry_out("open('.venv/lib/python3.9/site-packages/_pytest/run.py', 'w')\nwrite()", "--retries", "0")
    assert done.code == 1
    assert "site-packages/_pytest/run.py, which runs the tests" in done.err


def test_only_so_many_steps_are_done_and_the_first_agent_gets_the_word(
    carry_out: CarryOut, project: Path, tmp_path: Path
) -> None:
    (project / "prompt_plan.md").write_text(plan_of("nothing", "nothing", "nothing"))
    done = carry_out(
        "(beside / f'word{n}').write_text(prompt)\nprint('hello from', n)\nwrite()",
        "--steps",
        "2",
        "--say",
        "mind the gap",
        "-v",
    )
    assert done.code == 0, done.err
    assert done_in(project) == "1 2"
    assert re.search("Step 1, .*: hello from 1\\n", done.err)
    words = [(tmp_path / "beside" / f"word{n}").read_text().count("mind the gap") for n in (1, 2)]
    assert words == [1, 0]


def test_somebodys_own_work_is_not_written_over(carry_out: CarryOut, project: Path) -> None:
    work = "(home / 'shared.py').write_text('mine\\n') if n == '1' else None\nwrite()"
    done = carry_out(work, "--jobs", "2", "--retries", "0")
    assert done.code == 1
    assert "shared.py was changed in " in done.err
    assert (project / "shared.py").read_text() == "mine\n"


def test_a_file_that_git_does_not_hold_is_not_written_over(carry_out: CarryOut, project: Path) -> None:
    (project / "part1.py").write_text("mine\n")
    done = carry_out(GOOD, "--retries", "0", "--yes")
    assert done.code == 1
    assert "the step makes part1.py, which is there already and is not in git" in done.err
    assert (project / "part1.py").read_text() == "mine\n"
    assert done_in(project) in ("2", "")


BAD = {
    "in place": (("--in-place",), 2, "--jobs and --in-place exclude each other"),
    "none": (("--jobs", "0"), 2, "0 is not in the range x>=1"),
    "nothing to continue": (("--continue",), 1, "there is nothing to continue"),
}


@pytest.mark.parametrize(("options", "code", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused(carry_out: CarryOut, options: tuple[str, ...], code: int, said: str) -> None:
    done = carry_out(GOOD, *options)
    assert (done.code, said in done.err) == (code, True), done.err


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_a_terminal_has_a_line_for_each_step_at_work(project: Path, tmp_path: Path) -> None:
    agent = agent_of(tmp_path, project, "meet('2' if n == '1' else '1')\ntime.sleep(1)\nwrite()")
    command = [*SOUS, "run", "--agent", agent, "--test", UNITTEST, "--jobs", "2", "--yes"]
    shown = in_terminal(command, project, b"")
    assert "s, Step 1: Part 1" in shown
    assert "s, Step 2: Part 2" in shown
    assert "\x1b[A\x1b[K" in shown
    assert "2 steps done, 0 open" in shown


def test_no_step_is_begun_once_the_agents_at_work_spent_the_limit(carry_out: CarryOut, project: Path) -> None:
    (project / "prompt_plan.md").write_text(plan_of("nothing", "nothing", "step 1, step 2"))
    paid = "print('Tokens: 1k sent, 10 received. Cost: $0.20 message, $0.20 session.')\n"
    done = carry_out(paid + GOOD, "--max-cost", "0.3")
    assert done.code == 4, done.err
    assert "2 steps done, 1 open, $0.40 spent" in done.err
    assert "Error: agents spent $0.40, and --max-cost is $0.30: nothing more is started" in done.err


@pytest.mark.skipif(os.name == "nt", reason="a script of POSIX")
def test_agents_at_work_at_once_share_the_limit(
    run: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = "limit = sys.argv[sys.argv.index('--max-budget-usd') + 1]\n(beside / f'limit{n}').write_text(limit)\n"
    reported = """print('{"type": "result", "total_cost_usd": 0.3, "usage": {}}')\n"""
    agent_of(tmp_path, project, f"{limit}meet('2' if n == '1' else '1')\n{reported}{GOOD}")
    write_tree(tmp_path, {"bin/claude": f"#!{sys.executable}\n{(tmp_path / 'agent.py').read_text()}"})
    (tmp_path / "bin/claude").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    options = ("--agent", "claude", "--jobs", "2", "--max-cost", "1", "--yes")
    done = run("sous", "run", *options, "--test", UNITTEST, cwd=project)
    assert done.code == 0, done.err
    assert [(tmp_path / f"beside/limit{n}").read_text() for n in (1, 2)] == ["0.500000", "0.500000"]
    assert "2 steps done, 0 open, $0.60 spent" in done.err


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
def test_the_hook_runs_again_on_a_step_with_what_landed_meanwhile(carry_out: CarryOut, project: Path) -> None:
    hook = project / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\n[ -f part1.py ] && [ -f part2.py ] || exit 0\necho x > both.txt\n[ -f mended.txt ]\n")
    hook.chmod(0o755)
    work = "meet('2' if n == '1' else '1')\nopen('mended.txt', 'w').close() if 'last try' in prompt else None\nwrite()"
    done = carry_out(work, "--hooks")
    assert done.code == 0, done.err
    assert "the pre-commit hook fails with exit code 1" in done.err
    assert "it goes back to the agent" in done.err
    names = git(project, "ls-tree", "--name-only", "HEAD").split()
    assert {"part1.py", "part2.py", "both.txt", "mended.txt"} <= {*names}
    assert git(project, "status", "--porcelain").split() == ["??", "prompt_plan.md"]


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
def test_what_the_hook_rewrites_where_a_step_lands_is_committed(carry_out: CarryOut, project: Path) -> None:
    hook = project / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\n[ ! -f part1.py ] || [ ! -f part2.py ] || echo x > both.txt\n")
    hook.chmod(0o755)
    done = carry_out("meet('2' if n == '1' else '1')\nwrite()", "--hooks")
    assert done.code == 0, done.err
    assert "tested again with Step " in done.err
    assert "both.txt" in git(project, "ls-tree", "--name-only", "HEAD").split()
    assert "both.txt" not in git(project, "ls-tree", "--name-only", "HEAD^").split()


def test_agents_in_a_sandbox_write_to_their_own_folders_alone(
    carry_out: CarryOut, project: Path, tmp_path: Path
) -> None:
    if not shutil.which("bwrap"):
        missing("bwrap")
    work = """
jobs = pathlib.Path.cwd().parents[1]
for place in (home / "evil", jobs / "evil", pathlib.Path(".git/hooks/evil"), home / ".git/evil", beside / "evil"):
    try:
        place.write_text("x")
    except OSError:
        continue
    sys.exit(f"it can write {place}")
write()
"""
    done = carry_out(work, "--sandbox", "--retries", "0")
    assert done.code == 0, done.err
    assert "2 steps done, 0 open" in done.err
    assert not (project / "evil").exists()
    assert git(project, "status", "--porcelain").split() == ["??", "prompt_plan.md"]
