from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sous import terminal
from sous.commands.init import init
from sous.mise_files import read_toml

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize(("said", "test"), [("\n", "pytest -q"), ("-\n", "")])
def test_enter_takes_what_is_guessed_and_a_dash_is_for_none(
    repo: Path, monkeypatch: pytest.MonkeyPatch, said: str, test: str
) -> None:
    (repo / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    monkeypatch.chdir(repo)
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    done = CliRunner().invoke(init, input=f"{said}\nno\n")
    assert done.exit_code == 0, done.output
    assert "What runs the tests? Enter: pytest -q, -: none" in done.output
    assert "Which model? Enter: llm's default" in done.output
    assert read_toml(repo / ".mise.toml")["_"]["sous"] == ({"test": test} if test else {})
