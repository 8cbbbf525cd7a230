"""What became of a step in the plan while somebody worked on it: edited, or deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.team.shared import LANDING

if TYPE_CHECKING:
    from sous.team.claims import Claim
    from sous.team.shared import Shared, Team, TeamStep

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def is_edited(team: Team, step: TeamStep) -> bool:
    """Tell whether the plan asks for something else than when the step was claimed.

    What the claim began on is not known in every clone: then it counts as not edited.
    """
    base = step.claim.base if step.claim else ""
    if not _COMMIT.fullmatch(base):
        return False
    try:
        before = dict(team.steps_in(base)).get(step.id)
    except SousError:
        return False
    now = step.planned.step
    return before is not None and (before.step.prompt, before.step.title) != (now.prompt, now.title)


def deleted(team: Team, shared: Shared, name: str) -> Claim | None:
    """Return our claim of a step that the plan has no more, by the id of the step."""
    claim = team.claims.last_seen.get(name)
    is_there = name == LANDING or any(step.id == name for step in shared.steps)
    return None if is_there or not team.is_ours(claim) else claim
