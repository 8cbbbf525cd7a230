"""What in a team needs the one who watches: told once, also by processes that start anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.state import change_state, project_state
from sous.team.handover import BOARD
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sous.team.interviews import SharedInterview
    from sous.team.overlap import Overlap
    from sous.team.shared import Shared, Team, TeamStep

_MOST_KEPT = 2_000  # events that are remembered
_LONGEST = 500  # characters of a text


@dataclass(frozen=True)
class Event:
    """Something that needs somebody: `needs`, `decide`, `conflict`, `lost` or `done`.

    `key` is the same for what was told before; `who`: the other person.
    """

    kind: str
    key: str
    step: str
    name: str
    who: str
    text: str

    def as_environment(self) -> Mapping[str, str]:
        """Return the variables that tell a program of it; others' words are in these alone."""
        values = {
            "EVENT": self.kind,
            "STEP": self.step,
            "NAME": self.name,
            "WHO": self.who,
            "TEXT": self.text,
        }
        return {f"SOUS_{key}": one_line(value)[:_LONGEST] for key, value in values.items()}


def new_events(
    team: Team,
    shared: Shared,
    overlaps: Sequence[Overlap],
    interviews: Sequence[SharedInterview] = (),
) -> list[Event]:
    """Return what needs the user of this checkout and was not told yet, and note that it was."""
    ours = [step.id for step in shared.steps if team.is_ours(step.claim)]
    with change_state(project_state(team.root, f"watched-{team.worker}.json")) as state:
        told, held = (
            [str(one) for one in state.get(key, []) if isinstance(one, str)]
            for key in ("told", "held")
        )
        now = [*events_of(team, shared, overlaps, held), *_to_decide(team, interviews)]
        found = [event for event in now if event.key not in told]
        # what is over may come again, and is news then
        current = {event.key for event in now}
        kept = [key for key in told if key in current]
        state["told"] = [*kept, *(event.key for event in found)][-_MOST_KEPT:]
        state["held"] = sorted({*ours, *(event.step for event in now if event.kind == "lost")})
    return found


def events_of(
    team: Team, shared: Shared, overlaps: Sequence[Overlap], held: Collection[str]
) -> Iterator[Event]:
    """Yield what needs the user now; `held`: the steps that this checkout had claimed before."""
    me = team.person
    for step in shared.steps:
        if event := _needed(team, step, me) or (_lost(team, step) if step.id in held else None):
            yield event
    for met in overlaps:
        if met.is_conflict and (met.one.is_ours or met.other.is_ours):
            other = met.one if met.other.is_ours else met.other
            mine = met.other if met.other.is_ours else met.one
            key = f"conflict {mine.id} {other.id} {' '.join(met.files)}"
            yield Event("conflict", key, mine.id, mine.name, other.person, met.told)
    if shared.steps and all(step.record for step in shared.steps):
        text = f"all {len(shared.steps)} steps are done"
        yield Event("done", f"done {len(shared.steps)}", "", "", "", text)


def _to_decide(team: Team, interviews: Sequence[SharedInterview]) -> Iterator[Event]:
    """Yield the contradictions of the user's answers with others' that they do not know of."""
    me = team.person
    for interview in interviews:
        for turn in interview.turns.values():
            if interview.ended or me not in interview.not_shown(turn):
                continue
            others = ", ".join(sorted(interview.authors_of(turn) - {me}))
            what = f"{interview.name}: your answer and that of {others} contradict"
            done = f"; {turn.by} decided: {one_line(turn.answer)}" if turn.answer else ""
            text = f"{what}: {one_line(turn.question)}{done}"
            key = f"decide {interview.name} {turn.id} {turn.by}"
            yield Event("decide", key, turn.id, interview.name, turn.by or others, text)


def _needed(team: Team, step: TeamStep, me: str) -> Event | None:
    work = step.work
    if not step.is_handed_over or not work or work.worker == team.worker:
        return None
    if work.to not in ("", BOARD, me):
        return None
    who, name = work.by, step.planned.name
    why = f": {one_line(work.say or work.why)}" if work.say or work.why else ""
    return Event("needs", f"needs {work.commit}", step.id, name, who, f"{who}, {name}{why}")


def _lost(team: Team, step: TeamStep) -> Event | None:
    """Return that a step which we had is somebody else's, where we did not hand it over."""
    name = step.planned.name
    if step.work and step.work.worker == team.worker and step.work.to:
        return None
    if step.claim and not team.is_ours(step.claim) and not step.record:
        who = step.claim.person or step.claim.worker
        return Event("lost", f"lost {step.id} {who}", step.id, name, who, f"{who} took over {name}")
    return None
