from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import SOUS, committed, git, in_dialog, name_author, write_tree
from sous.errors import SousError
from sous.plan.progress import read_progress
from sous.runner.branch import settle, take_over_plan
from sous.runner.elsewhere import Ahead, ahead_of, place_of, plan_change, untracked_files

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run
    from sous.runner.workplace import Workplace

PLAN = (
    "# Plan: x\n\n## Step 1: A\n\n```text\nWrite a.py, tested.\n```\n\n## Step 2: B\n\n```text\nWrite b.py, OLD.\n```\n"
)
BRANCH = "sous/prompt_plan"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A plan whose first step is done on its branch; we are on main."""
    folder = committed(tmp_path / "project", {"prompt_plan.md": PLAN})
    git(folder, "switch", "-qc", BRANCH)
    write_tree(folder, {"todo.md": "- [x] Step 1: A\n- [ ] Step 2: B\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Step 1: A")
    git(folder, "switch", "-q", "main")
    found = place_of(folder, folder / "prompt_plan.md")
    assert found
    return found


def edit(place: Workplace, old: str, new: str) -> None:
    place.plan.write_text(place.plan.read_text().replace(old, new))
    git(place.top, "commit", "-qam", "changed my mind")


def test_the_branch_that_is_ahead_is_named(place: Workplace, run: Run) -> None:
    assert ahead_of(place, read_progress(place.plan), BRANCH) == Ahead(BRANCH, 1, 2)
    done = run("sous", "status", cwd=place.top)
    assert f"{BRANCH} is ahead: 1 of 2 steps are done there; `git switch {BRANCH}` goes there" in done.out
    git(place.top, "switch", "-q", BRANCH)
    assert ahead_of(place, read_progress(place.plan), BRANCH) is None


def test_a_plan_that_is_the_same_is_no_change(place: Workplace) -> None:
    assert plan_change(place, BRANCH) is None
    assert plan_change(place, "sous/other") is None


def test_a_plan_that_was_edited_since_its_branch_began_is_taken_over(place: Workplace) -> None:
    edit(place, "OLD", "NEW")
    change = plan_change(place, BRANCH)
    assert change
    assert (change.steps, change.done, change.by_both) == (["Step 2: B"], [], False)
    there = settle(place, BRANCH, worktree=False)
    take_over_plan(there, change)
    assert "NEW" in there.plan.read_text()
    assert git(place.top, "status", "--porcelain") == ""
    assert git(place.top, "log", "-1", "--format=%s").strip() == "prompt_plan.md: as it was changed"


def test_a_step_that_is_done_and_says_something_else_now_is_named(place: Workplace) -> None:
    edit(place, "Write a.py", "Write c.py")
    change = plan_change(place, BRANCH)
    assert change
    assert (change.steps, change.done) == (["Step 1: A"], ["Step 1: A"])


def test_a_plan_that_its_branch_changed_is_the_newer_one(place: Workplace) -> None:
    git(place.top, "switch", "-q", BRANCH)
    edit(place, "OLD", "NEW")
    git(place.top, "switch", "-q", "main")
    assert plan_change(place, BRANCH) is None
    edit(place, "OLD", "OTHER")
    change = plan_change(place, BRANCH)
    assert change
    assert change.by_both


@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_a_run_says_what_changed_and_needs_a_yes(place: Workplace, run: Run, options: tuple[str, ...]) -> None:
    edit(place, "OLD", "NEW")
    agent = ("--agent", "true", "--test", "true", "--retries", "0")
    done = run("sous", "run", *agent, *options, cwd=place.top)
    assert "prompt_plan.md was changed since sous/prompt_plan began: Step 2: B" in done.err
    assert ("pass --yes" in done.err) == (not options)
    assert ("NEW" in git(place.top, "show", f"{BRANCH}:prompt_plan.md")) == bool(options)


def test_a_step_that_is_opened_again_says_where_its_work_is(place: Workplace, run: Run) -> None:
    git(place.top, "switch", "-q", BRANCH)
    made = git(place.top, "log", "-1", "--format=%h").strip()
    done = run("sous", "step", "undo", "1", cwd=place.top)
    assert f"Step 1: A: open; its work is still in {made}: `sous step undo 1 --revert` reverts it" in done.err
    assert "stays" not in run("sous", "step", "done", "2", cwd=place.top).err


def test_work_that_git_does_not_hold_is_named_or_committed_first(place: Workplace, run: Run) -> None:
    git(place.top, "switch", "-q", BRANCH)
    (place.top / "base.py").write_text("X = 1\n")
    assert untracked_files(place) == ["base.py"]
    agent = ("run", "--agent", "true", "--no-test", "--retries", "0")
    done = run("sous", *agent, cwd=place.top)
    assert "base.py is not in git, so the tests run without it; commit what the steps need" in done.err
    command = [*SOUS, *agent]
    in_dialog(command, place.top, ("carry out", b"y\n"), ("Commit it first?", b"y\n"))
    assert git(place.top, "show", "--format=%s", "--name-only").split("\n")[::2] == [
        "Work before `sous run`",
        "base.py",
    ]


def clone_of(place: Workplace, folder: Path) -> Workplace:
    git(folder.parent, "clone", "-q", str(place.top), str(folder))
    name_author(folder)
    found = place_of(folder, folder / "prompt_plan.md")
    assert found
    return found


def test_a_second_clone_goes_on_where_the_remote_is(place: Workplace, tmp_path: Path) -> None:
    there = clone_of(place, tmp_path / "clone")
    assert ahead_of(there, read_progress(there.plan), BRANCH) == Ahead(f"origin/{BRANCH}", 1, 2)
    settle(there, BRANCH, worktree=False)
    assert [one.name for one in read_progress(there.plan).open] == ["Step 2: B"]
    assert git(there.top, "log", "-1", "--format=%s").strip() == "Step 1: A"


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_branch_behind_its_remote_goes_there_first(place: Workplace, tmp_path: Path, *, elsewhere: bool) -> None:
    there = clone_of(place, tmp_path / "clone")
    git(there.top, "switch", "-qc", BRANCH, f"origin/{BRANCH}~1")
    if elsewhere:
        git(there.top, "switch", "-q", "main")
    settle(there, BRANCH, worktree=False)
    assert git(there.top, "log", "-1", "--format=%s").strip() == "Step 1: A"
    assert git(there.top, "status", "--porcelain") == ""


def test_a_branch_that_went_another_way_than_its_remote_is_refused(place: Workplace, tmp_path: Path) -> None:
    there = clone_of(place, tmp_path / "clone")
    git(there.top, "switch", "-qc", BRANCH, f"origin/{BRANCH}~1")
    git(there.top, "commit", "-q", "--allow-empty", "-m", "mine")
    with pytest.raises(SousError, match="have diverged"):
        settle(there, BRANCH, worktree=False)
