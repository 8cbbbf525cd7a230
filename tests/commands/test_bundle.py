from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_the_bundle_lands_in_the_root_and_holds_the_folder_one_is_in(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", cwd=repo / "src")
    assert done.code == 0
    text = (repo / "output.txt").read_text()
    assert '<file path="app.py">\n1: def add(a, b):\n2:     return a - b\n</file>' in text
    assert "README.md" not in text


def test_the_whole_project_is_packed_from_anywhere(repo: Path, run: Run) -> None:
    run("sous", "bundle", "--project", cwd=repo / "src")
    assert '<file path="src/app.py">' in (repo / "output.txt").read_text()


def test_the_summary_counts_and_stdout_is_free(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", cwd=repo)
    assert done.out == ""
    assert done.err.startswith("output.txt: 3 files, ")
    assert run("sous", "bundle", "--quiet", cwd=repo).err == ""


def test_to_stdout_goes_the_bundle_alone(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", "-o", "-", cwd=repo)
    assert done.out.startswith("This file holds")
    assert not (repo / "output.txt").exists()


def test_another_file_can_be_named(repo: Path, run: Run) -> None:
    assert run("sous", "bundle", "-o", "out/of/the/way.txt", cwd=repo / "src").code == 0
    assert (repo / "src" / "out" / "of" / "the" / "way.txt").exists()


@pytest.mark.parametrize("numbers", [True, False])
def test_line_numbers_can_be_left_out(numbers: bool, repo: Path, run: Run) -> None:
    run("sous", "bundle", "--line-numbers" if numbers else "--no-line-numbers", cwd=repo)
    assert ("1: def add" in (repo / "output.txt").read_text()) == numbers


def test_globs_are_repeatable_and_take_commas(repo: Path, run: Run) -> None:
    for name in ("a.py", "b.js", "c.md", "d.txt"):
        (repo / name).write_text("x\n")
    out = run(
        "sous", "bundle", "-o", "-", "--include", "*.py,*.js", "--include", "*.md", "-i", "README.md", cwd=repo
    ).out
    assert [name for name in ("a.py", "b.js", "c.md", "d.txt", "README.md") if f'"{name}"' in out] == [
        "a.py",
        "b.js",
        "c.md",
    ]


def test_a_glob_that_matches_nothing_is_said(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", "-i", "**/*.pyx,src/(app)/**,!x.md", "--include", "README.md,**/*.py", cwd=repo)
    said = [line for line in done.err.splitlines() if "no file matches" in line]
    assert said == [
        "no file matches the glob `**/*.pyx`",
        r"no file matches the glob `src/(app)/**`; write `\(` for a plain parenthesis",
        "no file matches the glob `!x.md`",
    ]


def test_a_file_that_is_no_bundle_is_not_overwritten(repo: Path, run: Run) -> None:
    (repo / "output.txt").write_text("my notes\n")
    done = run("sous", "bundle", cwd=repo)
    assert done.code == 1
    assert "output.txt exists and is not a bundle; use --force" in done.err
    assert (repo / "output.txt").read_text() == "my notes\n"
    assert run("sous", "bundle", "--force", cwd=repo).code == 0


def test_another_bundle_is_overwritten(repo: Path, run: Run) -> None:
    (repo / "output.txt").write_text(
        "This file is a merged representation of the entire codebase\n\n"
        '<files>\nThe files.\n\n<file path="a.py">\nx = 1\n</file>\n\n</files>\n'
    )
    assert run("sous", "bundle", cwd=repo).code == 0


def test_settings_of_the_project_narrow(repo: Path, run: Run) -> None:
    (repo / "mise.toml").write_text('[_.sous]\nignore = ["src"]\nline_numbers = false\n')
    out = run("sous", "bundle", "-o", "-", cwd=repo).out
    assert "src/app.py" not in out
    assert '<file path="README.md">\n# Demo\n' in out


def test_an_unreadable_file_is_said_and_the_rest_packed(repo: Path, run: Run) -> None:
    if os.name == "nt" or os.geteuid() == 0:
        (repo / "x.py").symlink_to("/etc/hostname")  # root reads everything; a link is never read either
    else:
        (repo / "x.py").write_text("x\n")
        (repo / "x.py").chmod(0)
    done = run("sous", "bundle", "-o", "-", cwd=repo)
    assert done.code == 0
    assert '<file path="x.py">' not in done.out
    assert '<file path="README.md">' in done.out


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
sys.argv = ["sous", "bundle"]
runpy.run_module("sous", run_name="__main__")
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_full_disk_leaves_the_old_bundle(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    before = (repo / "output.txt").read_bytes()
    (repo / "big.txt").write_text("x" * 100_000)
    done = run(sys.executable, "-c", LIMITED, cwd=repo)
    assert done.code == 1
    assert "cannot write" in done.err
    assert done.err.count("\n") == 1
    assert (repo / "output.txt").read_bytes() == before


def test_files_that_changed_most_often_come_last_in_the_contents_not_in_the_tree(repo: Path, run: Run) -> None:
    for number in range(2):
        (repo / "src" / "app.py").write_text(f"x = {number}\n")
        git(repo, "commit", "-qam", "x")
    out = run("sous", "bundle", "-o", "-", cwd=repo).out
    assert out.index("\n  app.py\n") < out.index("\nREADME.md\n")
    assert out.index('<file path="README.md">') < out.index('<file path="src/app.py">')
    plain = run("sous", "bundle", "-o", "-", "--no-git-sort-by-changes", cwd=repo).out
    assert plain.index('<file path="src/app.py">') < plain.index('<file path="README.md">')


@pytest.mark.parametrize(("option", "name"), [("--no-gitignore", "a.log2"), ("--no-dot-ignore", "b.log2")])
def test_kinds_of_ignore_files_can_be_switched_off(option: str, name: str, repo: Path, run: Run) -> None:
    for file in ("a.log2", "b.log2"):
        (repo / file).write_text("x\n")
    (repo / ".gitignore").write_text("a.log2\n")
    (repo / ".ignore").write_text("b.log2\n")
    out = run("sous", "bundle", "-o", "-", "--include", "*.log2,README.md", cwd=repo).out
    assert ".log2" not in out.partition("<directory_structure>")[2]
    assert f'<file path="{name}">' in run("sous", "bundle", "-o", "-", option, cwd=repo).out


def test_without_git_on_the_machine_a_repository_is_packed_all_the_same(repo: Path, run: Run, tmp_path: Path) -> None:
    (repo / "x.log2").write_text("x\n")
    (repo / ".gitignore").write_text("*.log2\n")
    with_git = run("sous", "bundle", "-o", "-", cwd=repo).out
    done = run("sous", "bundle", "-o", "-", cwd=repo, env={"PATH": str(tmp_path / "nowhere")})
    assert done.code == 0, done.err
    assert done.out == with_git


def test_a_named_root_packs_that_root_and_never_the_home_folder(repo: Path, home: Path, run: Run) -> None:
    (home / "diary.txt").write_text("secret\n")
    assert run("sous", "bundle", "--root", repo, cwd=home).code == 0
    text = (repo / "output.txt").read_text()
    assert '<file path="src/app.py">' in text
    assert "diary" not in text


def test_the_users_git_configuration_changes_nothing(repo: Path, home: Path, run: Run) -> None:
    (repo / "\u00e9.txt").write_text("x\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "x")
    before = run("sous", "bundle", "-o", "-", cwd=repo).out
    (home / ".gitconfig").write_text("[core]\nquotePath = false\n[log]\nshowRoot = false\n")
    assert run("sous", "bundle", "-o", "-", cwd=repo).out == before


def test_the_inside_of_git_is_never_packed(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", "-o", "-", cwd=repo / ".git")
    assert (done.code, done.out) == (2, "")
    assert "inside .git" in done.err
