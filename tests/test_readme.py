"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shortener
from scene import CHECKOUT, git

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeModel
    from scene import Run

README = (CHECKOUT / "README.md").read_text()


def block(name: str) -> str:
    """Return the fenced block behind `<!-- run: NAME -->`."""
    match = re.search(rf"<!-- run: {name} -->\n```\w+\n(.*?)\n^```$", README, re.DOTALL | re.MULTILINE)
    if name == "example":  # holds fences itself; ends before the first paragraph
        match = re.search(r"<!-- run: example -->\n```console\n(.*?)\n```\n\nThe same as a task", README, re.DOTALL)
    assert match
    return match[1]


def shown_by(
    name: str, folder: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch, *, key: str = "none"
) -> list[str]:
    """Run the commands of a block in a shell; return them with what they print, times left out."""
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    shown = []
    for line in re.findall(r"^\$ (.*)$", block(name), re.MULTILINE):
        done = subprocess.run(line, cwd=folder, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
        shown += [f"$ {line}", *_COLOURS.sub("", done.stdout + done.stderr).splitlines()]
    return [_SOUS.sub("$ sous ", _SECONDS.sub("n s", line)) for line in shown]


_SECONDS = re.compile(r"\d+(?:\.\d+)? ?m?s\b")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # which mise prints in CI
_SOUS = re.compile(r"\$ \S+/sous ")  # mise names the program by its whole path


@pytest.mark.skipif(os.name == "nt", reason="a console of POSIX")
def test_the_example_is_real(repo: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [_SECONDS.sub("n s", line) for line in block("example").splitlines()]
    assert shown_by("example", repo, model, monkeypatch) == wanted


@pytest.mark.skipif(os.name == "nt", reason="a console of POSIX")
def test_the_way_from_an_idea_to_code_is_real(
    tmp_path: Path, home: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".gitconfig").write_text("[user]\n\tname = A\n\temail = a@example.com\n[init]\n\tdefaultBranch = main\n")
    folder = tmp_path / "shortener"
    folder.mkdir()
    (folder / "answers.txt").write_text(shortener.ANSWERS)
    model.script = shortener.answer
    wanted = [_SECONDS.sub("n s", line) for line in block("idea").splitlines()]
    assert shown_by("idea", folder, model, monkeypatch) == wanted


@pytest.mark.real
@pytest.mark.skipif(os.name == "nt", reason="a console of POSIX")
def test_the_way_from_markdown_to_done_is_real(  # fixtures
    repo: Path,
    run: Run,
    needs: Callable[[str], str],
    display: str,
    home: Path,
    model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (home / "llm" / "extra-openai-models.yaml").unlink()
    for name, value in {
        "DISPLAY": display,
        "MISE_OFFLINE": "1",
        "MISE_TASK_SHOW_FULL_CMD": "1",  # however long the path of this checkout is
        "MISE_TRUSTED_CONFIG_PATHS": str(repo),
        "NO_COLOR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{Path(needs('mise')).parent}{os.pathsep}{os.environ['PATH']}")
    assert run("sous", "install", cwd=repo).code == 0
    git(repo, "remote", "add", "origin", "git@github.com:you/demo.git")
    wanted = [_SECONDS.sub("n s", line) for line in block("items").splitlines()]
    assert shown_by("items", repo, model, monkeypatch, key="") == wanted


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text()
    assert "readme_command demo" in script
    assert "readme_command test" in script
    assert all(block(name).startswith("python3 -m venv .venv && ") for name in ("demo", "test"))


def test_every_setting_is_told_of() -> None:
    from sous.settings import Settings

    table = README[README.index("| key | variable |") :]
    assert all(f"`{key}`" in table for key in Settings.__dataclass_fields__)


def test_every_local_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (CHECKOUT / link).exists()] == []
