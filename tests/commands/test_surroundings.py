"""Terminals, locales and pipes of every kind: no command dies of one, and none writes what it cannot show."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, Done, Run, git, in_terminal, packed

if TYPE_CHECKING:
    from pathlib import Path

SURROUNDINGS = (
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1252", "COLUMNS": "40"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TERM": "dumb"},
    {"FORCE_COLOR": "1", "LC_NUMERIC": "de_DE.UTF-8"},
)
NAME = "src/חשבון.py"
REPORT = "ביקורת.md"
COMMANDS = (
    ("bundle", "--project", "--force"),
    ("check", REPORT),
    ("items", REPORT),
    ("findings",),
    ("todo", "--force"),
    ("status",),
    ("cost",),
)
JSON = (
    ("bundle", "--project", "--force", "--json"),
    ("check", REPORT, "--json"),
    ("items", REPORT, "--json"),
    ("findings", "--json"),
    ("status", "--json"),
    ("cost", "--json"),
)
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
posix = pytest.mark.skipif(os.name == "nt", reason="terminals, shells and forks of POSIX")
_CODES = re.compile(r"\x1b|\r(?!\n)|\x08")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
_ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
# Runs many lines in forks of one start, which obeys what only a start does: the locale.
_FORKS = """
import json, os, sys
from pathlib import Path
import llm, markdown_it, sous.bundle.pack, sous.claims.check, sous.waiting
from sous.cli import main
from sous.tokens import count_tokens
count_tokens("a")
sous.waiting.FIRST_LINE = sous.waiting.LATER = 60.0  # a busy machine is no reason for a line more
for number, words in enumerate(json.loads(sys.argv[1])):
    if not os.fork():
        for descriptor in (1, 2):
            os.dup2(os.open(f"{sys.argv[2]}/{number}.{descriptor}", os.O_CREAT | os.O_WRONLY), descriptor)
        sys.argv = ["sous", *(os.fsdecode(word.encode()) for word in words)]
        main()
        sys.exit(0)
    status = os.waitstatus_to_exitcode(os.wait()[1])
    Path(sys.argv[2], f"{number}.0").write_text(str(status))
"""


@pytest.fixture
def place(repo: Path) -> Path:
    """A project with names, a report and a plan in letters that are written from the right."""
    (repo / NAME).write_text("def add(a, b):\n    return a - b\n", "utf-8")
    (repo / REPORT).write_text(
        f"## החיבור שגוי\n\n- **Severity:** high\n- **Location:** `{NAME}:1-2`\n\n**Quote:**\n\n"
        "```python\ndef add(a, b):\n    return a - b\n```\n\n## נעלם\n\n- **Location:** `src/אין.py:7`\n\n`nothing_like_it()`\n",
        "utf-8",
    )
    (repo / "prompt_plan.md").write_text(
        "# Plan\n\n## Step 1: Añadir עברית \u202eevil\n\n```text\nWrite it.\n```\n", "utf-8"
    )
    files = {NAME: "def add(a, b):\n    return a - b\n"}
    (repo / "output.txt").write_text(packed(files), "utf-8")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "more")
    return repo


def forked(place: Path, folder: Path, lines: tuple[tuple[str, ...], ...], **env: str) -> list[Done]:
    """Run each line in a fork of one process that was started with these variables."""
    folder.mkdir()
    argv = [sys.executable, "-c", _FORKS, json.dumps(lines), str(folder)]
    subprocess.run(argv, cwd=place, env={**os.environ, **env}, check=True, capture_output=True, timeout=100)

    def read(number: int, what: int) -> str:
        return (folder / f"{number}.{what}").read_bytes().decode(errors="replace")

    return [Done(int(read(number, 0)), read(number, 1), read(number, 2)) for number in range(len(lines))]


@pytest.mark.parametrize("env", SURROUNDINGS, ids=" ".join)
@pytest.mark.parametrize("words", [("items", "--help"), ("status",)], ids=" ".join)
def test_a_command_says_what_it_has_to_say(words: tuple[str, ...], env: dict[str, str], place: Path) -> None:
    done = subprocess.run([*SOUS, *words], cwd=place, env={**os.environ, **env}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout.strip()
    assert "\u202e".encode() not in done.stdout
    assert b"\r" not in done.stdout.replace(b"\r\n", b"")


@each_command
def test_no_code_of_a_terminal_goes_into_a_pipe(words: tuple[str, ...], place: Path, run: Run) -> None:
    done = run("sous", *words, cwd=place, env={"TERM": "xterm-256color"})
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert done.out + done.err
    assert not _CODES.search(done.out + done.err)


@posix
@each_command
def test_a_dumb_terminal_is_sent_no_code(
    words: tuple[str, ...], place: Path, sous_script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    shown = in_terminal([str(sous_script), *words], place, stdout=True)
    assert shown.strip()
    assert not _CODES.search(shown)


@posix
@each_command
def test_letters_from_the_right_do_not_turn_a_line_around_nor_is_it_coloured(
    words: tuple[str, ...], place: Path, sous_script: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal and on stderr they are isolated; in a pipe a name is the name."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = in_terminal([str(sous_script), *words], place, stdout=True)
    assert not _RIGHT_TO_LEFT.search(_ISOLATED.sub("", shown)), shown
    assert not _COLOUR.search(shown)
    done = run("sous", *words, cwd=place)
    assert not _RIGHT_TO_LEFT.search(_ISOLATED.sub("", done.err)), done.err
    assert not _ISOLATED.search(done.out)


@posix
def test_without_utf8_and_in_a_narrow_window_everything_is_said(place: Path, tmp_path: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    helps = tuple((words[0], "--help") for words in COMMANDS)
    done = forked(place, tmp_path / "c", (*COMMANDS, *helps), COLUMNS="40", **env)
    assert not [one for one in done if "Traceback" in one.err or one.code]
    assert all(one.out + one.err for one in done)
    lines = [line for one in done[len(COMMANDS) :] for line in one.out.splitlines()]
    assert len(lines) > 100
    long = [line for line in lines if len(line) > 50]  # the least that click wraps at
    assert not [line for line in long if not line.startswith(("  -", "  sous "))]  # names and examples stay whole


@posix
def test_numbers_are_the_same_in_every_locale(place: Path, tmp_path: Path, run: Run) -> None:
    """German writes 1,5 for one and a half, and its git and its system speak German."""
    assert run("sous", "bundle", "--project", cwd=place).code == 0
    lines = (("items", REPORT), *JSON)
    german = {"LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "LANGUAGE": "de"}
    usual, other = (
        forked(place, tmp_path / name, lines, **env) for name, env in (("c", {"LC_ALL": "C.UTF-8"}), ("de", german))
    )
    assert usual == other
    assert all(json.loads(one.out) is not None for one in usual[-len(JSON) :])


@posix
@pytest.mark.parametrize("words", ["--help", *map(shlex.join, COMMANDS)])
def test_a_reader_that_goes_is_no_error(words: str, place: Path, sous_script: Path) -> None:
    command = f"{shlex.quote(str(sous_script))} {words}"
    for shell in (f"{command} | true", f"{command} 2>&1 >&- | true"):
        done = subprocess.run(shell, cwd=place, shell=True, capture_output=True, check=False)  # noqa: S602
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr
