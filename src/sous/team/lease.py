"""Whether a claim is stale: for how long, by the clock of who looks, it has not changed.

No time that another machine wrote is believed: clocks are off, and laptops sleep.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.state import change_state

if TYPE_CHECKING:
    from collections.abc import Mapping

BEAT = 60.0  # seconds between two renewals
LEASE = 600.0  # seconds without a change after which a claim is stale
BY_HAND_LEASE = 8 * 3600.0  # the same for work by hand, where nothing renews it in between


def unchanged_for(key: str, commits: Mapping[str, str]) -> dict[str, float]:
    """Return for how many seconds each reference has been what it is, as seen from here.

    `key` names the file of state, `commits` are references and what they are now. What was seen
    before this machine was started is seen for the first time. Raises SousError.
    """
    now, boot = time.monotonic(), boot_of()
    with change_state(key) as state:
        is_same = state.get("boot") == boot
        known: dict[str, Any] = state.get("seen", {}) if is_same else {}
        unseen = _unseen(state, now)
        seen = {
            name: (commit, min(now, _since(known.get(name), commit, now) + unseen))
            for name, commit in commits.items()
        }
        state.clear()
        state.update({"boot": boot, "seen": seen, "looked": now})
    return {name: now - since for name, (_, since) in seen.items()}


def note_away(key: str) -> None:
    """Note that the remote did not answer: nobody can renew a claim, so the time does not count.

    It runs from the last look to the next one. Raises SousError.
    """
    with change_state(key) as state:
        state["away"] = True


def _unseen(state: Mapping[str, Any], now: float) -> float:
    """Return for how many seconds before now the remote was away."""
    looked = state.get("looked")
    if not state.get("away") or not isinstance(looked, (int, float)):
        return 0.0
    return max(0.0, now - looked)


def _since(note: object, commit: str, now: float) -> float:
    """Return since when a reference is what it is: now, if the note does not say so."""
    match note:
        case [str(noted), int() | float() as since] if noted == commit and since <= now:
            return since
    return now


def boot_of() -> str:
    """Return what tells one start of this machine from the next."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return str(round((time.time() - time.monotonic()) / 10))
