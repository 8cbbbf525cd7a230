from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from sous import terminal
from sous.commands.init import init
from sous.mise_files import read_toml

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from scene import Run


def test_the_defaults_and_what_comes_next(repo: Path, run: Run) -> None:
    (repo / "go.mod").write_text("module m\n")
    done = run("sous", "init", "--yes", cwd=repo)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == ".mise.toml: written"
    assert done.out.splitlines()[-1].startswith("next: sous bundle")
    assert read_toml(repo / ".mise.toml")["_"]["sous"] == {"test": "go test ./..."}


def test_with_nobody_to_ask_nothing_is_written(repo: Path, run: Run) -> None:
    done = run("sous", "init", cwd=repo)
    assert done.code == 1
    assert "sous init --yes" in done.err
    assert not (repo / ".mise.toml").exists()


def test_three_questions(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    done = CliRunner().invoke(init, input="make check\nclaude-sonnet-5\nperhaps\nno\n")
    assert done.exit_code == 0, done.output
    assert read_toml(repo / ".mise.toml")["_"]["sous"] == {"test": "make check", "model": "claude-sonnet-5"}
    assert "output.txt" not in (repo / ".git/info/exclude").read_text()
