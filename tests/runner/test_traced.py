"""What git was asked by programs of ours is known from git itself, and nothing else counts."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.runner.traced import GitCalls, forget_trace, trace_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ask(repo: Path, tmp_path: Path) -> object:
    """What has a shell of ours run a line in the repository, and returns what was asked."""

    def go(line: str, cwd: Path = repo) -> GitCalls:
        trace = tmp_path / "trace"
        env = {**os.environ, **trace_environment(trace)}
        subprocess.run(["sh", "-c", line], cwd=cwd, env=env, check=True, capture_output=True)
        return GitCalls.read(trace, repo / ".git")

    return go


@pytest.mark.parametrize(
    ("line", "moved", "other"),
    [
        ("git branch -f topic HEAD", True, False),
        ("git update-ref refs/heads/topic HEAD", True, False),
        ("git push -q . HEAD:refs/heads/topic", True, False),
        ("git branch --list; git log -1 topic || true", False, False),
        ("echo update refs/heads/topic HEAD | git update-ref --stdin", True, True),
        ("git -c alias.x='branch -f topic HEAD' x", True, False),
        ("git checkout -q topic && git commit -q --allow-empty -m x", True, False),
        ("git status && git commit -q --allow-empty -m x", False, False),
        ("true", False, False),
    ],
)
def test_a_reference_is_moved_by_who_names_it(ask: object, repo: Path, line: str, moved: bool, other: bool) -> None:
    git(repo, "branch", "topic")
    git(repo, "config", "user.email", "a@b.c")
    git(repo, "config", "user.name", "A")
    calls = ask(line)  # type: ignore[operator]
    assert calls.moved("refs/heads/topic", {}) == moved
    assert calls.moved("refs/heads/other", {}) == other


HARMLESS = [
    "git remote -v",
    "git branch --all",
    "git merge topic",
    "git rebase topic",
    "git stash list; git stash show || true",
]


@pytest.mark.parametrize("line", HARMLESS)
def test_who_only_looks_moves_nothing(ask: object, repo: Path, line: str) -> None:
    git(repo, "branch", "topic")
    calls = ask(line)  # type: ignore[operator]
    assert not calls.moved("refs/heads/topic", {})
    assert not calls.dropped_stashes()


UNNAMED = [
    "git checkout -q -; git reset -q --hard HEAD~1; git checkout -q -",
    "git switch -q @{-1}; git commit -q --allow-empty -m x",
    "git switch -q -Ctopic HEAD~1",
    "git checkout -q -fBtopic HEAD~1",
    "cd /; git --git-dir={repo}/.git branch -f topic HEAD~1",
    "cd /; GIT_DIR={repo}/.git git branch -f topic HEAD~1",
    "git branch -f @{-1} HEAD~1",
    "git checkout -q -; git update-ref HEAD HEAD~1",
    "git checkout -q -B @{-1} HEAD~1",
]


@pytest.mark.parametrize("line", UNNAMED)
def test_who_moves_a_branch_by_another_name_is_known(ask: object, repo: Path, line: str) -> None:
    git(repo, "config", "user.email", "a@b.c")
    git(repo, "config", "user.name", "A")
    git(repo, "switch", "-q", "-c", "topic")
    git(repo, "commit", "-q", "--allow-empty", "-m", "topic")
    git(repo, "switch", "-q", "-c", "own")
    before = git(repo, "rev-parse", "topic")
    calls = ask(line.replace("{repo}", str(repo)))  # type: ignore[operator]
    assert git(repo, "rev-parse", "topic") != before
    assert calls.moved("refs/heads/topic", {})


def test_a_commit_in_another_work_tree_moves_its_branch(ask: object, repo: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "beside", "../beside")
    git(repo, "config", "user.email", "a@b.c")
    git(repo, "config", "user.name", "A")
    beside = repo.parent / "beside"
    calls = ask("git commit -q --allow-empty -m x", cwd=beside)  # type: ignore[operator]
    heads = {str(beside): "refs/heads/beside"}
    assert calls.moved("refs/heads/beside", heads)
    assert not calls.moved("refs/heads/other", heads)


def test_another_repository_is_nobodys_business(ask: object, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    line = "git init -q && git config a.b c && git stash list && git tag v1 $(git hash-object -t tree -w /dev/null)"
    calls = ask(line, cwd=tmp_path / "other")  # type: ignore[operator]
    assert not calls.moved("refs/tags/v1", {})
    assert not calls.set_entries()
    assert not calls.dropped_stashes()


def test_stashes_and_settings_are_told(ask: object, repo: Path) -> None:
    calls = ask("git stash clear; git config user.x y; git fetch -q . HEAD")  # type: ignore[operator]
    assert (calls.dropped_stashes(), calls.set_entries(), calls.fetched()) == (True, True, True)


def test_a_trace_of_anything_is_read(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    assert GitCalls.read(trace, tmp_path) == GitCalls()
    trace.write_bytes(b'\xff{"event"\n[1]\n{"event":"cmd_name","sid":"x"}\n{"event":"start","sid":"y","argv":[1,2]}\n')
    assert [one.words for one in GitCalls.read(trace, tmp_path).calls] == [["2"]]
    forget_trace(trace)
    forget_trace(trace)
    assert not trace.exists()


def test_too_much_to_be_read_counts_as_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trace").write_text("x" * 100)
    monkeypatch.setattr("sous.runner.traced._LARGEST", 10)
    calls = GitCalls.read(tmp_path / "trace", tmp_path)
    assert calls.moved("refs/heads/x", {})
    assert calls.dropped_stashes()
