from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle.order import path_key, sort_by_changes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "paths",
    [
        ["d/x", "a"],
        ["a/b/c", "a/d", "b"],
        ["_a", "-a", ".a", "@a", "1", "10", "9", "a", "A", "b", "B"],
        ["a", "A", "ab", "Ab", "b"],
        ["a", "\u00e1", "b", "z"],
        ["ea", "\u00e9a", "eb"],
        ["src/a b", "src/a-b", "src/ab"],
    ],
)
def test_folders_come_first_and_names_are_collated(paths: list[str]) -> None:
    """The order is that of the root collation: punctuation, digits, letters; accents, then case, only settle ties."""
    mixed = paths[::-1]
    assert sorted(mixed, key=path_key) == paths


def test_what_changed_most_often_comes_last(repo: Path) -> None:
    for number in range(3):
        (repo / "README.md").write_text(f"{number}\n")
        git(repo, "commit", "-qam", "x")
    assert sort_by_changes(["README.md", "src/app.py"], repo) == ["src/app.py", "README.md"]
    assert sort_by_changes(["b", "app.py"], repo / "src") == ["b", "app.py"]


@pytest.mark.parametrize("state", ["no repository", "no commit"])
def test_without_history_the_order_stays(state: str, tmp_path: Path) -> None:
    if state == "no commit":
        git(tmp_path, "init", "-q")
    assert sort_by_changes(["b", "a"], tmp_path) == ["b", "a"]
