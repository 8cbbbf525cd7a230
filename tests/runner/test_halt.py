"""What runs can be ended by another thread, and nothing comes after it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from sous.proc import run_job
from sous.runner.halt import Halt, Halted


def test_a_program_is_ended_from_beside() -> None:
    halt = Halt()
    begun = threading.Event()

    def started(process: int, _last: object) -> None:
        halt.begins(process)
        begun.set()

    def take_over() -> None:
        begun.wait(10)
        halt.ask("taken over")

    threading.Thread(target=take_over, daemon=True).start()
    ended = run_job(["sleep", "30"], cwd=Path.cwd(), env=dict(os.environ), started=started)
    assert ended.code != 0
    with pytest.raises(Halted, match="taken over"):
        halt.ended()


def test_what_begins_too_late_is_ended_at_once() -> None:
    halt = Halt()
    halt.ask("first")
    halt.ask("second")
    ended = run_job(
        ["sleep", "30"], cwd=Path.cwd(), env=dict(os.environ), started=lambda process, _last: halt.begins(process)
    )
    assert ended.code != 0
    with pytest.raises(Halted, match="first"):
        halt.check()
