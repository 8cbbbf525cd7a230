"""What git is sent to, and what a push changes there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.git_wire import ABSENT, OwnRepository, RefUpdate, RemoteAway

if TYPE_CHECKING:
    from pathlib import Path

REF = "refs/sous/claims/k7f3"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "-q", "--bare")
    return folder


@pytest.fixture
def ours(tmp_path: Path, repo: Path, remote: Path) -> OwnRepository:
    return OwnRepository.open(tmp_path / "ours", repo, str(remote))


def test_a_reference_is_made_changed_and_removed_only_from_what_it_was(ours: OwnRepository) -> None:
    one, two = ours.commit("one"), ours.commit("two")
    assert ours.push([RefUpdate(REF, ABSENT, one)])
    assert not ours.push([RefUpdate(REF, ABSENT, two)])
    assert not ours.push([RefUpdate(REF, two, ABSENT)])
    assert ours.push([RefUpdate(REF, one, two)])
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert ours.references("refs/seen/") == {"claims/k7f3": two}
    assert ours.message(two) == "two"
    assert ours.push([RefUpdate(REF, two, ABSENT)])
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert ours.references("refs/seen/") == {}


def test_several_references_change_together_or_not_at_all(ours: OwnRepository, remote: Path) -> None:
    one, two = ours.commit("one"), ours.commit("two")
    assert ours.push([RefUpdate(REF, ABSENT, one)])
    assert not ours.push([RefUpdate("refs/heads/plan", ABSENT, two), RefUpdate(REF, two, ABSENT)])
    assert git(remote, "for-each-ref", "--format=%(refname)").split() == [REF]
    assert ours.push([RefUpdate("refs/heads/plan", ABSENT, two), RefUpdate(REF, one, ABSENT)])
    assert git(remote, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/plan"]


def test_commits_of_the_checkout_can_be_pushed(ours: OwnRepository, repo: Path, remote: Path) -> None:
    head = git(repo, "rev-parse", "HEAD").strip()
    assert ours.push([RefUpdate("refs/heads/plan", ABSENT, head)])
    assert git(remote, "rev-parse", "refs/heads/plan").strip() == head


def test_a_remote_that_is_away_is_told_apart_from_one_that_refuses(ours: OwnRepository, remote: Path) -> None:
    remote.rename(remote.with_name("gone.git"))
    with pytest.raises(RemoteAway, match="cannot be asked"):
        ours.fetch("+refs/sous/*:refs/seen/*")
    assert not ours.push([RefUpdate(REF, ABSENT, ours.commit("one"))])


def test_nothing_of_a_clones_configuration_runs(tmp_path: Path, repo: Path, remote: Path) -> None:
    trap = tmp_path / "sprung"
    config = repo / ".git" / "config"
    program = f"touch {trap}"
    config.write_text(
        f'{config.read_text()}\n[remote "x"]\n\turl = {remote}\n\treceivepack = {program}\n\tuploadpack = {program}\n'
        f"[core]\n\tsshCommand = {program}\n\thooksPath = {tmp_path}/hooks\n\tfsmonitor = {program}\n"
        f'[credential]\n\thelper = !{program}\n[url "ext::{program} "]\n\tinsteadOf = {remote}\n'
    )
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "post-checkout"):
        (hooks / name).write_text(f"#!/bin/sh\n{program}\n")
        (hooks / name).chmod(0o755)
    ours = OwnRepository.open(tmp_path / "ours", repo, str(remote))
    assert ours.push([RefUpdate(REF, ABSENT, ours.commit("one"))])
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert not trap.exists()


def test_what_was_seen_is_fetched_again_when_borrowed_objects_went(
    ours: OwnRepository, repo: Path, remote: Path
) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "soon gone")
    gone = git(repo, "rev-parse", "HEAD").strip()
    git(repo, "push", "-q", str(remote), "HEAD:refs/heads/plan")
    ours.fetch("+refs/heads/plan*:refs/seen/tip*")
    assert ours.references("refs/seen/tip") == {"": gone}
    git(repo, "reset", "-q", "--hard", "HEAD~1")
    git(repo, "push", "-qf", str(remote), "HEAD:refs/heads/plan")
    git(repo, "reflog", "expire", "--expire=now", "--all")
    git(repo, "gc", "-q", "--prune=now")
    git(remote, "gc", "-q", "--prune=now")
    ours.fetch("+refs/heads/plan*:refs/seen/tip*")
    assert ours.references("refs/seen/tip") == {"": git(repo, "rev-parse", "HEAD").strip()}


def test_many_threads_and_processes_may_fetch_at_once(ours: OwnRepository, repo: Path, tmp_path: Path) -> None:
    others = [OwnRepository.open(tmp_path / "ours", repo, ours.address) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        for at in range(3):
            assert ours.push([RefUpdate(f"{REF}{at}{number}", ABSENT, ours.commit("x")) for number in range(5)])
            for _ in pool.map(lambda one: one.fetch("+refs/sous/*:refs/seen/*"), others):
                pass
            assert {len(one.references("refs/seen")) for one in others} == {5 * at + 5}


def test_a_name_that_python_takes_for_two_lines_stops_nobody(ours: OwnRepository) -> None:
    one = ours.commit("one")
    assert ours.push([RefUpdate("refs/sous/claims/a\u2028b\x85c", ABSENT, one)])
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert ours.references("refs/seen") == {"claims/a\u2028b\x85c": one}


def test_a_lock_that_a_killed_git_left_is_taken_away(ours: OwnRepository) -> None:
    for text in ("one", "two"):
        old = ours.references("refs/seen").get("claims/k7f3", ABSENT)
        assert ours.push([RefUpdate(REF, old, ours.commit(text))])
        if text == "one":
            ours.fetch("+refs/sous/*:refs/seen/*")
    (ours.folder / "refs/seen/claims/k7f3.lock").touch()
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert ours.message(ours.references("refs/seen")["claims/k7f3"]) == "two"


@pytest.mark.parametrize("left", [b"", b"not an object"])
def test_objects_that_are_broken_are_fetched_again(
    ours: OwnRepository, tmp_path: Path, repo: Path, left: bytes
) -> None:
    other = OwnRepository.open(tmp_path / "other", repo, ours.address)
    one = other.commit("one")
    assert other.push([RefUpdate(REF, ABSENT, one)])
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert other.push([RefUpdate(REF, one, other.commit("two", parents=[one]))])
    for path in (ours.folder / "objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(left)
    ours.fetch("+refs/sous/*:refs/seen/*")
    assert ours.message(ours.references("refs/seen")["claims/k7f3"]) == "two"
