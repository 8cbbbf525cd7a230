"""What we write as objects is what git itself would have written."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from scene import examples, git
from sous.errors import SousError
from sous.git_objects import entries_of_tree, tree_of
from sous.git_wire import OwnRepository

if TYPE_CHECKING:
    from pathlib import Path

WHO = {
    f"GIT_{role}_{what}": text
    for role in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "A <b>\n"), ("EMAIL", "a@x"))
}


@pytest.fixture
def ours(tmp_path: Path, repo: Path) -> OwnRepository:
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    return OwnRepository.open(tmp_path / "ours", repo, str(tmp_path / "remote.git"))


def test_trees_are_those_of_git(ours: OwnRepository, repo: Path) -> None:
    names = ["a", "a.b", "a/b", "a0", "ab/c/d", "ab.c", "é/x y", "z/\u2028.txt", "src/app.py", "src.py", "new/deep/er"]
    chance = random.Random(7)  # noqa: S311
    commit = git(repo, "rev-parse", "HEAD").strip()
    known: dict[str, bytes | None] = {}
    for _ in range(examples(20)):
        files: dict[str, bytes | None] = {}
        for path in chance.sample(names, 4):
            there = {one for one in {**known, **files} if {**known, **files}[one] is not None}
            if not any(one.startswith(f"{path}/") or path.startswith(f"{one}/") for one in there):
                files[path] = chance.choice((None, b"", path.encode()))
        known |= files
        tree = ours.tree_with(commit, files)
        commit = ours.commit("x", tree=tree)
        git(ours.folder, "--git-dir=.", "fsck", "--strict", "--no-dangling", tree)
        index = {path: data for path, data in known.items() if data is not None}
        listed = git(ours.folder, "--git-dir=.", "ls-tree", "-r", "-z", "--name-only", tree).split("\0")
        assert set(index) <= {*listed}
        assert not {path for path, data in known.items() if data is None} & {*listed}
        for path, data in index.items():
            assert ours.file_at(tree, path) == data


def test_a_tree_that_is_read_and_written_is_the_same(ours: OwnRepository) -> None:
    tree = ours.tree_with(git(ours.checkout.top, "rev-parse", "HEAD").strip(), {"a/b": b"1", "a.b": b"2", "a0": b"3"})
    raw = ours.objects([tree])[tree][1]
    assert tree_of(entries_of_tree(raw, algorithm="sha1")) == raw


def test_a_commit_is_one_that_git_takes(ours: OwnRepository) -> None:
    one = ours.commit("one\0\n")
    two = ours.commit("two: é\n", parents=[one], author=WHO)
    git(ours.folder, "--git-dir=.", "fsck", "--strict", "--no-dangling", two)
    shown = git(ours.folder, "--git-dir=.", "log", "--format=%an|%ce|%s|%P", two).splitlines()
    assert shown == [f"A b|a@x|two: é|{one}", "sous|sous@localhost|one|"]


def test_a_folder_without_files_goes(ours: OwnRepository) -> None:
    tree = ours.tree_with(ours.tree_with(ours.commit("x"), {"a/b/c": b"1"}), {"a/b/c": None})
    assert ours.objects([tree])[tree] == ("tree", b"")


def test_a_file_where_a_folder_belongs_is_told(ours: OwnRepository) -> None:
    tree = ours.tree_with(ours.commit("x"), {".sous-plan": b"in the way"})
    with pytest.raises(SousError, match=r"\.sous-plan is not a folder"):
        ours.tree_with(tree, {".sous-plan/done/k7f3": b"1"})


def test_objects_of_sha256_have_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    git(folder, "init", "-q", "--object-format=sha256")
    git(folder, "commit", "-q", "--allow-empty", "-m", "start")
    ours = OwnRepository.open(tmp_path / "ours", folder, str(tmp_path / "remote.git"))
    tree = ours.tree_with(git(folder, "rev-parse", "HEAD").strip(), {"a/b": b"1"})
    assert len(tree) == 64
    git(ours.folder, "--git-dir=.", "fsck", "--strict", "--no-dangling", ours.commit("x", tree=tree))


def test_what_is_not_there_is_left_out(ours: OwnRepository) -> None:
    commit = ours.commit("x")
    odd = f"{commit}:no\nsuch é"
    assert list(ours.objects([odd, commit, "0" * 40])) == [commit]
