from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import CHECKOUT
from sous.cli import COMMANDS
from sous.mise_files import read_toml
from sous.tasks import FILES, TASKS

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


@pytest.mark.parametrize("runner", FILES)
def test_the_files_are_made_from_the_list(runner: str) -> None:
    name, made = FILES[runner]
    assert (CHECKOUT / "tasks" / name).read_text() == made()


def test_every_task_runs_a_command_that_exists() -> None:
    assert {task.arguments.split()[0] for task in TASKS} <= set(COMMANDS)


def test_every_make_target_begins_with_llm() -> None:
    assert all(task.target.startswith("llm-") for task in TASKS)


def test_no_global_setting_of_mise_is_touched() -> None:
    data = read_toml(CHECKOUT / "tasks" / "llm.toml")
    assert set(data) == {"tasks"}
    assert all(task["dir"] == "{{cwd}}" for task in data["tasks"].values())


@pytest.mark.parametrize("runner", ["", *FILES])
def test_the_command_prints_where_they_are(runner: str, run: Run, tmp_path: Path) -> None:
    path = CHECKOUT / "tasks" / FILES[runner or "mise"][0]
    assert run("sous", "tasks", *[f"--{runner}"] * bool(runner), cwd=tmp_path).out == f"{path}\n"


def test_a_runner_that_is_not_known_is_a_mistake(run: Run, tmp_path: Path) -> None:
    done = run("sous", "tasks", "--gulp", cwd=tmp_path)
    assert done.code == 2
    assert "No such option" in done.err
