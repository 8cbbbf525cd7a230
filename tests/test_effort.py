"""A budget ends what takes too long: Python code and regular expressions, on this thread and on others."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sous.effort import OutOfTime, read_within, within

if TYPE_CHECKING:
    from collections.abc import Callable


def spin() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:  # noqa: BLE001, S112  # as parsers do
            continue


def match() -> None:
    re.match(r"(a|aa)+$", "a" * 60 + "b")


@pytest.mark.parametrize("work", [spin, match])
def test_what_takes_too_long_is_ended(work: Callable[[], None]) -> None:
    with pytest.raises(OutOfTime, match=r"not read within 0\.2 s"):
        within(0.2, work)


def test_python_code_on_another_thread_is_ended() -> None:
    told: list[str] = []

    def work() -> None:
        try:
            within(0.2, spin)
        except OutOfTime as exc:
            told.append(str(exc))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert told == ["not read within 0.2 s"]


def test_what_ends_in_time_is_returned_and_nothing_comes_later() -> None:
    assert within(0.1, lambda: 7) == 7
    time.sleep(0.2)


def test_the_outer_budget_holds() -> None:
    with pytest.raises(OutOfTime, match=r"0\.2 s"):
        within(0.2, lambda: within(60, spin))


def test_a_file_is_named() -> None:
    with pytest.raises(ValueError, match="no budget"):
        read_within("a.md", int, "no budget")


def test_a_file_that_takes_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.effort.SECONDS", 0.1)
    with pytest.raises(OutOfTime, match=r"a\.md: not read within 0\.1 s; split it"):
        read_within("a.md", spin)


def test_a_large_text_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.effort.SECONDS", 0.01)

    def read(text: str) -> int:
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
        return len(text)

    with pytest.raises(OutOfTime):
        read_within("a.md", read, "x")
    assert read_within("a.md", read, "x" * 2_000_000) == 2_000_000
