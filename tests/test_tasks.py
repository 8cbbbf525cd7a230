from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import CHECKOUT
from sous.cli import COMMANDS
from sous.mise_files import read_toml
from sous.tasks import TASKS, make_targets, mise_tasks

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_the_files_are_made_from_the_list() -> None:
    assert (CHECKOUT / "tasks" / "llm.toml").read_text() == mise_tasks()
    assert (CHECKOUT / "tasks" / "llm.mk").read_text() == make_targets()


def test_every_task_runs_a_command_that_exists() -> None:
    assert {task.arguments.split()[0] for task in TASKS} <= set(COMMANDS)


def test_every_make_target_begins_with_llm() -> None:
    assert all(task.target.startswith("llm-") for task in TASKS)


def test_no_global_setting_of_mise_is_touched() -> None:
    data = read_toml(CHECKOUT / "tasks" / "llm.toml")
    assert set(data) == {"tasks"}
    assert all(task["dir"] == "{{cwd}}" for task in data["tasks"].values())


@pytest.mark.parametrize(("option", "name"), [((), "llm.toml"), (("--mise",), "llm.toml"), (("--make",), "llm.mk")])
def test_the_command_prints_where_they_are(option: tuple[str, ...], name: str, run: Run, tmp_path: Path) -> None:
    from pathlib import Path as RealPath

    path = RealPath(run("sous", "tasks", *option, cwd=tmp_path).out.strip())
    assert path.name == name
    assert path.is_file()
