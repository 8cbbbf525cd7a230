"""A fork of the zygote is the `sous` that was asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a system that can fork")


def started(script: Path, *argv: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *argv], cwd=cwd, env={**os.environ, **env}, input="read\n", capture_output=True, text=True, check=False
    )


def test_the_script_is_sous(sous_script: Path, repo: Path) -> None:
    done = started(sous_script, "bundle", "-o", "-", cwd=repo / "src")
    assert (done.returncode, done.stdout.count('<file path="app.py">')) == (0, 1)


def test_the_script_reads_its_stdin_and_says_how_it_ended(sous_script: Path, repo: Path) -> None:
    done = started(sous_script, "code-review", "-", "-m", "no-such-model", cwd=repo)
    assert done.returncode == 1
    assert "no-such-model" in done.stderr
    assert started(sous_script, "no-such-command", cwd=repo).returncode == 2


def test_what_only_a_start_obeys_is_started(sous_script: Path, tmp_path: Path) -> None:
    (tmp_path / "sous").mkdir()
    (tmp_path / "sous" / "__init__.py").touch()
    (tmp_path / "sous" / "__main__.py").write_text("print('another sous')")
    assert started(sous_script, cwd=tmp_path, PYTHONPATH=str(tmp_path)).stdout == "another sous\n"
    assert started(sous_script, "--version", cwd=tmp_path).stdout.startswith("sous 0.")


def test_the_client_loads_next_to_nothing() -> None:
    code = f"import sys, runpy; sys.argv = ['f']; runpy.run_path({str(CHECKOUT / 'tests' / 'fork.py')!r}); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-IS", "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"subprocess", "pathlib", "tempfile", "llm", "sous"} & set(loaded.split())
