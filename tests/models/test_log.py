from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scene import SOUS

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run


@pytest.fixture(autouse=True)
def no_log_yet(home: Path, model: FakeModel) -> None:  # the log comes with the model
    """Leave it to the first call to make the log."""
    (home / "llm" / "logs.db").unlink()


def logged(run: Run, cwd: Path) -> int:
    """Return how many calls llm itself shows."""
    return len(json.loads(run(sys.executable, "-m", "llm", "logs", "-n", "0", "--json", cwd=cwd).out))


def test_eight_first_calls_at_once_are_all_answered_and_logged(
    repo: Path, home: Path, model: FakeModel, run: Run
) -> None:
    """Plain llm loses half of them to its own migration (llm-facts: 4 of 8 died)."""
    run("sous", "bundle", cwd=repo)
    argv = [*SOUS, "code-review", "-m", "ok", "--no-pack", "-o"]
    started = [
        subprocess.Popen(  # each another question: an answer that just came to another process would do
            [*argv, f"r{number}.md", "--option", "seed", str(number)],
            cwd=repo,
            env=os.environ.copy(),
            stderr=subprocess.PIPE,
        )
        for number in range(8)
    ]
    errors = [process.communicate()[1].decode() for process in started]
    assert [process.returncode for process in started] == [0] * 8, errors
    assert all((repo / f"r{number}.md").exists() for number in range(8))
    assert "could not be written" not in "".join(errors)
    assert logged(run, repo) == 8
    assert len(model.requests) == 8


def test_a_log_that_is_locked_for_good_is_said_and_loses_nothing(
    repo: Path, home: Path, model: FakeModel, run: Run
) -> None:
    (home / "llm" / "logs.db").mkdir()  # can never be opened, as a locked one
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 0
    assert "llm's log could not be written" in done.err
    assert (repo / "code-review.md").exists()
    assert len(model.requests) == 1


def test_logging_can_be_switched_off_as_in_llm(repo: Path, home: Path, model: FakeModel, run: Run) -> None:
    (home / "llm" / "logs-off").touch()
    assert run("sous", "code-review", "-m", "ok", cwd=repo).code == 0
    assert not (home / "llm" / "logs.db").exists()
    assert len(model.requests) == 1


def test_a_database_that_another_program_locks_for_a_while_is_waited_for(
    repo: Path, home: Path, model: FakeModel, run: Run
) -> None:
    run("sous", "code-review", "-m", "ok", cwd=repo)
    with sqlite3.connect(home / "llm" / "logs.db", isolation_level=None) as database:
        database.execute("begin exclusive")
        argv = [*SOUS, "code-review", "-m", "ok", "--force"]
        with subprocess.Popen(argv, cwd=repo, stderr=subprocess.PIPE) as process:
            time.sleep(4)
            database.execute("rollback")
            assert process.stderr
            err = process.stderr.read().decode()
    database.close()
    assert process.returncode == 0
    assert "could not be written" not in err
    assert logged(run, repo) == 2
