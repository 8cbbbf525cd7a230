from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle import history
from sous.bundle.select import File
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path


def sort_by_changes(names: list[str], base: Path) -> list[str]:
    files = [File(name, str(base), name) for name in names]
    return [file.path for file in history.sort_by_changes(files, history.ChangeCounts([str(base)], 100))]


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


def test_commits_and_diffs_are_what_git_says(repo: Path) -> None:
    (repo / "README.md").write_text("# New\n")
    (commit,) = history.commits(repo, 5)
    assert commit.subject == "start"
    assert commit.paths == (".gitignore", "README.md", "src/app.py")
    assert "+# New" in history.diffs(repo).work_tree
    assert history.diffs(repo).staged == ""
    git(repo, "add", ".")
    assert "+# New" in history.diffs(repo).staged


def test_a_filter_of_the_repository_is_never_run_for_a_diff(repo: Path, tmp_path: Path) -> None:
    """`git diff` would run filter.x.clean on a file that changed."""
    (repo / ".gitattributes").write_text("* filter=x\n")
    git(repo, "config", "filter.x.clean", f"touch {tmp_path / 'pwned'}; cat")
    (repo / "README.md").write_text("# Changed!\n")
    assert "+# Changed!" in history.diffs(repo).work_tree
    assert "README.md" in history.changed_since(repo, "HEAD")
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", ""])
def test_what_is_no_commit_is_told(ref: str, repo: Path) -> None:
    with pytest.raises(SousError, match="not a commit"):
        history.changed_since(repo, ref)
    assert not (repo / "x").exists()
