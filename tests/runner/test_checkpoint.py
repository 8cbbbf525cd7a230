from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.runner.checkpoint import Change, Checkpoint, KnownTree, Workplace

if TYPE_CHECKING:
    from pathlib import Path

GONE = {"one": ["a.py"], "a folder": ["docs/x.md", "docs/y.md"], "all": ["a.py", "docs/x.md", "docs/y.md"]}


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_files_may_be_deleted_whatever_objects_are_named_by(tmp_path: Path, kind: str, gone: list[str]) -> None:
    top = (tmp_path / "project").resolve()
    write_tree(top, {"a.py": "A = 1\n", "docs/x.md": "x\n", "docs/y.md": "y\n"})
    git(top, "init", "-q", f"--object-format={kind}")
    git(top, "add", ".")
    git(top, "commit", "-qm", "start")
    start = Checkpoint.take(Workplace(top, top, top / "prompt_plan.md"), tmp_path / "start")
    for path in gone:
        (top / path).unlink()
    after = start.now(tmp_path / "after")
    left = git(top, "ls-tree", "-r", "--name-only", after.tree).split()
    assert sorted([*left, *gone]) == ["a.py", "docs/x.md", "docs/y.md"]
    start.restore()
    assert start.changes() == []


def made(top: Path) -> Workplace:
    write_tree(top, {"a.py": "A = 1\n", "docs/x.md": "x\n", ".gitignore": "out/\n"})
    git(top, "init", "-q", "-b", "main")
    git(top, "add", ".")
    git(top, "commit", "-qm", "start")
    return Workplace(top, top, top / "prompt_plan.md")


def test_a_known_tree_says_the_same_as_git_read_anew(tmp_path: Path) -> None:
    """Whatever was done since: an index of before only says what has to be looked at."""
    place = made((tmp_path / "project").resolve())
    top, tree = place.top, git(place.top, "rev-parse", "HEAD^{tree}").strip()
    known = KnownTree.of("HEAD", Checkpoint.take(place, tmp_path / "first"))
    assert Checkpoint.take(place, tmp_path / "same", known).tree == tree == known.tree
    status = (top / "a.py").stat()
    (top / "a.py").write_text("A = 2\n")  # of the same size, at the same time
    os.utime(top / "a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    (top / "docs/x.md").unlink()
    write_tree(top, {"out/b": "b\n", "new.py": "N = 1\n", "old/.git/HEAD": "ref: refs/heads/main\n"})
    anew, again = Checkpoint.take(place, tmp_path / "anew"), Checkpoint.take(place, tmp_path / "again", known)
    assert again.note() == anew.note()
    assert again.changed == anew.changed == (Change("a.py", "M"), Change("docs/x.md", "D"))


def test_what_a_state_was_made_from_is_known_to_it(tmp_path: Path) -> None:
    place = made((tmp_path / "project").resolve())
    start = Checkpoint.take(place, tmp_path / "start")
    write_tree(place.top, {"a.py": "A = 2\n", "new.py": "N = 1\n", "todo.md": "# Todo\n", "out/b": "b\n"})
    after = start.now(tmp_path / "after")
    assert after.changed == tuple(start.changes()) == (Change("a.py", "M"), Change("new.py", "A"))
    assert (start.knows_list, after.knows_list) == (False, True)
    assert after.was_ignored("out/b")
    assert not after.was_ignored("todo.md")


def test_a_folder_that_a_link_took_the_place_of_is_gone(tmp_path: Path) -> None:
    place = made((tmp_path / "project").resolve())
    start = Checkpoint.take(place, tmp_path / "start")
    (place.top / "docs").rename(tmp_path / "docs")
    (place.top / "docs").symlink_to(tmp_path / "docs")
    assert start.changes() == [Change("docs", "A"), Change("docs/x.md", "D")]
    start.restore()
    assert not (place.top / "docs").is_symlink()
    assert start.changes() == []
