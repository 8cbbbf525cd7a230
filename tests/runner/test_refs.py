from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.runner.refs import branch_of, head_of, read_refs
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path

GOES = {
    "on a branch": ("switch", "-q", "-c", "a/b"),
    "on no branch": ("switch", "-q", "--detach"),
    "on a branch of another": ("symbolic-ref", "refs/heads/alias", "refs/heads/main"),
    "where nothing is": ("switch", "-q", "--orphan", "empty"),
}


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    top = (tmp_path / "project").resolve()
    write_tree(top, {"a.py": "A = 1\n"})
    git(top, "init", "-q", "-b", "main")
    git(top, "add", ".")
    git(top, "commit", "-qm", "start")
    git(top, "tag", "v1")
    return Workplace(top, top, top / "prompt_plan.md")


@pytest.mark.parametrize("words", GOES.values(), ids=GOES)
def test_head_and_branch_are_read_with_all_references(place: Workplace, words: tuple[str, ...]) -> None:
    git(place.top, *words)
    found = read_refs(place)
    listed = git(place.top, "for-each-ref", "--format=%(refname) %(objectname)")
    assert found.by_name == dict(line.split() for line in listed.splitlines())
    assert found.branch == branch_of(place)
    if words[-1] == "empty":
        assert found.head == ""
        with pytest.raises(SousError, match="no commit yet"):
            head_of(place)
    else:
        assert found.head == head_of(place)


def test_a_branch_by_another_name_is_the_one_it_stands_for(place: Workplace) -> None:
    git(place.top, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    git(place.top, "symbolic-ref", "HEAD", "refs/heads/alias")
    found = read_refs(place)
    assert (found.branch, found.head) == (branch_of(place), head_of(place))
