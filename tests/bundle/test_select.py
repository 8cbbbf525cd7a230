from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scene import git
from sous.bundle.recipe import PackTarget, Recipe, targets_of
from sous.bundle.select import select_files
from sous.errors import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def selected(folder: Path, *paths: str, output: Path | None = None, **given: Any) -> list[str]:
    recipe = Recipe(targets_of(paths, folder, root=folder), folder, **given)
    return [file.path for file in select_files(recipe, root=folder, output=output).files]


def plant(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n")


def test_tracked_and_new_files_are_in_ignored_ones_are_not(repo: Path) -> None:
    plant(repo, "new.py", "x.log", "src/deep/y.py")
    assert selected(repo) == ["src/deep/y.py", "src/app.py", ".gitignore", "new.py", "README.md"]


def test_without_git_gitignore_files_hold_at_every_depth(tmp_path: Path) -> None:
    plant(tmp_path, "a.out", "keep.out", "d/a.out", "d/b.tmp", "d/e/keep.out", "d/e/f", ".git/x")
    (tmp_path / ".gitignore").write_text("*.out\n!keep.out\n")
    (tmp_path / "d" / ".gitignore").write_text("*.tmp\nkeep.out\n")
    assert selected(tmp_path) == ["d/e/f", "d/.gitignore", ".gitignore", "keep.out"]


def test_git_and_the_walk_choose_the_same(repo: Path, tmp_path: Path) -> None:
    plant(repo, "d/a.py", "d/b.log", "e/f/g.txt", "e/f/h.tmp", "q/[x].py", "q/ü b.py")
    (repo / "e" / ".gitignore").write_text("*.tmp\n")
    with_git = selected(repo)
    (repo / ".git").rename(tmp_path / "elsewhere")
    assert selected(repo) == with_git


@pytest.mark.parametrize("state", ["no commit", "broken"])
def test_a_repository_in_a_bad_state_is_packed_all_the_same(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(tmp_path, "a.py")
    if state == "no commit":
        git(tmp_path, "init", "-q")
    else:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/x\n")
        (tmp_path / ".git" / "objects").mkdir()
        (tmp_path / ".git" / "refs").mkdir()
        (tmp_path / ".git" / "config").write_text("[core\n")
    assert selected(tmp_path) == ["a.py"]
    assert ("git cannot list" in capsys.readouterr().err) == (state == "broken")


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")
def test_links_and_special_files_are_left_out(repo: Path, tmp_path: Path) -> None:
    plant(tmp_path, "outside/secret.txt")
    (repo / "dangling").symlink_to("nowhere")
    (repo / "out").symlink_to(tmp_path / "outside")
    (repo / "file").symlink_to(tmp_path / "outside" / "secret.txt")
    os.mkfifo(repo / "fifo")
    assert selected(repo) == ["src/app.py", ".gitignore", "README.md"]


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_tracked_folder_that_became_a_link_out_is_left_out(repo: Path, tmp_path: Path) -> None:
    """The index still lists src/app.py; on disk src leads out of the repository."""
    plant(tmp_path, "outside/app.py")
    (repo / "src" / "app.py").unlink()
    (repo / "src").rmdir()
    (repo / "src").symlink_to(tmp_path / "outside")
    assert "src/app.py" not in selected(repo)


def test_a_tracked_file_that_was_deleted_is_left_out(repo: Path) -> None:
    (repo / "src" / "app.py").unlink()
    assert selected(repo) == [".gitignore", "README.md"]


def test_our_reports_and_bundles_stay_out_unless_asked_for(repo: Path) -> None:
    plant(repo, "output.txt", "code-review.md", "issues.md", "x.md.partial", ".a.12345678.sous-tmp", "src/issues.md")
    assert selected(repo) == ["src/app.py", "src/issues.md", ".gitignore", "README.md"]
    assert selected(repo, include=("code-review.md",)) == ["code-review.md"]
    assert selected(repo, "issues.md") == ["issues.md"]


def test_the_output_of_this_run_stays_out(repo: Path) -> None:
    plant(repo, "mine.xml")
    assert "mine.xml" not in selected(repo, output=repo / "mine.xml")


def test_include_and_ignore_narrow(repo: Path) -> None:
    plant(repo, "src/b.py", "src/c.md")
    assert selected(repo, include=("**/*.py",), ignore=("src/b.py",)) == ["src/app.py"]


def test_only_negated_globs_include_all_but_those_and_ignore_nothing(repo: Path) -> None:
    assert selected(repo, include=("!README.md",)) == ["src/app.py", ".gitignore"]
    everything = selected(repo, ignore=("!README.md",), default_patterns=False)
    assert everything == ["src/app.py", ".gitignore", "README.md"]


def test_default_patterns_leave_out_what_is_not_source(repo: Path) -> None:
    plant(repo, "package-lock.json", "node_modules/a/b.js", "dist/x.js")
    assert selected(repo) == ["src/app.py", ".gitignore", "README.md"]
    everything = selected(repo, default_patterns=False)
    assert {"package-lock.json", "node_modules/a/b.js", "dist/x.js"} <= set(everything)


def test_one_folder_is_the_base_several_get_labels_files_their_path(repo: Path) -> None:
    plant(repo, "docs/a.md", "x/docs/b.md")
    assert targets_of(("src",), repo, root=repo) == (PackTarget(repo / "src"),)
    assert selected(repo, "src", "x/docs", "README.md") == ["src/app.py", "x/docs/b.md", "README.md"]
    labels = [target.label for target in targets_of(("../docs", "docs", "../src"), repo / "x", root=repo)]
    assert labels == ["docs", "docs-2", "src"]


@pytest.mark.parametrize("paths", [("nowhere",), ("..", "src"), ("..",), ("../elsewhere.txt",), (".git",)])
def test_a_path_that_is_missing_or_outside_is_a_usage_problem(paths: tuple[str, ...], repo: Path) -> None:
    (repo.parent / "elsewhere.txt").write_text("x\n")
    with pytest.raises(UsageProblem):
        targets_of(paths, repo, root=repo)


def test_a_repository_inside_is_packed_without_its_git_folder(repo: Path) -> None:
    inner = repo / "inner"
    plant(inner, "x.py")
    git(inner, "init", "-q")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "x")
    plant(inner, "y.log")
    expected = ["inner/x.py", "src/app.py", ".gitignore", "README.md"]
    assert selected(repo) == expected
    git(repo, "add", "inner")
    assert selected(repo) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes as a name")
def test_a_name_that_is_no_utf8_does_not_break_the_bundle(repo: Path, run: Run) -> None:
    with open(os.fsencode(repo) + b"/caf\xe9.py", "w") as stream:  # noqa: PTH123
        stream.write("x\n")
    done = run("sous", "bundle", "-o", "-", cwd=repo)
    assert done.code == 0
    assert "caf\ufffd.py" in done.out
