"""What is a person's own stays, whatever an agent is at beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import committed, git, name_author, write_tree
from sous.runner.guard import Guard
from sous.runner.traced import GitCalls
from sous.runner.workplace import Workplace
from sous.state import checkout_state

if TYPE_CHECKING:
    from pathlib import Path


def made(folder: Path, files: dict[str, str]) -> Path:
    committed(folder, files)
    git(folder, "config", "protocol.file.allow", "always")
    return folder.resolve()


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    top = made(tmp_path / "project", {"a.py": "A = 1\n", "prompt_plan.md": "# Plan\n"})
    return Workplace(top, top, top / "prompt_plan.md")


@pytest.fixture
def lib(place: Workplace, tmp_path: Path) -> Path:
    """The submodule `libs/lib` of the project."""
    made(tmp_path / "lib", {"lib.py": "L = 1\n"})
    git(place.top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "lib"), "libs/lib")
    git(place.top, "commit", "-qm", "lib")
    name_author(place.top / "libs/lib")
    return place.top / "libs/lib"


IN_SUBMODULE = {
    "a commit": ("commit", "-q", "--allow-empty", "-m", "a person's"),
    "a branch": ("branch", "of-a-person"),
    "a tag with a message": ("tag", "-a", "-m", "x", "v1"),
}


@pytest.mark.parametrize("words", IN_SUBMODULE.values(), ids=IN_SUBMODULE)
def test_what_a_person_does_in_a_submodule_stays(place: Workplace, lib: Path, words: tuple[str, ...]) -> None:
    guard = Guard.watch(place)
    git(lib, *words)
    before = git(lib, "for-each-ref"), git(lib, "log", "--all", "--format=%H %s")
    assert guard.put_back() == ([], [])
    assert (git(lib, "for-each-ref"), git(lib, "log", "--all", "--format=%H %s")) == before
    git(lib, "fsck", "--strict")


def test_a_submodule_that_a_person_adds_or_has_in_a_worktree_stays(place: Workplace, lib: Path, tmp_path: Path) -> None:
    guard = Guard.watch(place)
    git(place.top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "lib"), "more")
    assert guard.put_back()[0] == []
    assert git(place.top / "more", "log", "--format=%s").strip() == "start"
    git(place.top, "worktree", "add", "-q", "--detach", "../beside")
    beside = (tmp_path / "beside").resolve()
    guard = Guard.watch(Workplace(beside, beside, beside / "prompt_plan.md"))
    git(lib, "config", "core.fsmonitor", "a-persons-own")
    assert guard.put_back() == ([], [])


@pytest.mark.parametrize("name", ["hooks/post-checkout", "info/attributes"])
@pytest.mark.parametrize("module", ["libs/lib", "planted"])
def test_what_git_obeys_in_a_submodule_is_still_watched(place: Workplace, lib: Path, name: str, module: str) -> None:
    assert lib.is_dir()
    folder = place.top / ".git/modules" / module
    write_tree(folder.parent, {f"{folder.name}/HEAD": "ref: refs/heads/main\n"} if module == "planted" else {})
    guard = Guard.watch(place)
    write_tree(folder, {name: "#!/bin/sh\n"})
    if module == "planted" and name.startswith("info"):
        assert guard.put_back() == ([], [])
    else:
        assert guard.put_back()[0] == [f"it changed git's own {name.split('/')[1]}"]
        assert not (folder / name).exists()


def test_a_program_in_the_configuration_of_a_submodule_is_taken_away(place: Workplace, lib: Path) -> None:
    guard = Guard.watch(place)
    git(lib, "config", "core.fsmonitor", "planted")
    assert guard.put_back()[0] == ["it changed git's own config"]
    assert "planted" not in (place.top / ".git/modules/libs/lib/config").read_text()


OF_OURS = {"a tick": "todo.md", "a new report": "code-review.md", "a note": ".sous/run/mine.md"}


@pytest.mark.parametrize("name", OF_OURS.values(), ids=OF_OURS)
def test_what_is_taken_back_of_our_own_files_is_kept(place: Workplace, name: str) -> None:
    (place.top / "todo.md").write_text("- [ ] Step 1\n")
    guard = Guard.watch(place)
    write_tree(place.top, {name: "- [x] Step 1, by a person\n"})
    _, (said,) = guard.put_back()
    folder = checkout_state(place.root) / "work"
    (copy,) = folder.glob("*.before")
    assert copy.read_text() == "- [x] Step 1, by a person\n"
    assert said.startswith(f"it wrote to {name}, which agents may not change; what was there is saved as ")
    assert said.endswith(copy.name)
    assert (place.top / "todo.md").read_text() == "- [ ] Step 1\n"
    write_tree(place.top, {name: "- [x] Step 1, once more\n"})
    guard.put_back()
    assert len([*folder.glob("*.before")]) == 2


def test_a_new_report_stays_where_a_person_works_beside(place: Workplace) -> None:
    guard = Guard.watch(place)
    write_tree(place.top, {"code-review.md": "mine\n", "todo.md": "- [x] Step 1\n"})
    guard.put_back(is_shared=True)
    assert (place.top / "code-review.md").read_text() == "mine\n"
    assert not (place.top / "todo.md").exists()


GOES = {
    "to no branch": ("switch", "-q", "--detach"),
    "to an empty branch": ("switch", "-q", "--orphan", "empty"),
    "to a commit": ("commit", "-q", "--allow-empty", "-m", "its own"),
    "without its branch": ("update-ref", "-d", "refs/heads/main"),
}


@pytest.mark.parametrize("words", GOES.values(), ids=GOES)
@pytest.mark.parametrize("is_on_branch", [True, False], ids=["branch", "no branch"])
def test_whoever_moves_head_is_put_back(place: Workplace, words: tuple[str, ...], *, is_on_branch: bool) -> None:
    if not is_on_branch:
        git(place.top, "switch", "-q", "--detach")
    before = git(place.top, "rev-parse", "HEAD"), git(place.top, "rev-parse", "--abbrev-ref", "HEAD")
    guard = Guard.watch(place)
    git(place.top, *words)
    guard.put_back(GitCalls(is_whole=False))
    assert (git(place.top, "rev-parse", "HEAD"), git(place.top, "rev-parse", "--abbrev-ref", "HEAD")) == before
    assert git(place.top, "rev-parse", "main") == before[0]


def test_a_reference_that_moved_without_a_trace_is_named_and_stays(place: Workplace) -> None:
    git(place.top, "branch", "other")
    guard = Guard.watch(place)
    git(place.top, "commit", "-q", "--allow-empty", "-m", "x")
    moved = git(place.top, "rev-parse", "HEAD").strip()
    git(place.top, "reset", "-q", "--hard", "HEAD^")
    (place.top / ".git/refs/heads/other").write_text(f"{moved}\n")  # past git
    assert guard.put_back() == ([], [])
    assert guard.told_beside() == ("other moved meanwhile, not by git of this run",)
    assert git(place.top, "rev-parse", "other").strip() == moved
    assert Guard.watch(place).told_beside() == ()
