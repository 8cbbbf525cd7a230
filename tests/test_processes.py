from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sous.processes import end_marked, is_alive, started_at

SLEEPS = (sys.executable, "-c", "print(flush=True); import time; time.sleep(60)")


def begun(**more: str) -> subprocess.Popen[bytes]:
    """Begin a process in a group of its own that has printed a line."""
    process = subprocess.Popen(SLEEPS, stdout=subprocess.PIPE, env={**os.environ, **more}, start_new_session=True)
    assert process.stdout
    process.stdout.readline()
    return process


@pytest.mark.skipif(os.name == "nt", reason="groups of POSIX")
def test_a_process_is_there_until_it_ends_asked_for_or_not() -> None:
    with begun() as process:
        assert is_alive(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody asked for it yet
        assert is_alive(process.pid) is not Path("/proc/self").exists()
    assert not is_alive(process.pid)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system shows no environments")
def test_processes_with_a_mark_are_ended_and_no_others() -> None:
    with begun(SOUS_MARK="a") as one, begun(SOUS_MARK="ab") as other:
        assert end_marked("SOUS_MARK", "a") == 1
        assert one.wait(10) != 0
        assert is_alive(other.pid)
        other.kill()
    assert end_marked("SOUS_MARK", "a") == 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not say when a process began")
def test_when_a_process_began_does_not_change() -> None:
    assert started_at(os.getpid()) == started_at(os.getpid()) != None  # noqa: E711
    assert started_at(0) is None
