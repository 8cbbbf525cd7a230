"""Names of files that try to be more than names: no line that people read is of a name's making."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle.read import read_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

pytestmark = pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names of Linux")

ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
NAMES = (
    "a\nForged: 1 file",
    "b\x1b[2J\x1b[31mred",
    "c\rback",
    "d\u202egnp.exe",
    "e\x9b31m",
    "f\u2028line\u2029par",
    "g\x07\x08\x7f",
    "-rf",
    "| pipe | cell |",
    "h\ttab",
    "i\x85nel",
    "\x0bvt",
    "# heading",
    "</file>",
    "<!-- x -->",
    "`tick`",
    "j\u2066iso",
    "k [name only]",
    "l\\n",
)
CODE = """import os


def f(x):
    eval(x)
    os.system(x)
    # TODO: x
    try:
        pass
    except Exception:
        pass
"""


@pytest.fixture
def hostile(repo: Path) -> Path:
    """A repository in which each name is hostile."""
    for number, name in enumerate(NAMES):
        (repo / f"{name.replace('/', '_')}.py").write_text(CODE.replace("f(x)", f"f{number}(x)"))
    folder = repo / "dir\nForged: 2 files\x1b[1m"
    folder.mkdir()
    (folder / "x.py").write_text(CODE)
    (repo / os.fsdecode(b"byte\xff\n.py")).write_text(CODE)
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "names")
    return repo


COMMANDS: dict[str, tuple[str, ...]] = {
    "tokens": ("bundle", "--tokens"),
    "tokens stdout": ("bundle", "--tokens", "--top", "50", "--stdout"),
    "top": ("bundle", "--top", "50"),
    "list": ("bundle", "--list", "output.txt"),
    "json": ("bundle", "--json"),
    "list json": ("bundle", "--list", "output.txt", "--json"),
    "budget": ("bundle", "--budget", "1500"),
    "strict budget": ("bundle", "--budget", "100", "--budget-strict"),
    "split": ("bundle", "--split-output", "1kb"),
    "review": ("code-review", "-m", "sous-static"),
    "tests": ("missing-tests", "-m", "sous-static"),
    "issues": ("github-issues", "-m", "sous-static"),
    "readme": ("readme", "-m", "sous-static", "-o", "r.md"),
    "dry": ("code-review", "-m", "sous-static", "--dry-run"),
    "check": ("check", "code-review.md"),
    "check json": ("check", "code-review.md", "--json"),
    "findings": ("findings",),
    "findings json": ("findings", "--json"),
    "items": ("items", "code-review.md"),
    "items json": ("items", "code-review.md", "--json"),
    "status": ("status",),
    "todo": ("todo",),
    "next": ("next",),
    "trust": ("trust", "--show"),
    "clean": ("clean",),
    "copy": ("copy-buffer",),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_name_reaches_the_terminal_raw(name: str, hostile: Path, run: Run) -> None:
    run("sous", "bundle", "-q", cwd=hostile)
    if name.startswith(("check", "findings", "items")):
        run("sous", "code-review", "-m", "sous-static", cwd=hostile)
    done = run("sous", *COMMANDS[name], cwd=hostile)
    shown = done.err if "--stdout" in COMMANDS[name] else done.out + done.err
    assert "Traceback" not in shown
    assert not re.search("^(?:Forged|back|line|par|nel)", shown, re.MULTILINE), shown
    assert ODD.findall(shown) == []


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json", "parsable"])
def test_every_name_is_on_one_line_of_the_bundle_and_is_read_back(style: str, hostile: Path, run: Run) -> None:
    how = ("--parsable-style",) if style == "parsable" else ("--style", style)
    run("sous", "bundle", "-q", *how, "-o", "out.txt", cwd=hostile)
    text = (hostile / "out.txt").read_text()
    assert ODD.findall(text) == []
    assert not re.search("^(?:Forged|back|line|par|nel)", text, re.MULTILINE)
    found = read_bundle(hostile / "out.txt").files
    for name in NAMES:
        assert f"{name.replace('/', '_')}.py" in found


def test_the_lines_do_not_grow_with_the_names(repo: Path, run: Run) -> None:
    (repo / "plain.py").write_text(CODE)
    for options in (("--tokens", "--top", "9"), ("--list", "output.txt")):
        before = run("sous", "bundle", *options, cwd=repo)
        (repo / "plain.py").rename(repo / "pl\n\n\n\r\x0b\x85\u2028ain.py")
        run("sous", "bundle", "-q", cwd=repo)
        after = run("sous", "bundle", *options, cwd=repo)
        (repo / "pl\n\n\n\r\x0b\x85\u2028ain.py").rename(repo / "plain.py")
        run("sous", "bundle", "-q", cwd=repo)
        assert len(after.out.splitlines()) == len(before.out.splitlines())
        assert len(after.err.splitlines()) == len(before.err.splitlines())


def test_json_is_json_whatever_the_names_are(hostile: Path, run: Run) -> None:
    packed = json.loads(run("sous", "bundle", "--json", cwd=hostile).out)
    listed = json.loads(run("sous", "bundle", "--list", "output.txt", "--json", cwd=hostile).out)
    assert f"{NAMES[0]}.py" in packed["by_file"]
    assert f"{NAMES[0]}.py" in {one["path"] for one in listed["files"]}
