from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.root import find_root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mark", [".git", ".mise.toml", "mise.toml", ".mise.local.toml", ".config/mise/config.toml"])
def test_the_nearest_marked_folder_above_is_the_root(mark: str, tmp_path: Path) -> None:
    folder = tmp_path / "my project" / "a" / "b"
    folder.mkdir(parents=True)
    marker = tmp_path / "my project" / mark
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.mkdir() if mark == ".git" else marker.write_text("")
    assert find_root(folder) == tmp_path / "my project"


def test_a_nearer_mark_wins(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "mise.toml").write_text("")
    (inner / ".git").write_text("gitdir: elsewhere\n")
    assert find_root(inner) == inner


def test_without_any_mark_the_folder_itself_is_the_root(tmp_path: Path) -> None:
    assert find_root(tmp_path) == tmp_path


def test_the_home_folder_is_refused_with_the_way_out(home: Path) -> None:
    with pytest.raises(SousError, match="home folder.*--root"):
        find_root(home)


def test_a_project_below_home_without_marks_is_not_the_home_folder(home: Path) -> None:
    """The user's own mise configuration does not make the home folder a project."""
    (home / ".config" / "mise").mkdir(parents=True)
    (home / ".config" / "mise" / "config.toml").write_text("")
    (home / "stuff").mkdir()
    assert find_root(home / "stuff") == home / "stuff"


def test_a_home_folder_under_git_is_refused_from_below(home: Path) -> None:
    (home / ".git").mkdir()
    (home / "stuff").mkdir()
    with pytest.raises(SousError, match="home folder"):
        find_root(home / "stuff")


def test_the_top_of_the_file_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="top of the file system"):
        find_root(type(tmp_path)(tmp_path.anchor))


def test_a_named_root_is_taken_even_if_it_is_home(home: Path) -> None:
    assert find_root(home / ".", named=home) == home.resolve()
