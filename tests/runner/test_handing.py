"""The work on a step as a tree, and how it comes into another checkout."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.folder import own_folder
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.runner import journal, refused
from sous.runner.config import AttemptResult
from sous.runner.handing import (
    Notes,
    free_branch,
    patch_between,
    put_in_place,
    refuse_unsaved,
    work_under_way,
)
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path

STEP = Planned(Step("3", "Add", "do", done=False, line=1))


@pytest.fixture
def place(repo: Path) -> Workplace:
    return Workplace(repo, repo, repo / "prompt_plan.md")


def test_all_that_git_does_not_ignore_is_in_it(place: Workplace) -> None:
    write_tree(place.top, {"src/app.py": "x = 1\n", "new/a.txt": "new\n", "a.log": "ignored\n"})
    (place.top / "README.md").unlink()
    before = git(place.top, "status", "--porcelain")
    work = work_under_way(place, STEP)
    assert work.paths == ("README.md", "new/a.txt", "src/app.py")
    assert git(place.top, "show", f"{work.tree}:new/a.txt") == "new\n"
    assert git(place.top, "status", "--porcelain") == before, "nothing of the project is changed"
    assert (work.notes, work.attempt) == (Notes(), "")
    assert "+x = 1" in patch_between(place, work.base, work.tree)


def test_what_a_run_tried_and_took_back_is_in_it(place: Workplace) -> None:
    (place.top / "src/app.py").write_text("x = 2\n")
    patch = git(place.top, "diff", "--binary").encode()
    git(place.top, "checkout", "-q", ".")
    refused.keep(place, "step-3", STEP.name, patch, AttemptResult(("red",)))
    journal.write_log(place, "step-3.2.agent.log", b"I gave up\n")
    journal.write_log(place, "step-3.2.prompt.md", b"Do it\n")
    with own_folder(place.root, "run") as folder:
        folder.write("step-3.md", b"# Step 3: not done\n")
    other = Planned(Step("3", "Else", "do", done=False, line=1))
    assert work_under_way(place, other).paths == (), "it is of another plan"
    work = work_under_way(place, STEP)
    assert git(place.top, "show", f"{work.tree}:src/app.py") == "x = 2\n"
    assert (work.notes.problems, work.notes.log.strip(), work.attempt) == ("# Step 3: not done\n", "I gave up", "2")
    (place.top / "src/app.py").write_text("x = 3\n")
    assert git(place.top, "show", f"{work_under_way(place, STEP).tree}:src/app.py") == "x = 3\n"
    git(place.top, "commit", "-qam", "elsewhere")
    with pytest.raises(SousError, match="does not fit the project"):
        work_under_way(place, STEP)


def test_it_comes_into_a_checkout_as_it_was_not_committed(place: Workplace) -> None:
    write_tree(place.top, {"src/app.py": "x = 1\n", "new/a.txt": "new\n"})
    (place.top / "README.md").unlink()
    work = work_under_way(place, STEP)
    git(place.top, "add", "-A")
    git(place.top, "commit", "-qm", "elsewhere")
    refuse_unsaved(place, work.base, work.tree)
    name = free_branch(place, "sous/k7f3")
    put_in_place(place, name, work.base, work.tree)
    assert git(place.top, "rev-parse", "HEAD").strip() == work.base
    assert git(place.top, "branch", "--show-current").strip() == name == "sous/k7f3"
    assert git(place.top, "status", "--porcelain").splitlines() == [" D README.md", " M src/app.py", "?? new/"]
    assert work_under_way(place, STEP).tree == work.tree
    assert free_branch(place, "sous/k7f3") == "sous/k7f3-2"
    with pytest.raises(SousError, match="cannot begin the branch"):
        put_in_place(place, "sous/k7f3", work.base, work.tree)


def test_a_tree_that_no_project_may_hold_changes_nothing(place: Workplace) -> None:
    blob = git(place.top, "hash-object", "-w", "README.md").strip()
    tree = blob
    for kind, name in (("100755 blob", "post-checkout"), ("040000 tree", "hooks"), ("040000 tree", ".git")):
        entry = f"{kind} {tree}\t{name}\n"
        made = subprocess.run(["git", "mktree"], cwd=place.top, input=entry.encode(), capture_output=True, check=True)
        tree = made.stdout.decode().strip()
    before = git(place.top, "status", "--porcelain", "--branch")
    with pytest.raises(SousError, match="cannot be unpacked: .*invalid path"):
        put_in_place(place, "sous/k7f3", git(place.top, "rev-parse", "HEAD").strip(), tree)
    assert git(place.top, "status", "--porcelain", "--branch") == before
    assert free_branch(place, "sous/k7f3") == "sous/k7f3"


def commit(place: Workplace, files: dict[str, str]) -> str:
    """Commit files that git ignores, go back to where we were, and return the commit."""
    before = git(place.top, "rev-parse", "HEAD").strip()
    write_tree(place.top, files)
    git(place.top, "add", "-f", *files)
    git(place.top, "commit", "-qm", "theirs")
    made = git(place.top, "rev-parse", "HEAD").strip()
    git(place.top, "reset", "-q", "--hard", before)
    return made


def test_what_is_changed_and_not_committed_is_not_in_the_way(place: Workplace) -> None:
    (place.top / "src/app.py").write_text("mine\n")
    with pytest.raises(SousError, match=r"src/app\.py is changed and not committed"):
        refuse_unsaved(place, "HEAD", "HEAD")


@pytest.mark.parametrize("is_base", [False, True])
@pytest.mark.parametrize(
    ("theirs", "mine", "named"),
    [
        ("new.txt", "new.txt", "new.txt"),
        ("a.log", "a.log", "a.log"),
        ("a.log", "a.log/kept/x.log", "a.log/kept/x.log"),
        ("a.log/x.txt", "a.log", "a.log"),
    ],
)
def test_nothing_of_the_user_is_in_the_way(
    place: Workplace, theirs: str, mine: str, named: str, *, is_base: bool
) -> None:
    tree = commit(place, {theirs: "theirs\n"})
    write_tree(place.top, {mine: "mine\n"})
    with pytest.raises(SousError, match=f"{named} is in the way and is not in git"):
        refuse_unsaved(place, tree if is_base else "HEAD", tree)
    assert (place.top / mine).read_text() == "mine\n"


def test_what_git_ignores_is_not_overwritten_by_the_new_branch(place: Workplace) -> None:
    base = commit(place, {"a.log": "theirs\n"})
    write_tree(place.top, {"a.log": "mine\n"})
    with pytest.raises(SousError, match="cannot begin the branch"):
        put_in_place(place, "sous/k7f3", base, base)
    assert (place.top / "a.log").read_text() == "mine\n"


def test_folders_that_are_empty_or_known_are_not_in_the_way(place: Workplace) -> None:
    base = commit(place, {"src/more.log": "theirs\n", "empty": "theirs\n"})
    (place.top / "empty").mkdir()
    refuse_unsaved(place, base, base)
