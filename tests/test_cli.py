from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import SOUS
from sous.cli import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


SHOWS_HEAVY = """
import sys
from sous.cli import sous
def heavy():
    return sorted({"llm", "openai", "jinja2", "genai_prices", "pydantic", "yaml"} & set(sys.modules))
"""


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_never_imports_llm(command: str, run: Run, tmp_path: Path) -> None:
    code = f"{SHOWS_HEAVY}sous({[*command.split(), '--help']!r}, standalone_mode=False)\nprint(heavy())"
    done = run(sys.executable, "-c", code, cwd=tmp_path)
    assert done.code == 0
    assert done.out.strip().endswith("[]")


def test_the_table_names_every_command_with_its_own_help(run: Run, tmp_path: Path) -> None:
    out = run("sous", "--help", cwd=tmp_path).out
    assert all(f"\n  {name} " in out for name in COMMANDS)


def test_without_a_command_outside_of_a_project_it_shows_the_help(run: Run, tmp_path: Path) -> None:
    done = run("sous", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("Usage: sous [OPTIONS] ")


def test_without_a_command_in_a_folder_without_git_it_says_what_is_next(run: Run, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("A = 1\n")
    assert "next: `sous code-review`" in run("sous", cwd=tmp_path).out


def test_without_a_command_in_a_project_it_shows_where_that_stands(run: Run, repo: Path) -> None:
    (repo / "output.txt").write_text("x" * 2000)
    done = run("sous", cwd=repo / "src")
    assert done.code == 0
    assert done.out.splitlines()[0] == "output.txt: 2.0 kB, packed just now"
    assert "next: `sous code-review`" in done.out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("review", "code-review"),
        ("issues", "github-issues"),
        ("pack", "bundle"),
        ("bundel", "bundle"),
        ("help", "--help"),
        ("zzz", None),
    ],
)
def test_a_name_that_is_none_says_which_may_be_meant(typed: str, meant: str | None, run: Run, tmp_path: Path) -> None:
    done = run("sous", typed, cwd=tmp_path)
    assert done.code == 2
    assert ("Did you mean" in done.err) is (meant is not None)
    assert meant is None or f"`sous {meant}`" in done.err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--bogus",), "No such option"),
        (("bundel",), "bundel"),
        (("bundle", "--bogus"), "No such option"),
        (("bundle", "--style", "pdf"), "pdf"),
        (("code-review", "--option", "temperature"), "--option"),
        (("bundle", "nowhere"), "nowhere does not exist"),
        (("bundle", "--project", "src"), "--project"),
        (("bundle", "--split-output", "5"), "400k-chars. See `sous bundle --help`."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line_is_one_line_and_exit_2(argv: tuple[str, ...], says: str, run: Run, repo: Path) -> None:
    done = run("sous", *argv, cwd=repo)
    assert done.code == 2
    assert says in done.err
    assert done.err.count("\n") == 1


def test_a_closed_stdout_is_no_traceback(repo: Path) -> None:
    (repo / "big.txt").write_text("line of text\n" * 200_000)
    with subprocess.Popen(
        [*SOUS, "bundle", "-o", "-"], cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def test_the_suite_is_mounted_under_llm_with_the_same_edge(run: Run, repo: Path) -> None:
    assert "code-review" in run(sys.executable, "-m", "llm", "sous", "--help", cwd=repo).out
    done = run(sys.executable, "-m", "llm", "sous", "code-review", "--no-pack", cwd=repo)
    assert done.code == 1
    said = [line for line in done.err.splitlines() if not line.endswith("…")]  # "is at work …", where that is slow
    assert (len(said), said[0].startswith("Error: no output.txt")) == (1, True)


BROKEN = "def broken(*a, **k): raise ZeroDivisionError\nsous.root.find_root = broken\n"


def test_a_bug_keeps_its_traceback(run: Run, tmp_path: Path) -> None:
    code = f"import sous.root\n{BROKEN}from sous.cli import sous\nsous(['clean'])"
    assert "ZeroDivisionError" in run(sys.executable, "-c", code, cwd=tmp_path).err


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made there")
def test_control_characters_in_names_never_reach_the_terminal(run: Run, repo: Path) -> None:
    (repo / "evil\x1b]0;x\x07").mkdir()
    done = run("sous", "bundle", "-o", "evil\x1b]0;x\x07", cwd=repo)
    assert done.code == 1
    assert "\x1b" not in done.err


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_names_what_it_runs_on(option: str, run: Run, tmp_path: Path) -> None:
    done = run("sous", option, cwd=tmp_path)
    assert re.fullmatch(r"sous \d+\.\d+\S* \(llm \d+\.\S+, Python 3\.\d+\.\S+\)\n", done.out)
