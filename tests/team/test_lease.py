"""How long a claim has not changed is measured by one's own clock, from one's own start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.state import read_state, write_state
from sous.team import lease

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """What sets the time since the machine was started."""
    monkeypatch.setattr(lease, "boot_of", lambda: "boot")

    def set_to(seconds: float) -> None:
        monkeypatch.setattr("sous.team.lease.time.monotonic", lambda: seconds)

    return set_to


def test_time_runs_from_the_last_change_that_was_seen(clock: Callable[[float], None]) -> None:
    clock(100)
    assert lease.unchanged_for("team/seen.json", {"a": "1", "b": "1"}) == {"a": 0, "b": 0}
    clock(160)
    assert lease.unchanged_for("team/seen.json", {"a": "1", "b": "2"}) == {"a": 60, "b": 0}
    clock(900)
    assert lease.unchanged_for("team/seen.json", {"a": "1"}) == {"a": 800}
    assert lease.unchanged_for("team/seen.json", {"b": "2"}) == {"b": 0}, "what went and came is new"


def test_nothing_is_known_after_a_start_of_the_machine(
    clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(100)
    lease.unchanged_for("team/seen.json", {"a": "1"})
    clock(5000)
    monkeypatch.setattr(lease, "boot_of", lambda: "next boot")
    assert lease.unchanged_for("team/seen.json", {"a": "1"}) == {"a": 0}


@pytest.mark.parametrize("note", [None, "x", ["1"], ["1", "y"], ["1", 10**9], 7])
def test_damaged_notes_are_seen_for_the_first_time(clock: Callable[[float], None], note: object) -> None:
    clock(100)
    lease.unchanged_for("team/seen.json", {"a": "1"})
    state = read_state("team/seen.json")
    write_state("team/seen.json", {**state, "seen": {"a": note}})
    assert lease.unchanged_for("team/seen.json", {"a": "1"}) == {"a": 0}


def test_time_in_which_the_remote_was_away_does_not_count(clock: Callable[[float], None]) -> None:
    clock(100)
    lease.unchanged_for("team/seen.json", {"a": "1", "b": "1"})
    clock(150)
    assert lease.unchanged_for("team/seen.json", {"a": "1", "b": "1"})["a"] == 50
    for at in (160, 2000):
        clock(at)
        lease.note_away("team/seen.json")
    clock(3000)
    assert lease.unchanged_for("team/seen.json", {"a": "1", "b": "2"}) == {"a": 50, "b": 0}
    clock(3010)
    assert lease.unchanged_for("team/seen.json", {"a": "1", "b": "2"}) == {"a": 60, "b": 10}, "it answers again"


def test_a_remote_that_was_never_seen_may_be_away(clock: Callable[[float], None]) -> None:
    clock(100)
    lease.note_away("team/seen.json")
    assert lease.unchanged_for("team/seen.json", {"a": "1"}) == {"a": 0}
