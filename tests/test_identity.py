"""A folder that was moved stays the same project; a copy, a clone or what took its place is another."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from sous.identity import Identity, identity_of

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a commit."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.com")
    (folder / "a.py").write_text("x = 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    return folder


def test_a_moved_project_is_the_same(project: Path) -> None:
    before = identity_of(project)
    assert identity_of(project.rename(project.with_name("elsewhere"))) == before


def test_commits_branches_and_files_change_nothing(project: Path) -> None:
    before = identity_of(project)
    (project / "b.py").write_text("x\n")
    git(project, "add", "-A")
    git(project, "commit", "-q", "--amend", "-m", "another first one")
    git(project, "switch", "-q", "--orphan", "x")
    git(project, "gc", "-q")
    git(project, "config", "a.b", "c")
    assert identity_of(project) == before


@pytest.mark.parametrize("how", ["copy", "clone", "clone --shared", "archive of it"])
def test_what_is_made_from_a_project_is_another(project: Path, tmp_path: Path, how: str) -> None:
    other = tmp_path / "other"
    if how == "copy":
        shutil.copytree(project, other, symlinks=True)
    elif how == "archive of it":
        shutil.make_archive(str(tmp_path / "a"), "tar", project)
        shutil.unpack_archive(tmp_path / "a.tar", other)
    else:
        git(tmp_path, *how.split(), str(project), str(other))
    assert identity_of(other) != identity_of(project)


def test_what_takes_the_place_of_a_deleted_project_is_another(project: Path, tmp_path: Path) -> None:
    """An inode is used again at once on many file systems."""
    git(tmp_path, "clone", "-q", "--bare", str(project), str(tmp_path / "evil.git"))
    seen = {identity_of(project).project}
    for _ in range(20):
        shutil.rmtree(project)
        git(tmp_path, "clone", "-q", str(tmp_path / "evil.git"), str(project))
        seen.add(identity_of(project).project)
    assert len(seen) == 21


def test_worktrees_are_one_project_and_two_checkouts(project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "-q", str(tmp_path / "beside"))
    one, two = identity_of(project), identity_of(tmp_path / "beside")
    assert one.project == two.project
    assert one.checkout != two.checkout


def test_a_project_in_a_subfolder_has_its_own_state(project: Path) -> None:
    (project / "sub").mkdir()
    assert identity_of(project / "sub").project != identity_of(project).project


@pytest.mark.parametrize(
    "pointer",
    ["gitdir: {victim}/.git\n", "gitdir: ../victim/.git\n", "gitdir: {victim}/.git/worktrees/w\n"],
)
def test_a_pointer_to_another_repository_does_not_become_it(project: Path, tmp_path: Path, pointer: str) -> None:
    """A tarball can hold a `.git` that names a repository of the user's."""
    victim = project.rename(tmp_path / "victim")
    git(victim, "worktree", "add", "-q", str(tmp_path / "w"))
    claims = tmp_path / "claims"
    claims.mkdir()
    (claims / ".git").write_text(pointer.format(victim=victim))
    mine = {identity_of(victim), identity_of(tmp_path / "w")}
    theirs = identity_of(claims)
    assert theirs not in mine
    assert theirs.project not in {one.project for one in mine}


def test_a_submodule_is_a_project_of_its_own(project: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(project), str(tmp_path / "lib"))
    git(project, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "lib"), "lib")
    assert identity_of(project / "lib").project != identity_of(project).project


@pytest.mark.parametrize("scene", ["no git", "no commit", "shallow", "detached", "bare pointer"])
def test_it_is_defined_everywhere(project: Path, tmp_path: Path, scene: str) -> None:
    folder = tmp_path / "scene"
    if scene == "shallow":
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{project}", str(folder))
    else:
        folder.mkdir()
    if scene == "no commit":
        git(folder, "init", "-q")
    if scene == "bare pointer":
        (folder / ".git").write_text("gitdir:\0\n")
    if scene == "detached":
        git(project, "checkout", "-q", "--detach")
        folder = project
    before = identity_of(folder)
    assert isinstance(before, Identity)
    assert identity_of(folder.rename(tmp_path / "moved")) == before


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("name", [".git", ".git/HEAD"])
def test_a_pipe_does_not_hold_it_up(tmp_path: Path, name: str) -> None:
    path = tmp_path / "p" / name
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert identity_of(tmp_path / "p")


@pytest.mark.parametrize("with_git", [True, False])
def test_an_archive_that_takes_the_place_of_another_is_another(tmp_path: Path, *, with_git: bool) -> None:
    """What an archive restores are times of its author's choice."""
    made = tmp_path / "p"
    made.mkdir()
    (made / "a.py").write_text("x = 1\n")
    if with_git:
        git(made, "init", "-q")
    subprocess.run(["tar", "cf", "a.tar", "p"], cwd=tmp_path, check=True)
    seen = set()
    for _ in range(10):
        shutil.rmtree(made)
        subprocess.run(["tar", "xf", "a.tar"], cwd=tmp_path, check=True)
        seen.add(identity_of(made).project)
    assert len(seen) == 10


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_to_another_repository_does_not_become_it(project: Path, tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims/.git").symlink_to(project / ".git")
    assert identity_of(tmp_path / "claims").project != identity_of(project).project
