from __future__ import annotations

from typing import TYPE_CHECKING

from scene import git
from sous.setup.project import check_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from fake_forge import FakeForge
    from sous.setup.check import Check


def only(root: Path, name: str) -> Check:
    (found,) = [check for check in check_project(root) if check.name == name]
    return found


def test_a_folder_without_git_is_a_note(tmp_path: Path) -> None:
    assert [check.name for check in check_project(tmp_path)] == ["project", "settings"]
    assert only(tmp_path, "project").advice == "git init"


def test_nobody_who_commits(repo: Path) -> None:
    assert only(repo, "commits").state == "note"
    assert only(repo, "commits").advice == "git config --global user.name …"


def test_who_commits(repo: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\n\tname = A\n\temail = a@example.com\n")
    assert only(repo, "commits").found == "as A <a@example.com>"


def test_who_commits_by_the_configuration_of_the_repository(repo: Path) -> None:
    git(repo, "config", "user.name", "B")
    git(repo, "config", "user.email", "b@example.com")
    assert only(repo, "commits").found == "as B <b@example.com>"


def test_a_bundle_that_git_does_not_ignore(repo: Path) -> None:
    assert only(repo, "ignored").state == "note"


def test_a_bundle_that_git_ignores(repo: Path) -> None:
    (repo / ".git" / "info" / "exclude").write_text("output.txt\n*.md\n")
    assert only(repo, "ignored").state == "ok"


def test_what_is_meant_to_be_committed_and_is_ignored(repo: Path) -> None:
    (repo / ".gitignore").write_text(".*\noutput.txt\n*.md\n")
    found = only(repo, "ignored")
    assert (found.state, found.advice) == ("note", "write !/.mise.toml and !/.sous into .gitignore")
    assert ".mise.toml and .sous" in found.found


def test_settings_that_nobody_trusts_yet(repo: Path) -> None:
    assert only(repo, "settings").state == "ok"
    (repo / ".mise.toml").write_text('[_.sous]\nmodel = "m"\n')
    assert only(repo, "settings").advice == "sous trust"
    (repo / ".mise.toml").write_text("[_.sous]\nmodel = 3\n")
    assert only(repo, "settings").state == "fix"


def test_the_forge_without_a_remote_without_a_token_and_with_one(
    repo: Path, forge: FakeForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no remote" in only(repo, "forge").found
    git(repo, "remote", "add", "origin", "https://github.com/o/r.git")
    assert only(repo, "forge").state == "ok"
    assert forge.seen == []
    monkeypatch.delenv("GITHUB_TOKEN")
    found = only(repo, "forge")
    assert found.state == "note"
    assert "GITHUB_TOKEN" in found.advice
