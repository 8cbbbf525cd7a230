"""A child is a process of its own: what ends it, or the process that forks, ends nothing else."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fleet_orders import assignment, hanging
from scene import committed
from sous.fleet.workers import LocalWorkers


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the child in /proc")
def test_one_that_is_killed_is_told_and_the_next_goes_on(tmp_path: Path) -> None:
    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    with closing(LocalWorkers(timeout=60)) as workers, hanging() as address:
        heard: list[Any] = []
        future = workers.submit(assignment(tmp_path, address), heard.append)
        while not heard:
            pass
        (child,) = children_of(children_of(os.getpid(), "sous.fleet.child")[0])
        os.kill(child, 9)
        assert future.result(60)["reason"] == "its process was ended by SIGKILL"
        assert workers.submit(assignment(tmp_path, origin.as_uri()), print).result(60)["status"] == "done"
        os.kill(children_of(os.getpid(), "sous.fleet.child")[0], 9)  # the process that forks them
        again = workers.submit(assignment(tmp_path, origin.as_uri(), "again"), print).result(60)
        assert again["status"] in ("done", "failed")
        assert workers.submit(assignment(tmp_path, origin.as_uri(), "third"), print).result(60)["status"] == "done"


def children_of(process: int, command: str = "") -> list[int]:
    found = [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]
    names = {one: Path(f"/proc/{one}/cmdline").read_text("utf-8") for one in found}
    return [one for one in found if command in names[one] and "git" not in names[one].partition("\0")[0]]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the process in /proc")
def test_when_the_process_that_forks_dies_nobody_waits_for_ever(tmp_path: Path) -> None:
    with closing(LocalWorkers(timeout=60)) as workers, hanging() as address:
        heard: list[Any] = []
        hangs = workers.submit(assignment(tmp_path, address, "hangs"), heard.append)
        while not heard:
            pass
        (nursery,) = children_of(os.getpid(), "sous.fleet.child")
        (child,) = children_of(nursery)
        os.kill(nursery, 9)
        assert hangs.result(20)["reason"] == "the process that did the work has ended"
        os.kill(child, 9)
