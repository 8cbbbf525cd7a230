from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scene import committed, git, write_tree
from sous.runner.watched import big_hooks, content_of, git_folders, is_below, is_same, own_files, watched_files
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    top = committed(tmp_path / "project", {"a.py": "A = 1\n"}).resolve()
    return Workplace(top, top, top / "prompt_plan.md")


def names(place: Workplace) -> set[str]:
    folder, common = git_folders(place)
    return {path.relative_to(place.top).as_posix() for path in watched_files(place, folder, common)}


@pytest.mark.parametrize(
    ("path", "is_watched"),
    [
        (".git/hooks/pre-commit", True),
        (".git/info/attributes", True),
        (".git/objects/info/alternates", True),
        (".git/modules/lib/config", True),
        (".git/modules/lib/index", False),
        (".git/description", False),
        (".git/logs/HEAD", False),
        ("a.py", False),
    ],
)
def test_what_git_obeys_is_watched_and_its_work_is_not(place: Workplace, path: str, *, is_watched: bool) -> None:
    write_tree(place.top, {path: "x\n", ".git/modules/lib/HEAD": "ref: refs/heads/main\n"})
    assert (path in names(place)) is is_watched


def test_a_worktree_watches_the_pointer_and_the_repository(place: Workplace, tmp_path: Path) -> None:
    git(place.top, "worktree", "add", "-q", str(tmp_path / "beside"))
    beside = (tmp_path / "beside").resolve()
    there = Workplace(beside, beside, beside / "plan.md")
    folder, common = git_folders(there)
    assert (folder, common) == (place.top / ".git/worktrees/beside", place.top / ".git")
    found = set(watched_files(there, folder, common))
    assert {beside / ".git", common / "config", folder / "commondir"} <= found


def test_a_hook_that_is_too_big_is_known_by_name_alone(place: Workplace) -> None:
    hook = place.top / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    with hook.open("wb") as file:
        file.truncate(20_000_000)
    folder, common = git_folders(place)
    assert list(big_hooks(folder, common)) == [hook]
    assert ".git/hooks/pre-push" not in names(place)


def test_our_files_are_those_that_are_there(place: Workplace) -> None:
    write_tree(place.top, {"prompt_plan.md": "# Plan\n", ".sous/findings.toml": "", "mine.md": "mine\n"})
    assert {path.name for path in own_files(place)} == {"prompt_plan.md", "findings.toml"}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_is_no_file_of_the_same_text(place: Workplace, tmp_path: Path) -> None:
    (tmp_path / "far").write_text("A = 1\n")
    path = place.top / "a.py"
    before = content_of(path)
    path.unlink()
    path.symlink_to(tmp_path / "far")
    assert not is_same(path, before, None)
    assert is_same(path, content_of(path), 0o600), "a link has no rights of its own"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_path_is_below_where_it_really_is(place: Workplace, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (place.top / "link").symlink_to(tmp_path / "far")
    assert is_below(place.top / "sub/../a.py", (place.top,))
    assert not is_below(place.top / "../a.py", (place.top,))
    assert not is_below(place.top / "link/a.py", (place.top,))
