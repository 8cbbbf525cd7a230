from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from scene import committed, git, write_tree
from sous.runner.putback import clear_way, delete_new, open_folders, write_blob
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    top = committed(tmp_path / "project", {"a.py": "A = 1\n", "sub/b.py": "B = 1\n"}).resolve()
    return Workplace(top, top / "sub", top / "sub/prompt_plan.md")


def test_what_is_new_goes_with_the_folders_that_it_leaves_empty(place: Workplace) -> None:
    write_tree(place.top, {"new/deep/c.py": "C = 1\n", "sub/d.py": "D = 1\n"})
    assert delete_new(place, "new/deep/c.py")
    assert delete_new(place, "sub/d.py")
    (place.root / "b.py").unlink()
    assert delete_new(place, "sub/e.py"), "it has gone already"
    assert not (place.top / "new").exists()
    assert place.root.is_dir(), "the root of the project stays"


@pytest.mark.parametrize("git_is", ["a folder", "a file"])
def test_of_a_new_repository_only_the_repository_goes(place: Workplace, git_is: str) -> None:
    inside = ".git/HEAD" if git_is == "a folder" else ".git"
    write_tree(place.top, {f"lib/{inside}": "ref: refs/heads/main\n", "lib/mine.txt": "mine\n"})
    assert delete_new(place, "lib/")
    assert [path.name for path in (place.top / "lib").iterdir()] == ["mine.txt"]


def test_what_cannot_be_deleted_is_told(place: Workplace) -> None:
    assert not delete_new(place, "sub"), "it is a folder"


@pytest.mark.skipif(os.name == "nt", reason="modes are not kept there")
def test_folders_of_a_path_are_opened(place: Workplace) -> None:
    place.root.chmod(0o500)
    open_folders(place, "sub/missing/b.py")
    assert stat.S_IMODE(place.root.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_and_files_in_the_way_of_a_path_go(place: Workplace, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (place.top / "linked").symlink_to(tmp_path / "far")
    write_tree(place.top, {"file": "in the way\n"})
    (place.top / "empty").mkdir()
    for path in ("linked/x.py", "file/x.py", "empty", "sub"):
        clear_way(place, path)
    assert sorted(path.name for path in place.top.iterdir()) == [".git", "a.py", "sub"]
    assert (tmp_path / "far").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="links and modes are not kept there")
def test_a_file_and_a_link_are_written_as_they_were(place: Workplace, tmp_path: Path) -> None:
    blob = git(place.top, "rev-parse", "HEAD:a.py").strip()
    (tmp_path / "far.py").write_text("mine\n")
    (place.top / "run").symlink_to(tmp_path / "far.py")
    write_blob(place, "run", blob, 0o100755)
    write_blob(place, "more/link", blob, stat.S_IFLNK | 0o777)
    assert (place.top / "run").read_text() == "A = 1\n"
    assert stat.S_IMODE((place.top / "run").stat().st_mode) == 0o755
    assert str((place.top / "more/link").readlink()) == "A = 1\n"
    assert (tmp_path / "far.py").read_text() == "mine\n"
