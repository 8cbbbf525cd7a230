"""What was seen done here is remembered until it is seen open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sous.plan.progress import State, tick
from sous.team.records import StepRecord
from sous.team.reopened import note_done, once_done
from sous.team.syncing import Synced, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def test_what_was_unticked_by_hand_before_is_ticked_again_by_hand(member: Callable[[str], Team]) -> None:
    team = member("a")
    plan = team.root / "prompt_plan.md"
    note_done(team, [replace(team.look().find("4"), record=StepRecord("x", "4", "Docs", "Ann", ""))])
    assert once_done(team) == {team.look().find("4").id}
    assert sync(team, plan) == Synced()
    assert once_done(team) == set()
    tick(plan, "4", State.DONE)
    assert sync(team, plan).recorded == ("Step 4: Docs",)
