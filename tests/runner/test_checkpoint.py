from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scene import git, name_author, write_tree
from sous.runner.checkpoint import Change, Checkpoint, KnownTree
from sous.runner.committing import commit_state
from sous.runner.workplace import Workplace

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
    name_author(top)
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


LIES = {
    "other content": ("--cacheinfo", "100644,{blob},a.py"),
    "a file more": ("--add", "--cacheinfo", "100644,{blob},never.py"),
    "a file less": ("--force-remove", "docs/x.md"),
    "nothing to look at": ("--assume-unchanged", "a.py"),
    "nothing to write": ("--skip-worktree", "a.py"),
}


def tampered(place: Workplace, index: Path, how: tuple[str, ...]) -> None:
    """Change an index as tests could that are run, and the file that it may hide."""
    other = place.top.parent / "evil.py"
    other.write_text("EVIL = 1\n")
    blob = git(place.top, "hash-object", "-w", str(other)).strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_INDEX_FILE", str(index))
        git(place.top, "update-index", *(one.format(blob=blob) for one in how))
    (place.top / "a.py").write_text("EVIL = 2\n")


@pytest.mark.parametrize("how", LIES.values(), ids=LIES)
def test_a_state_is_what_it_was_whatever_programs_write_to_its_index(tmp_path: Path, how: tuple[str, ...]) -> None:
    place = made((tmp_path / "project").resolve())
    start = Checkpoint.take(place, tmp_path / "start")
    write_tree(place.top, {"a.py": "A = 2\n"})
    after = start.now(tmp_path / "after")
    for state in (start, after):
        tampered(place, state.index, how)
    assert after.changes() == [Change("a.py", "M")]
    again = start.now(tmp_path / "again")
    assert git(place.top, "diff", "--name-only", after.tree, again.tree).split() == ["a.py"]
    after.restore()
    assert (place.top / "a.py").read_text() == "A = 2\n"
    tampered(place, after.index, how)
    made_so = commit_state(place, after, "Add it", "test", git(place.top, "rev-parse", "HEAD").strip())
    assert git(place.top, "rev-parse", "HEAD^{tree}").strip() == after.tree == made_so.tree
    taken = Checkpoint.take(place, tmp_path / "next", made_so)
    assert taken.changed == (Change("a.py", "M"),)
