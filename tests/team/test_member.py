"""Who takes part is kept outside of the project, and its remote is looked at each time."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.team.member import (
    Membership,
    address_of,
    author_of,
    keep_membership,
    membership_of,
    person_of,
    required_membership,
    worker_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_membership_is_kept_and_left(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    assert membership_of(root) is None
    with pytest.raises(SousError, match="sous team init"):
        required_membership(root)
    member = Membership("origin", "web/plan.md", "sous/plan")
    keep_membership(root, member)
    assert required_membership(root) == member
    assert (member.folder, Membership("o", "plan.md", "b").folder) == ("web/", "")
    keep_membership(root, None)
    assert membership_of(root) is None


def test_two_clones_are_two_workers(clone: Callable[[str], Path]) -> None:
    assert worker_of(clone("a")) != worker_of(clone("b"))


def test_a_remote_that_is_not_there_or_starts_something_is_refused(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    with pytest.raises(SousError, match="no remote 'upstream'"):
        address_of(root, "upstream")
    git(root, "remote", "set-url", "origin", "ext::sh -c touch% x")
    with pytest.raises(SousError, match="not an address that sous sends git to"):
        address_of(root, "origin")


def test_a_claim_names_who_commits_in_this_checkout(clone: Callable[[str], Path], home: Path) -> None:
    root = clone("a")
    assert person_of(root) == "Ann"
    git(root, "config", "user.name", "Ann at work")
    assert person_of(root) == "Ann at work"
    (home / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    git(root, "config", "--unset", "user.name")
    assert person_of(root) == socket.gethostname()


def test_commits_are_made_by_the_user(clone: Callable[[str], Path]) -> None:
    assert author_of(clone("a"))["GIT_COMMITTER_EMAIL"] == "ann@example.com"
