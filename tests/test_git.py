from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from scene import git as user_git
from sous.git import is_tracked, is_tracked_and_clean, read_git
from sous.programs import ProgramMissing

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def hostile(repo: Path, key: str) -> Path:
    """Make the repository's own configuration run a program that leaves a trace."""
    trace = repo.parent / "pwned"
    script = repo.parent / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trace}'\n")
    script.chmod(0o755)
    if key == "hooks":
        for name in ("post-index-change", "fsmonitor-watchman", "post-checkout", "pre-commit"):
            (repo / ".git" / "hooks" / name).parent.mkdir(exist_ok=True)
            (repo / ".git" / "hooks" / name).write_bytes(script.read_bytes())
            (repo / ".git" / "hooks" / name).chmod(0o755)
    elif key == "textconv":
        user_git(repo, "config", "diff.evil.textconv", str(script))
        (repo / ".gitattributes").write_text("* diff=evil\n")
    elif key == "filter":
        user_git(repo, "config", "filter.evil.clean", str(script))
        user_git(repo, "config", "filter.evil.process", str(script))
        (repo / ".gitattributes").write_text("* filter=evil\n")
    elif key == "promisor":
        user_git(repo, "config", "core.repositoryformatversion", "1")
        user_git(repo, "config", "extensions.partialClone", "evil")
        user_git(repo, "config", "remote.evil.promisor", "true")
        user_git(repo, "config", "remote.evil.url", f"ext::{script}")
        user_git(repo, "config", "remote.evil.uploadpack", str(script))
        user_git(repo, "config", "protocol.ext.allow", "always")
        tree = user_git(repo, "rev-parse", "HEAD^{tree}").strip()
        (repo / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    else:
        user_git(repo, "config", key, str(script))
    (repo / "README.md").write_text("# changed, so that git has to look\n")
    return trace


KEYS = ["core.fsmonitor", "hooks", "diff.external", "textconv", "filter", "promisor"]


@pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")
@pytest.mark.parametrize("key", KEYS)
def test_a_hostile_repository_runs_nothing(key: str, repo: Path, run: Run, model: object) -> None:
    trace = hostile(repo, key)
    assert run("sous", "bundle", cwd=repo).code == 0
    assert run("sous", "readme", "-m", "ok", cwd=repo).code == 0
    assert run("sous", "clean", cwd=repo).code == 0
    assert not trace.exists()


@pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")
@pytest.mark.parametrize("key", KEYS)
def test_the_traps_work_on_plain_git(key: str, repo: Path) -> None:
    """Else the test above could not fail."""
    trace = hostile(repo, key)
    for argv in (["status"], ["diff"], ["ls-tree", "-r", "HEAD"], ["checkout", "-q", "-B", "x"]):
        subprocess.run(["git", *argv], cwd=repo, capture_output=True, check=False, timeout=30)
    assert trace.exists()


def test_tracked_and_unchanged_is_clean(repo: Path) -> None:
    assert is_tracked_and_clean(repo / "README.md")
    assert is_tracked_and_clean(repo / "src" / "app.py")


@pytest.mark.parametrize("change", ["edited", "staged", "untracked", "added", "no commit", "no repository"])
def test_anything_else_is_not_clean(change: str, repo: Path) -> None:
    path = repo / "README.md"
    if change in ("edited", "staged"):
        path.write_text("mine\n")
    if change == "staged":
        user_git(repo, "add", ".")
    if change in ("untracked", "added"):
        path = repo / "new.md"
        path.write_text("mine\n")
    if change == "added":
        user_git(repo, "add", ".")
    if change in ("no commit", "no repository"):
        folder = repo.parent / "other"
        folder.mkdir()
        path = folder / "README.md"
        path.write_text("mine\n")
    if change == "no commit":
        user_git(path.parent, "init", "-q")
        user_git(path.parent, "add", ".")
    assert not is_tracked_and_clean(path)


def test_line_ends_that_git_converts_are_no_change(repo: Path) -> None:
    (repo / "README.md").write_bytes(b"# Demo\r\n")
    assert is_tracked_and_clean(repo / "README.md")


def test_names_with_glob_characters_are_taken_literally(repo: Path) -> None:
    (repo / "[R]EADME.md").write_text("other\n")
    assert not is_tracked(repo / "[R]EADME.md")
    assert is_tracked(repo / "README.md")


def test_variables_of_a_hook_do_not_lead_to_another_repository(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert b"README.md" in read_git(repo, "ls-files")


def test_no_git_is_told_by_name(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo / "nowhere"))
    with pytest.raises(ProgramMissing, match="git not found; install it"):
        read_git(repo, "ls-files")
