"""Programs of a run are started with a mark, their last line is known, and what they leave running is ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import committed
from sous.runner.config import RunConfig
from sous.runner.launch import Launcher
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGENT = cast("Any", SimpleNamespace(name="agent", folders=()))
CONFIG = RunConfig(AGENT, "true", test_timeout=20, agent_timeout=20, quiet=True)


class Seen:
    """What a launcher tells of the programs that it starts."""

    def __init__(self) -> None:
        self.labels: list[Callable[[], str]] = []
        self.began: list[int] = []
        self.ended = 0

    @contextlib.contextmanager
    def waiting(self, label: Callable[[], str]) -> Iterator[None]:
        self.labels.append(label)
        yield

    def has_ended(self) -> None:
        self.ended += 1


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def launcher(tmp_path: Path, seen: Seen) -> Launcher:
    top = committed(tmp_path / "project", {"a.py": "A = 1\n"}).resolve()
    place = Workplace(top, top, top / "prompt_plan.md")
    (tmp_path / "logs").mkdir()
    return Launcher(place, CONFIG, tmp_path / "logs", seen.waiting, seen.began.append, seen.has_ended)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_program_gets_its_variables_a_mark_and_no_other_repository(
    launcher: Launcher, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    code = "import json, os; print(json.dumps([os.getcwd(), dict(os.environ)]))"
    ended = launcher.run(python(code), "the tests", more={"OURS": "yes"})
    folder, env = json.loads(ended.output)
    assert (ended.code, folder, env["OURS"]) == (0, str(launcher.place.root), "yes")
    assert "GIT_DIR" not in env
    assert launcher.mark in env.values()
    assert (len(seen.began), seen.ended) == (1, 1)


def test_an_agent_reads_its_prompt_and_its_last_line_is_known(launcher: Launcher, seen: Seen) -> None:
    heard: list[bytes] = []
    code = "import sys; print('read', sys.stdin.read())"
    ended = launcher.run(python(code), "Step 1: agent", prompt="Add it", hears=heard.append)
    assert ended.output.strip() == b"".join(heard).decode().strip() == "read Add it"
    assert launcher.agents_line() == "read Add it"
    assert seen.labels[0]() == "Step 1: agent: read Add it"
    launcher.run(python("print('2 passed')"), "the tests")
    assert launcher.agents_line() == ""


def test_what_takes_too_long_has_no_exit_code(launcher: Launcher) -> None:
    launcher.config = RunConfig(AGENT, "true", test_timeout=0.2, agent_timeout=20)
    assert launcher.run(python("import time; time.sleep(60)"), "the tests").code is None


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="the environments of processes are not shown")
def test_a_child_that_left_its_group_is_ended(launcher: Launcher, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    child = f"{python('import time; time.sleep(60)')!r}, start_new_session=True, stdout=alive, stderr=alive"
    code = f"import subprocess; alive = open({str(tmp_path / 'alive')!r}, 'w'); subprocess.Popen({child})"
    assert launcher.run(python(code), "the tests").code == 0
    assert select.select([alive], [], [], 20)[0], "nobody holds the other end of the pipe any more"
    assert os.read(alive, 1) == b""
    os.close(alive)
