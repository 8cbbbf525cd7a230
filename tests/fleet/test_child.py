"""A child is a process of its own: what ends it, or the process that forks, ends nothing else."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fleet_orders import assignment, hanging
from scene import committed
from sous import api
from sous.fleet import child as nursing
from sous.fleet.workers import LocalWorkers
from sous.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_model import FakeModel


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
        told = hangs.result(20)
        assert (told["reason"], told["lost"]) == ("the process that did the work has ended", True)
        os.kill(child, 9)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the child in /proc")
@pytest.mark.parametrize("phase", ["packing", "code-review"])
def test_one_that_is_killed_in_a_phase_is_whole_the_next_time(tmp_path: Path, model: FakeModel, phase: str) -> None:
    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    order = dataclasses.replace(
        assignment(tmp_path, origin.as_uri()), tasks=("code-review",), settings=Settings(model="slow")
    )

    def kill(told: Mapping[str, Any]) -> None:
        if told.get("doing") == phase:
            for child in children_of(children_of(os.getpid(), "sous.fleet.child")[0]):
                os.kill(child, 9)

    with closing(LocalWorkers(timeout=60)) as workers:
        assert workers.submit(order, kill).result(60)["reason"] == "its process was ended by SIGKILL"
        assert not list(order.out.glob("repos/*/*/result.json"))
        again = workers.submit(order, lambda _: None).result(60)
    assert again["tasks"]["code-review"]["status"] == "done"
    assert len(model.requests) <= 2  # no answer had come
    assert not list(order.out.glob("repos/*/*/asking.json"))


GREEDY = """
import os, sys
from sous.fleet import child
child._MEMORY = 100_000_000
child.carry_out = lambda order, tell: bytearray(300_000_000)
child._limit_memory()
child.work_on(sys.stdin.buffer.readline(), lambda line: os.write(1, line))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads what it takes in /proc")
def test_one_that_needs_too_much_memory_is_told(tmp_path: Path) -> None:
    line = json.dumps({"order": assignment(tmp_path, "https://h/o/n").as_json()})
    done = subprocess.run([sys.executable, "-c", GREEDY], input=line.encode(), capture_output=True, check=False)
    assert b"it needs more memory than its limit" in done.stdout, done.stderr


def test_what_a_child_needs_is_tried_before_there_is_one() -> None:
    bundle = api.read_bundle(nursing._REHEARSAL)
    report = api.report(bundle, "code-review")
    assert [one.path for one in report.findings] == ["app.py"]
    assert api.check(bundle.files["README.md"].text, bundle).checked.judged


@pytest.mark.parametrize(
    ("model", "verify", "asked"),
    [(None, None, ""), ("sous-static", None, ""), ("sous-static", "v", "v"), ("m", None, "m")],
)
def test_a_model_is_known_before_the_child_that_asks_it(
    tmp_path: Path, model: str | None, verify: str | None, asked: str
) -> None:
    order = dataclasses.replace(assignment(tmp_path, "https://h/o/n"), settings=Settings(model=model), verify=verify)
    assert nursing.asked_model(order.as_json()) == asked
