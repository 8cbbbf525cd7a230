from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from scene import git
from sous import api
from sous.bundle.ignore import IgnoreFiles, users_excludes
from sous.bundle.listing import identity_of, list_files, not_opened

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_folders_that_git_cannot_open_are_known() -> None:
    said = ["warning: could not open directory 'a b/c/': Permission denied", "warning: other"]
    assert not_opened(said) == {"a b/c/": "Permission denied"}


def test_a_folder_that_cannot_be_walked_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "a").write_text("")
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).rstrip(os.sep).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    unreadable: dict[str, str] = {}
    assert list(list_files(tmp_path, IgnoreFiles(), unreadable=unreadable)) == ["a"]
    assert unreadable == {"shut/": "Permission denied"}


def test_a_folder_whose_files_cannot_be_seen_is_in_the_summary(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.lstat

    def refuse(path: Any, **given: Any) -> os.stat_result:
        if str(path).endswith("app.py"):
            raise PermissionError(13, "Permission denied")
        return look(path, **given)

    monkeypatch.setattr(os, "lstat", refuse)
    assert api.pack(repo).summary.unreadable == ["src/"]


def test_the_users_own_excludes_hold_when_asked_for(repo: Path, home: Path, tmp_path: Path) -> None:
    (home / "mine").write_text("app.py\n*.swo\n")
    (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/mine\n")
    for folder in (repo, tmp_path):
        (folder / "x.swo").write_text("")
    files = IgnoreFiles(excludes=users_excludes(repo))
    assert files.excludes == home / "mine"
    assert sorted(list_files(repo, files)) == [".gitignore", "README.md"]
    assert "x.swo" not in set(list_files(tmp_path, files))
    assert "x.swo" in set(list_files(repo, IgnoreFiles()))


def test_without_a_setting_gits_own_place_counts(repo: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "c"))
    assert users_excludes(repo) is None
    (home / "c" / "git").mkdir(parents=True)
    (home / "c" / "git" / "ignore").write_text("x\n")
    assert users_excludes(repo) == home / "c" / "git" / "ignore"


def test_the_repositorys_rules_count_more_than_the_users(repo: Path, home: Path) -> None:
    (home / "mine").write_text("*.md\n")
    (repo / ".gitignore").write_text("!README.md\n")
    git(repo, "config", "core.excludesFile", "nothing")  # the repository's own is never read
    assert "README.md" in set(list_files(repo, IgnoreFiles(excludes=home / "mine")))


def test_numbers_that_are_too_large_still_tell_files_apart() -> None:
    def stat_of(inode: int, changed: int) -> Any:
        return SimpleNamespace(st_size=1, st_mtime_ns=changed, st_ctime_ns=2, st_ino=inode)

    every = [(1 << 100, 3), ((1 << 100) + 1, 3), (5, 1 << 64), (5, (1 << 64) + 1), (5, -(1 << 64) - 2)]
    assert len({identity_of(stat_of(*one)) for one in every}) == len(every)
