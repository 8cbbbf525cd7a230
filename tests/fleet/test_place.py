"""The folder of a fleet: nobody else's files, and a result as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import write_tree
from sous.errors import SousError
from sous.fleet.place import FleetFolder, key_of
from sous.fleet.repositories import FleetRepository

if TYPE_CHECKING:
    from pathlib import Path

ONE = FleetRepository("o/n", "h/o/n", "https://h/o/n")


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"photo.txt": "x"})
    with pytest.raises(SousError, match="contains other files"):
        FleetFolder(tmp_path).begin()
    assert [path.name for path in tmp_path.iterdir()] == ["photo.txt"]


def test_a_new_one_is_kept_out_of_git_and_begun_once(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path / "deep" / "fleet")
    folder.begin()
    folder.note([{"name": "x"}])
    folder.begin()
    assert (folder.top / ".gitignore").read_text() == "*\n"
    assert folder.read("fleet.json") == {"rows": [{"name": "x"}]}


def test_a_result_is_there_once_all_of_it_is(tmp_path: Path) -> None:
    place = FleetFolder(tmp_path).repository(ONE)
    key = key_of({"commit": "a"})
    assert place.result("code-review", key) is None
    place.put("code-review", key, {"task": "code-review"}, {"code-review.md": "# Review\n"})
    assert place.result("code-review", key) == {"task": "code-review"}
    folder = place.result_folder("code-review", key)
    assert (folder / "code-review.md").read_text() == "# Review\n"
    (folder / "result.json").write_text('{"task": ')
    assert place.result("code-review", key) is None
    place.forget("code-review", key)
    assert [path for path, _ in place.results()] == []


def test_the_key_is_of_all_facts() -> None:
    keys = {key_of({"commit": commit, "task": task}) for commit in "ab" for task in ("x", "y")}
    assert len(keys) == 4
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = FleetFolder(tmp_path / "fleet")
    folder.begin()
    (folder.top / "repos").symlink_to(outside)
    with pytest.raises(SousError):
        folder.repository(ONE).put("check", "k", {}, {})
    assert list(outside.iterdir()) == []
