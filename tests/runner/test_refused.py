from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scene import committed, git
from sous.errors import SousError
from sous.runner import refused
from sous.runner.checkpoint import Change
from sous.runner.config import AttemptResult
from sous.runner.elsewhere import place_of

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Done, Run
    from sous.runner.workplace import Workplace

PLAN = "# Plan: x\n\n## Step 1: A\n\n```text\nWrite a.txt with two lines, no more.\n```\n"
NO = AttemptResult(("it is wrong",), "printed", (Change("a.txt", "A"),))
TEST = f'"{sys.executable}" -c "exit(len(open(\'a.txt\').readlines()) != 2)"'
AGENT = """import pathlib, sys
path = pathlib.Path('a.txt')
path.write_text((path.read_text() if path.exists() else '') + 'line\\n')
pathlib.Path(sys.argv[0]).with_suffix('.seen').write_text(sys.stdin.read())
"""


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    folder = tmp_path / "project"
    committed(folder, {"prompt_plan.md": PLAN, "../agent.py": AGENT})
    found = place_of(folder, folder / "prompt_plan.md")
    assert found
    return found


def patch_of(place: Workplace) -> bytes:
    (place.top / "a.txt").write_text("line\n")
    git(place.top, "add", "a.txt")
    patch = git(place.top, "diff", "--cached").encode()
    git(place.top, "rm", "-qf", "a.txt")
    return patch


def test_what_was_refused_comes_back_with_why(place: Workplace) -> None:
    refused.keep(place, "step-1", "Step 1: A", patch_of(place), NO)
    assert refused.put_in_place(place, "step-1", "Step 1: A") == NO
    assert (place.top / "a.txt").read_text() == "line\n"


def test_what_does_not_fit_or_is_of_another_step_is_refused(place: Workplace) -> None:
    patch = patch_of(place)
    with pytest.raises(SousError, match="nothing to continue"):
        refused.put_in_place(place, "step-1", "Step 1: A")
    refused.keep(place, "step-1", "Step 1: A", patch, NO)
    with pytest.raises(SousError, match="is of Step 1: A, not of Step 1: B"):
        refused.put_in_place(place, "step-1", "Step 1: B")
    (place.top / "a.txt").write_text("mine\n")
    with pytest.raises(SousError, match="does not fit the project"):
        refused.put_in_place(place, "step-1", "Step 1: A")
    assert (place.top / "a.txt").read_text() == "mine\n"
    refused.keep(place, "step-1", "Step 1: A", b"", NO)
    with pytest.raises(SousError, match="nothing to continue"):
        refused.put_in_place(place, "step-1", "Step 1: A")


def carry_out(run: Run, place: Workplace, *args: str) -> Done:
    agent = f'"{sys.executable}" "{place.top.parent / "agent.py"}"'
    options = ("--no-tdd", "--retries", "0", "--test", TEST)
    return run("sous", "run", "--agent", agent, *options, *args, cwd=place.top)


def test_a_run_goes_on_from_a_refused_step_with_a_word_of_the_user(run: Run, place: Workplace) -> None:
    assert "nothing to continue" in carry_out(run, place, "--continue").err
    assert carry_out(run, place).code == 1
    assert not (place.top / "a.txt").exists()
    done = carry_out(run, place, "--continue", "--say", "One more line.")
    assert done.code == 0, done.err
    seen = (place.top.parent / "agent.seen").read_text()
    assert "going on from what was refused" in done.err
    assert "Your last try was not good enough" in seen
    assert seen.endswith("## What the developer says\n\nOne more line.\n")
    assert "nothing to continue" not in done.err
