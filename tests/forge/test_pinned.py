from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import git, write_tree
from sous.claims.source import FileLines
from sous.forge.github import GitHub
from sous.forge.pinned import Pinned
from sous.forge.remote import Repository

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "one = 1\ntwo = 2\nthree = 3\n"


@pytest.fixture
def pushed(repo: Path) -> Path:
    """A repository whose remote has the commit with `app.py`."""
    write_tree(repo, {"app.py": TEXT})
    git(repo, "add", "app.py")
    git(repo, "commit", "-qm", "app")
    git(repo, "remote", "add", "origin", "https://github.com/o/r.git")
    git(repo, "update-ref", "refs/remotes/origin/main", "HEAD")
    return repo


def pinned(root: Path, path: str = "o/r") -> Pinned:
    forge = GitHub(Repository("github.com", path), cast("Any", None), "https://github.com")
    return Pinned(root, forge)


def link(root: Path, first: int, last: int, quote: str = "") -> str | None:
    found = pinned(root).link(FileLines("app.py", first, last), quote)
    return found.rpartition("/")[2] if found else None


def test_lines_that_are_as_they_were_pushed_are_linked(pushed: Path) -> None:
    commit = git(pushed, "rev-parse", "HEAD").strip()
    found = pinned(pushed).link(FileLines("app.py", 2, 3))
    assert found == f"https://github.com/o/r/blob/{commit}/app.py#L2-L3"


def test_lines_that_were_changed_are_found_by_their_quote(pushed: Path) -> None:
    write_tree(pushed, {"app.py": f"zero = 0\n{TEXT}"})
    assert link(pushed, 3, 3, "two = 2") == "app.py#L2"
    assert link(pushed, 3, 3) is None
    assert link(pushed, 1, 1, "zero = 0") is None


def test_a_commit_that_was_not_pushed_is_no_place(pushed: Path) -> None:
    before = pinned(pushed).commit
    write_tree(pushed, {"app.py": f"{TEXT}four = 4\n"})
    git(pushed, "commit", "-qam", "more")
    assert pinned(pushed).commit == before
    assert link(pushed, 4, 4) is None


def test_a_file_is_linked_only_as_it_is(pushed: Path) -> None:
    assert pinned(pushed).link_to_file("app.py")
    write_tree(pushed, {"app.py": "other\n", "new.py": "x\n"})
    assert pinned(pushed).link_to_file("app.py") is None
    assert pinned(pushed).link_to_file("new.py") is None


def test_another_repository_has_none_of_our_commits(pushed: Path) -> None:
    assert pinned(pushed, "o/other").commit is None
    assert pinned(pushed, "o/other").link(FileLines("app.py", 1, 1)) is None
