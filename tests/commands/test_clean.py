from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

BUNDLE = "This file is a merged representation of the entire codebase\n"


def test_a_bundle_is_deleted_and_said(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    (repo / "output.1.txt").write_bytes((repo / "output.txt").read_bytes())
    done = run("sous", "clean", cwd=repo / "src")
    assert done.code == 0
    assert "deleted output.txt (sous)" in done.err
    assert not (repo / "output.txt").exists()
    assert not (repo / "output.1.txt").exists()


@pytest.mark.parametrize(
    ("text", "tracked", "says"),
    [("my notes\n", False, "not a bundle"), (BUNDLE, True, "git tracks it"), (BUNDLE, False, "only begins")],
)
def test_anything_else_is_kept_and_said(text: str, tracked: bool, says: str, repo: Path, run: Run) -> None:
    (repo / "output.txt").write_text(text)
    if tracked:
        git(repo, "add", "-f", ".")
    done = run("sous", "clean", cwd=repo)
    assert done.code == 0
    assert says in done.err
    assert (repo / "output.txt").read_text() == text
    assert run("sous", "clean", "--force", cwd=repo).code == 0
    assert not (repo / "output.txt").exists()


def test_nothing_to_do_is_a_sentence(repo: Path, run: Run) -> None:
    done = run("sous", "clean", cwd=repo)
    assert (done.code, "nothing to clean" in done.err) == (0, True)


def test_a_dry_run_deletes_nothing(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    assert "would delete output.txt" in run("sous", "clean", "--dry-run", cwd=repo).err
    assert (repo / "output.txt").exists()


def test_what_a_killed_run_left_is_deleted(repo: Path, run: Run) -> None:
    path = repo / ".output.txt.0123abcd.sous-tmp"
    path.write_text("half")
    assert "nothing to clean" in run("sous", "clean", cwd=repo).err  # may be that of a run that goes on
    os.utime(path, (1, 1))
    assert "left over" in run("sous", "clean", cwd=repo).err
    assert not list(repo.glob(".*.sous-tmp"))
