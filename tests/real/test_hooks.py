"""The hooks of .pre-commit-hooks.yaml under the real prek, which reads what pre-commit reads."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from documented import documented
from scene import CHECKOUT, git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

pytestmark = [pytest.mark.real, pytest.mark.skipif(os.name == "nt", reason="a program `sous` of POSIX")]


@pytest.fixture
def commit(
    repo: Path,
    run: Run,
    needs: Callable[[str], str],
    tmp_path: Path,
    sous_script: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., tuple[int, str]]:
    """Commit files in a repository that has the hooks; they run the `sous` of this checkout."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sous").write_text(f'#!/bin/sh\nexec {shlex.quote(str(sous_script))} "$@"\n')
    (tools / "sous").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PREK_HOME", str(tmp_path / "prek"))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    manifest = (CHECKOUT / ".pre-commit-hooks.yaml").read_text()
    (hooks / ".pre-commit-hooks.yaml").write_text(manifest.replace("language: python", "language: system"))
    git(hooks, "init", "-q")
    git(hooks, "add", ".")
    git(hooks, "commit", "-qm", "hooks")
    config = documented("ci.md", ".pre-commit-config.yaml")
    commit_named = "0123456789abcdef0123456789abcdef01234567"
    config = config.replace(commit_named, git(hooks, "rev-parse", "HEAD").strip())
    (repo / ".pre-commit-config.yaml").write_text(config.replace("https://github.com/OWNER/sous", str(hooks)))
    git(repo, "add", ".pre-commit-config.yaml")
    assert run(needs("prek"), "install", cwd=repo).code == 0

    def committed(*names: str) -> tuple[int, str]:
        git(repo, "add", "-f", *names)
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        done = run("git", *identity, "commit", "-qm", "more", cwd=repo)
        return done.code, done.out + done.err

    return committed


def test_bundles_and_wrong_reports_are_not_committed(
    commit: Callable[..., tuple[int, str]], repo: Path, run: Run
) -> None:
    (repo / "code-review.md").write_text("See `src/gone.py:7`.\n")
    run("sous", "bundle", "--project", cwd=repo)
    code, said = commit("output.txt", "code-review.md")
    assert code != 0
    assert "output.txt: a bundle, written by sous" in said
    assert "code-review.md:1: src/gone.py:7" in said
    (repo / "code-review.md").write_text("See `src/app.py:2`.\n")
    git(repo, "rm", "-q", "-f", "--cached", "output.txt")
    assert commit("code-review.md")[0] == 0


def test_a_report_is_checked_against_what_is_committed(commit: Callable[..., tuple[int, str]], repo: Path) -> None:
    (repo / "src" / "new.py").write_text("def new():\n    return 1\n")
    (repo / "code-review.md").write_text("See `src/app.py:1`: `def add(a, b):`\n")
    git(repo, "add", "src/new.py")
    (repo / "src" / "app.py").write_text("def other():\n    pass\n")  # not staged
    assert commit("code-review.md")[0] == 0
    assert (repo / "src" / "app.py").read_text() == "def other():\n    pass\n"
