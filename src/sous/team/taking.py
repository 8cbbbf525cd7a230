"""Which step is taken, and taking it: by a command, or by a worker that goes on with the next."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from sous.errors import SousError, UsageProblem
from sous.team.claims import BY_HAND, WAITING, Claim
from sous.team.lease import BEAT
from sous.team.shared import LANDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.handover import Handover
    from sous.team.shared import Shared, Team, TeamStep

NEXT = "next"
_REFUSALS = 3  # in a row, of a step that nobody has
_NAMED = 3  # steps that need a person


def chosen(
    team: Team,
    shared: Shared,
    name: str = NEXT,
    *,
    agree: Callable[[TeamStep], None] | None = None,
) -> TeamStep:
    """Return the step to take: that of a name, or the first that is ready. Raises SousError.

    `agree` is called for a step that somebody else holds, which is refused without it; it raises
    SousError where it is to be left to them.
    """
    if name == NEXT:
        if agree:
            raise UsageProblem("say which step: `sous claim ID --over`")
        if not shared.ready:
            raise SousError(f"no step is ready: {why_none(shared)}; `sous team status` shows them")
        return shared.ready[0]
    step = shared.find(name)
    if step.record:
        raise SousError(f"{step.planned.name} is done, by {step.record.by}")
    is_held = not step.is_free and not team.is_ours(step.claim)
    if is_held and agree is None:
        raise SousError(f"{step.planned.name} is claimed by {step.holder}; {step.way_over}")
    if waits := shared.waits_for(step):
        names = ", ".join(one.planned.name for one in waits)
        raise SousError(f"{step.planned.name} builds on steps that are not done: {names}")
    if is_held and agree is not None:
        agree(step)
    return step


def why_none(shared: Shared) -> str:
    """Return in words why no step is ready."""
    left = [step for step in shared.steps if step.record is None]
    if not left:
        return "all are done"
    asking = [step for step in left if step.needs and step.claim is None]
    names = [f"{step.planned.name} (`sous take {step.id}`)" for step in asking[:_NAMED]]
    names += [f"{len(asking) - _NAMED} more"] * (len(asking) > _NAMED)
    found = [f"{', '.join(names)} need{'s' * (len(asking) == 1)} a person"] if asking else []
    busy = len(left) - len(asking)
    verb = "is" if busy == 1 else "are"
    found = [f"{busy} {verb} claimed or blocked", *found] if busy else found
    if busy > 1 and not shared.says_what_builds_on_what:
        found.append(
            "the plan does not say what a step builds on, so each waits for all before it: "
            "`- **Builds on:** nothing` below a title changes that"
        )
    return "; ".join(found)


def claim_of(team: Team, step: TeamStep, *, agent: str, base: str) -> Claim:
    """Return the claim of a step by this checkout, to be pushed."""
    host, files = socket.gethostname(), step.planned.files
    return Claim(step.id, team.worker, team.person, host, agent, files, base)


def take(team: Team, step: TeamStep, *, agent: str, base: str = "") -> Claim | None:
    """Claim a step, or renew the claim that is ours; None where somebody else was first.

    It is taken over as it was seen: who renewed it meanwhile is there, and keeps it. Raises
    RemoteAway, and SousError where the remote refuses.
    """
    wanted = claim_of(team, step, agent=agent, base=base)
    over = step.claim.commit if step.claim else ""
    for _ in range(_REFUSALS):
        got = team.claims.take(wanted, over=over)
        if got is None and step.id in team.claims.last_seen:
            return None
        # the plan may have been looked at long ago, as by a laptop that slept
        if team.look().find(step.id).record:
            if got:
                team.claims.release(got)
            return None
        if got:
            return got
        over = ""
    raise SousError(f"the remote refused the claim of {step.planned.name}: check your access")


def keep_by_hand(team: Team, shared: Shared) -> None:
    """Renew what this checkout has claimed for work by hand: whoever runs sous there is at it.

    Not while it lands, when the claim is renewed anyway. Who may not push, or has no remote now,
    is not told.
    """
    landing = team.claims.last_seen.get(LANDING)
    if team.is_ours(landing):
        return
    for step in shared.steps:
        claim = step.claim
        if claim is None or step.record or not team.is_ours(claim) or claim.agent != BY_HAND:
            continue
        if step.unchanged >= BEAT and claim.doing != WAITING:
            with contextlib.suppress(SousError):
                team.renew(claim)


def give_up(team: Team, work: Handover, claim: Claim | None) -> Handover | None:
    """Publish work on a step, and end our claim of it where there is one: both, or neither.

    Returns the work as it was published, None where the remote refused. Raises RemoteAway.
    """
    made = team.handovers.made(work)
    ends = [team.claims.end_of(claim)] if claim else []
    if team.repository.push([team.handovers.update_to(made), *ends]):
        return made
    team.look()  # the answer may have been lost, not the push
    there = team.handovers.last_seen.get(work.id)
    return made if there and there.commit == made.commit else None


def take_chosen(
    team: Team,
    name: str = NEXT,
    *,
    agent: str = BY_HAND,
    agree: Callable[[TeamStep], None] | None = None,
) -> tuple[Shared, TeamStep]:
    """Take the step of a name, or the next; return it, and the plan as it was then.

    `agree`: as of `chosen`. Raises SousError where it cannot be had.
    """
    while True:
        shared = team.look()
        step = chosen(team, shared, name, agree=agree)
        if take(team, step, agent=agent, base=shared.tip):
            return shared, step
        if name != NEXT:
            raise first(step)


def first(step: TeamStep) -> SousError:
    """Return the error that a step was not had: its claim is another by now."""
    return SousError(f"somebody else was first with {step.planned.name}, or renewed their claim")
