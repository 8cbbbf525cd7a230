"""Terminals, locales and pipes of every kind: no command dies of one."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from scene import SOUS

if TYPE_CHECKING:
    from pathlib import Path

SURROUNDINGS = (
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1252", "COLUMNS": "40"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TERM": "dumb"},
    {"FORCE_COLOR": "1", "LC_NUMERIC": "de_DE.UTF-8"},
)


@pytest.mark.parametrize("env", SURROUNDINGS, ids=" ".join)
@pytest.mark.parametrize("words", [("items", "--help"), ("status",)], ids=" ".join)
def test_a_command_says_what_it_has_to_say(words: tuple[str, ...], env: dict[str, str], repo: Path) -> None:
    (repo / "prompt_plan.md").write_text(
        "# Plan\n\n## Step 1: Añadir עברית \u202eevil\n\n```text\nWrite it.\n```\n", "utf-8"
    )
    done = subprocess.run([*SOUS, *words], cwd=repo, env={**os.environ, **env}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout.strip()
    assert "\u202e".encode() not in done.stdout
    assert b"\r" not in done.stdout.replace(b"\r\n", b"")


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
@pytest.mark.parametrize("words", ["--help", "status", "cost"])
def test_a_reader_that_goes_is_no_error(words: str, repo: Path) -> None:
    (repo / "prompt_plan.md").write_text("# Plan\n\n## Step 1: Add\n\n```text\nWrite it.\n```\n")
    command = " ".join([*SOUS, words])
    for shell in (f"{command} | true", f"{command} 2>&1 >&- | true"):
        done = subprocess.run(shell, cwd=repo, shell=True, capture_output=True, check=False)  # noqa: S602
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr
