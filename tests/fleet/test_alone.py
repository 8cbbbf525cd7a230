"""A process for one repository, where nothing forks: it answers once, and what ends it is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from fleet_orders import assignment, hanging
from scene import committed
from sous.fleet.workers import PlainWorkers


def test_it_answers_an_order_and_ends(tmp_path: Path) -> None:
    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    order = json.dumps({"order": assignment(tmp_path, origin.as_uri()).as_json()}) + "\n"
    done = subprocess.run(
        [sys.executable, "-m", "sous.fleet.alone"], input=order, capture_output=True, text=True, check=True
    )
    *_, last = map(json.loads, done.stdout.splitlines())
    assert (last["outcome"]["status"], last["outcome"]["tasks"]["bundle"]["status"]) == ("done", "done")


def test_nothing_is_answered_to_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "sous.fleet.alone"], input=b"", capture_output=True, check=True)
    assert done.stdout == b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the process in /proc")
def test_one_that_is_killed_harms_no_other(tmp_path: Path) -> None:
    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    with closing(PlainWorkers(timeout=60)) as workers, hanging() as address:
        hangs = workers.submit(assignment(tmp_path, address, "hangs"), lambda _: None)
        goes_on = workers.submit(assignment(tmp_path, origin.as_uri()), lambda _: None)
        ends = time.monotonic() + 30
        while len(found := alone_of(os.getpid())) < 2 and time.monotonic() < ends:
            time.sleep(0.02)
        os.kill(min(found), signal.SIGKILL)  # the first that was begun
        assert hangs.result(30)["reason"] == "its process was ended by SIGKILL"
        assert goes_on.result(60)["status"] == "done"


def alone_of(process: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        found += map(int, children.read_text("ascii").split())
    return [one for one in found if b"sous.fleet.alone" in Path(f"/proc/{one}/cmdline").read_bytes()]
