"""A remote is tried once with references that are thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.git_wire import RemoteAway
from sous.team.claims import CLAIMS
from sous.team.member import open_repository
from sous.team.probe import IN_BRANCHES, Namespace, usable_namespace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.git_wire import OwnRepository


@pytest.fixture
def ours(clone: Callable[[str], Path]) -> OwnRepository:
    return open_repository(clone("a"), "origin")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


def hook(remote: Path, name: str, text: str) -> None:
    path = remote / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_plain_remote_takes_references_and_keeps_none(ours: OwnRepository, remote: Path) -> None:
    assert usable_namespace(ours) == Namespace(CLAIMS)
    assert git(remote, "for-each-ref", "refs/sous", "refs/heads/sous-claims") == ""


@pytest.mark.parametrize("how", ["hidden", "hook"])
def test_where_only_branches_are_taken_claims_are_branches(ours: OwnRepository, remote: Path, how: str) -> None:
    if how == "hidden":
        git(remote, "config", "receive.hideRefs", "refs/sous")
    else:
        hook(remote, "update", 'case "$1" in refs/heads/*) ;; *) exit 1;; esac')
    assert usable_namespace(ours) == Namespace(IN_BRANCHES)
    assert git(remote, "for-each-ref", "refs/sous", "refs/heads/sous-claims") == ""


def test_denied_deletes_of_branches_do_not_matter(ours: OwnRepository, remote: Path) -> None:
    git(remote, "config", "receive.denyDeletes", "true")
    git(remote, "config", "receive.denyNonFastForwards", "true")
    assert usable_namespace(ours) == Namespace(CLAIMS)


def test_a_remote_that_deletes_nothing_is_known(ours: OwnRepository, remote: Path) -> None:
    git(remote, "config", "receive.hideRefs", "refs/sous")
    git(remote, "config", "receive.denyDeletes", "true")
    git(remote, "config", "receive.denyNonFastForwards", "true")
    assert usable_namespace(ours) == Namespace(IN_BRANCHES, deletes=False)


@pytest.mark.parametrize(
    ("setting", "message"),
    [("receive.advertiseAtomic", "does not change several references together"), ("", "does not let you write")],
)
def test_what_cannot_work_is_refused(ours: OwnRepository, remote: Path, setting: str, message: str) -> None:
    if setting:
        git(remote, "config", setting, "false")
    else:
        hook(remote, "pre-receive", "exit 1")
    with pytest.raises(SousError, match=message):
        usable_namespace(ours)
    assert git(remote, "for-each-ref", "refs/sous", "refs/heads/sous-claims") == ""


def test_a_remote_that_is_away_is_told(ours: OwnRepository, remote: Path) -> None:
    remote.rename(remote.with_name("gone"))
    with pytest.raises(RemoteAway):
        usable_namespace(ours)
