"""A command that is killed between an answer and its file: the next run finds the answer, and pays for nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asked import CASES, place

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")

# Runs a module of ours, and dies where a file of that name would be put in its place.
DIES = """
import os, runpy, signal, sys
name, module, *sys.argv[1:] = sys.argv[1:]
replace = os.replace

def dying(source, target, **more):
    if os.path.basename(os.fspath(target)) == name:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target, **more)

os.replace = dying
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
QUICK = ("second opinion", "todo")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.exhaustive) for name in CASES]
)
def test_killed_before_its_file_is_there_nothing_is_paid_twice(
    name: str, repo: Path, run: Run, model: FakeModel
) -> None:
    case = CASES[name]
    place(repo, case)
    model.script = case.script
    argv = case.argv if case.module != "sous" else (*case.argv, "-m", "scripted")
    dies = subprocess.run(
        [sys.executable, "-c", DIES, case.target, case.module, *argv], cwd=repo, capture_output=True, check=False
    )
    assert dies.returncode < 0, dies.stderr.decode()
    assert not (repo / case.target).exists()
    paid = len(model.requests)
    assert paid == case.calls or (case.calls < 0 and paid > 2)
    again = argv if case.module == "sous" else ()
    if name == "hone":
        again = ("hone", "--resume", *argv[2:])
    done = run("sous", *again, cwd=repo) if again else run(sys.executable, "-m", case.module, *argv, cwd=repo)
    assert done.code == 0, done.err
    assert (repo / case.target).exists()
    assert len(model.requests) == paid, done.err


@pytest.mark.exhaustive
def test_an_answer_of_an_agent_that_cannot_be_carried_out_is_asked_for_again(
    repo: Path, run: Run, model: FakeModel
) -> None:
    (repo / "step.txt").write_text("Make new.py.\n")
    model.script = lambda _: "## `../new.py`\n\n````python\nx = 1\n````\n"
    argv = (sys.executable, "-m", "sous.runner.edit", "step.txt", "--model", "scripted")
    for count in (1, 2):
        done = run(*argv, cwd=repo)
        assert "lies outside the project" in done.err
        assert len(model.requests) == count
