"""What this checkout once saw done: a tick without a record is then no work, but a step reopened.

Whoever deletes `.sous-plan/done/ID` on the team's branch opens a step or an item again. The tick of
it in the files of each clone comes from the record that is gone, and must not make another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.state import change_state, project_state, read_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sous.team.shared import Team, TeamStep


def once_done(team: Team) -> set[str]:
    """Return the ids that had a record when they were last looked at here. Raises SousError."""
    return _ids(read_state(_key(team)))


def note_done(team: Team, steps: Iterable[TeamStep]) -> None:
    """Note which of some steps have a record now: the ticks of others here are by hand.

    Raises SousError.
    """
    looked = {step.id: step.record for step in steps}
    with change_state(_key(team)) as state:
        state["done"] = sorted({*_ids(state)} - {*looked} | {*filter(looked.get, looked)})


def _ids(state: Mapping[str, Any]) -> set[str]:
    known = state.get("done")
    return {str(one) for one in known} if isinstance(known, list) else set()


def _key(team: Team) -> str:
    return project_state(team.root, f"done-{team.worker}.json")
