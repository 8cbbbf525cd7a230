from __future__ import annotations

import os
import sqlite3
import subprocess
from typing import TYPE_CHECKING

from scene import SOUS

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run


def logged(home: Path) -> int:
    with sqlite3.connect(home / "llm" / "logs.db") as database:
        return int(database.execute("select count(*) from responses").fetchone()[0])


def test_eight_first_calls_at_once_are_all_answered_and_logged(
    repo: Path, home: Path, model: FakeModel, run: Run
) -> None:
    """Plain llm loses half of them to its own migration (llm-facts: 4 of 8 died)."""
    run("sous", "bundle", cwd=repo)
    argv = [*SOUS, "code-review", "-m", "ok", "--no-pack", "-o"]
    started = [
        subprocess.Popen([*argv, f"r{number}.md"], cwd=repo, env=os.environ.copy(), stderr=subprocess.PIPE)
        for number in range(8)
    ]
    errors = [process.communicate()[1].decode() for process in started]
    assert [process.returncode for process in started] == [0] * 8, errors
    assert all((repo / f"r{number}.md").exists() for number in range(8))
    assert "could not be written" not in "".join(errors)
    assert len(model.requests) == 8


def test_a_log_that_is_locked_for_good_is_said_and_loses_nothing(
    repo: Path, home: Path, model: FakeModel, run: Run
) -> None:
    (home / "llm" / "logs.db").mkdir()  # can never be opened, as a locked one
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 0
    assert "the answer is complete, but llm's log could not be written" in done.err
    assert (repo / "code-review.md").exists()
    assert len(model.requests) == 1


def test_logging_can_be_switched_off_as_in_llm(repo: Path, home: Path, model: FakeModel, run: Run) -> None:
    (home / "llm" / "logs-off").touch()
    assert run("sous", "code-review", "-m", "ok", cwd=repo).code == 0
    assert not (home / "llm" / "logs.db").exists()
    assert len(model.requests) == 1
