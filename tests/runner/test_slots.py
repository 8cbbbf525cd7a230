"""Each worker has a worktree of its own, made once, and objects are handed over without git's wire."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import git
from sous.errors import SousError
from sous.git import write_git
from sous.git_wire import OwnRepository
from sous.runner import slots
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def main(repo: Path) -> Workplace:
    return Workplace(repo, repo, repo / "prompt_plan.md")


def test_the_lowest_free_number_is_taken(main: Workplace) -> None:
    with ExitStack() as held:
        assert [held.enter_context(slots.free_slot(main.root)) for _ in range(2)] == [1, 2]
        assert slots.is_at_work(main.root, 2)
    assert not slots.is_at_work(main.root, 2)
    with slots.free_slot(main.root) as slot:
        assert slot == 1


def test_eight_worktrees_are_made_at_once(main: Workplace) -> None:
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda slot: slots.place_in(main, slot, "HEAD"), range(1, 9)))
    assert len({place.top for place in places}) == 8
    assert all((place.top / "src" / "app.py").is_file() for place in places)
    assert all(place.origin == main for place in places)
    assert git(main.top, "config", "--list", "--local").count("branch.") == 0
    assert slots.place_in(main, 3, "HEAD") == places[2]


def test_what_lies_there_already_is_not_touched(main: Workplace) -> None:
    folder = slots.slot_folder(main.root, 1)
    folder.mkdir(parents=True)
    (folder / "mine").write_text("x")
    with pytest.raises(SousError, match="is not a worktree of"):
        slots.place_in(main, 1, "HEAD")
    assert (folder / "mine").read_text() == "x"


def test_a_commit_of_the_remote_is_brought_and_checked_out(main: Workplace, tmp_path: Path) -> None:
    ours = OwnRepository.open(tmp_path / "wire.git", main.root, str(tmp_path / "remote.git"))
    head = git(main.top, "rev-parse", "HEAD").strip()
    commit = ours.commit("theirs", parents=[head], tree=ours.tree_with(head, {"new.txt": b"new\n"}))
    place = slots.place_in(main, 1, "HEAD")
    team = cast("Any", SimpleNamespace(root=main.root, repository=ours))
    slots.bring(team, place, commit)
    slots.bring(team, place, commit)
    slots.go_to(place, commit)
    assert (place.top / "new.txt").read_text() == "new\n"
    git(main.top, "fsck", "--connectivity-only", commit)


def test_a_commit_that_came_without_its_files_is_brought_again(main: Workplace, tmp_path: Path) -> None:
    ours = OwnRepository.open(tmp_path / "wire.git", main.root, str(tmp_path / "remote.git"))
    head = git(main.top, "rev-parse", "HEAD").strip()
    commit = ours.commit("theirs", parents=[head], tree=ours.tree_with(head, {"new.txt": b"new\n"}))
    place = slots.place_in(main, 1, "HEAD")
    write_git(main.top, "hash-object", "-t", "commit", "-w", "--stdin", input=ours.git("cat-file", "commit", commit))
    git(main.top, "cat-file", "-e", commit)
    slots.bring(cast("Any", SimpleNamespace(root=main.root, repository=ours)), place, commit)
    slots.go_to(place, commit)
    assert (place.top / "new.txt").read_text() == "new\n"
