"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import picture
import shortener
from scene import CHECKOUT, git
from sous.cli import sous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_model import FakeModel
    from scene import Run

README = (CHECKOUT / "README.md").read_text("utf-8")
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
TEXTS = {page: page.read_text("utf-8") for page in PAGES}
_FENCE = r"^(?P<fence>`{3,})(?P<language>\w*)\n(?P<text>.*?)\n?^(?P=fence)$"
_FENCED = re.compile(_FENCE, re.DOTALL | re.MULTILINE)


def block(name: str) -> str:
    """Return the fenced block behind `<!-- run: NAME -->`, in README or docs."""
    pattern = re.compile(rf"<!-- run: {name} -->\n{_FENCE}", re.DOTALL | re.MULTILINE)
    (found,) = (match["text"] for text in TEXTS.values() for match in pattern.finditer(text))
    return found


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
    # what only a slow machine has: a line about work that has shown nothing yet
    told = [line for line in shown if not line.endswith(" …")]
    return [_SOUS.sub("$ sous ", _SECONDS.sub("n s", line)) for line in told]


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


@pytest.mark.skipif(os.name == "nt", reason="a console of POSIX")
def test_the_way_of_a_team_is_real(
    repo: Path, tmp_path: Path, home: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".gitconfig").write_text("[user]\n\tname = A\n\temail = a@example.com\n")
    (repo / "prompt_plan.md").write_text(_TEAM_PLAN)
    git(repo, "add", "prompt_plan.md")
    git(repo, "commit", "-qm", "plan")
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(repo, "remote", "add", "origin", str(tmp_path / "origin.git"))
    branches = git(repo, "for-each-ref", "refs/heads")
    lines = shown_by("team", repo, model, monkeypatch)
    shown = [_RANDOM.sub("…", line) for line in lines if not line.startswith("dropping ")]  # by git, since 2.26
    assert shown == [_RANDOM.sub("…", line) for line in block("team").splitlines()]
    assert branches.strip() in git(repo, "for-each-ref", "refs/heads")  # main is where it was


_TEAM_PLAN = """# Plan

## Step 1: Add

Write `add(a, b)` in app.py, tests first.

## Step 2: Subtract

Write `sub(a, b)` in app.py, tests first.
"""
_RANDOM = re.compile(r"(?<=Id:\*\* )\w{4}|(?<=\()\w{4}(?=\))|(?<=land )\w{4}(?=`)|\b[0-9a-f]{10}\b")


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
    (repo / "src" / "app.py").write_text("def add(a, b):\n    if a is None:\n        return b\n    return a - b\n")
    assert run("sous", "install", cwd=repo).code == 0
    git(repo, "remote", "add", "origin", "git@github.com:you/demo.git")
    wanted = [_SECONDS.sub("n s", line) for line in block("items").splitlines()]
    assert shown_by("items", repo, model, monkeypatch, key="") == wanted


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text()
    assert "readme_command demo" in script
    assert "readme_command test" in script
    assert all(block(name).startswith("python3 -m venv .venv && ") for name in ("demo", "test"))


def test_readme_is_short_and_its_picture_is_the_example() -> None:
    assert len(README.splitlines()) <= 130
    assert picture.example() == block("example")
    assert picture.PICTURE.read_text("utf-8") == picture.drawn(picture.example()), "python tests/picture.py"


def slug(heading: str) -> str:
    """Return the anchor that a forge and the site give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    text = _FENCED.sub("", page.read_text("utf-8"))
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_or_heading_leads_there(page: Path) -> None:
    lost = []
    for link in re.findall(r"\]\((?!\w+://)([^)\s{]+)\)", _FENCED.sub("", TEXTS[page])):
        path, _, anchor = link.partition("#")
        there = (page.parent / path) if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(link)
    assert lost == []


def test_the_site_has_every_page_and_shows_no_file_beside_its_folder() -> None:
    listed = re.findall(r'= "([\w-]+\.md)"', (CHECKOUT / "zensical.toml").read_text("utf-8"))
    assert sorted(listed) == sorted(page.name for page in PAGES[1:])
    outside = [link for page in PAGES[1:] for link in re.findall(r"\]\((\.\.[^)]*)\)", TEXTS[page])]
    assert outside == []


def commands_of(text: str) -> Iterator[list[str]]:
    """Return the words of each command line of sous in the blocks for a shell."""
    for found in _FENCED.finditer(text):
        if found["language"] not in {"sh", "console", "bash"}:
            continue
        for line in found["text"].splitlines():
            command = line.removeprefix("$ ") if line.startswith("$ ") or found["language"] != "console" else ""
            for part in re.split(r"&&|\||;", command):
                words = part.partition(" #")[0].replace("'", '"').replace('"', " ").replace("\\", " ").split()
                if words[:1] == ["sous"] and words[1:]:
                    yield words[1:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_that_are_shown_exist(page: Path) -> None:
    wrong = []
    for words in commands_of(TEXTS[page]):
        context = click.Context(sous)
        command: click.Command | None = sous.get_command(context, words[0])
        if isinstance(command, click.Group) and words[1:]:
            command = command.get_command(context, words[1]) or command.get_command(context, "run") or command
        known = {
            name for option in (command.params if command else ()) for name in (*option.opts, *option.secondary_opts)
        }
        used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        if command is None or used - known - {"-h", "--help"}:
            wrong.append((" ".join(words), used - known))
    assert wrong == []
