"""The board: each step of a team's plan in one column, who works on it, and what it cost."""

from __future__ import annotations

import contextlib
import math
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sous.plan.ids import ID
from sous.proc import ProgramFailed
from sous.team.claims import BY_HAND, WAITING
from sous.team.handover import BOARD
from sous.team.records import DONE
from sous.team.shared import LANDING, span
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.git_wire import OwnRepository
    from sous.team.overlap import Overlap
    from sous.team.shared import Shared, Team, TeamStep

NEEDS, RUNNING, READY, BLOCKED, FINISHED = "needs a person", "running", "ready", "blocked", "done"
COLUMNS = (NEEDS, RUNNING, WAITING, READY, BLOCKED, FINISHED)
_MOST_DOLLARS = 1e6  # of one step; more is no cost that anybody could believe
_FEW = 5  # files that are named
_LONGEST_LINE = 120  # characters


@dataclass(frozen=True)
class Card:
    """A step on the board; `cost` in US dollars; `unchanged`: seconds since its claim changed.

    `note`: what it waits for, or why it needs somebody; `day`: when it landed, as others' clocks
    say; `is_ours`: this checkout has claimed it.
    """

    id: str
    number: str
    title: str
    name: str
    column: str
    person: str = ""
    host: str = ""
    agent: str = ""
    attempt: str = ""
    last: str = ""
    unchanged: int | None = None
    files: tuple[str, ...] = ()
    cost: float | None = None
    note: str = ""
    commit: str = ""
    tests: str = ""
    day: str = ""
    is_ours: bool = False

    @property
    def details(self) -> list[str]:
        """What is to be said of it, in the order of its column."""
        if self.column == FINISHED:
            how = self.note or self.agent
            found = [self.person, how, self.commit[:10], self.day, self.tests]
        else:
            who = "you" if self.is_ours else self.person
            agent = "" if self.agent == BY_HAND and self.unchanged is not None else self.agent
            found = [f"{who}@{self.host}" if who and self.host else who, agent]
            found += [f"attempt {self.attempt}" if self.attempt not in ("", "1") else ""]
            found += [self._since()]
            found += [self.note, _listed(self.files) if self.person else "", self.last]
        if self.cost is not None:
            found.append(f"${self.cost:.2f}")
        return [one for one in found if one]

    def _since(self) -> str:
        """Return for how long its claim has been what it is."""
        if self.unchanged is None:
            return ""
        if self.agent == BY_HAND:
            return f"{BY_HAND}, renewed {span(self.unchanged)} ago"
        return f"unchanged for {span(self.unchanged)}" if self.unchanged else ""


@dataclass(frozen=True)
class DayCost:
    """What the steps of a person cost that landed on a day, in US dollars; "" while they run."""

    person: str
    day: str
    usd: float


@dataclass(frozen=True)
class OpenInterview:
    """An interview that has not ended: who is asked what, and what else it waits for."""

    name: str
    answers: int
    waits: Sequence[str] = ()

    @property
    def told(self) -> str:
        """What is to be said of it, in a line."""
        waits = one_line("; ".join(self.waits))
        so_far = f"{self.answers} answer{'s' * (self.answers != 1)} so far{waits and f': {waits}'}"
        return f"{self.name}: {so_far}; `sous hone --name {self.name}` joins in"


@dataclass(frozen=True)
class Board:
    """All steps by their columns, where works meet, what was spent, and open interviews."""

    plan: str
    place: str
    tip: str
    cards: Sequence[Card]
    overlaps: Sequence[Overlap]
    costs: Sequence[DayCost]
    interviews: Sequence[OpenInterview] = ()

    def column(self, name: str) -> list[Card]:
        """Return the steps of a column, in the order of the plan."""
        return [card for card in self.cards if card.column == name]

    def as_json(self) -> dict[str, Any]:
        """Return all of it for machines."""
        return {
            "plan": self.plan,
            "branch": self.place,
            "tip": self.tip,
            "steps": [asdict(card) for card in self.cards],
            "overlaps": [
                {
                    "steps": [one.one.id, one.other.id],
                    "people": [one.one.person, one.other.person],
                    "files": list(one.files),
                    "conflict": one.is_conflict,
                }
                for one in self.overlaps
            ],
            "costs": [asdict(cost) for cost in self.costs],
            "interviews": [asdict(one) for one in self.interviews],
        }


def board_of(
    team: Team,
    shared: Shared,
    overlaps: Sequence[Overlap],
    interviews: Sequence[OpenInterview] = (),
) -> Board:
    """Return the board of a plan as it was seen last."""
    landed = landings(team.repository, shared.tip, below=team.membership.folder)
    cards = [_card(team, shared, step, landed) for step in shared.steps]
    member = team.membership
    place = f"{member.remote}/{member.branch}"
    return Board(member.plan, place, shared.tip, cards, overlaps, costs_of(cards), interviews)


def _card(
    team: Team, shared: Shared, step: TeamStep, landed: Mapping[str, tuple[str, str]]
) -> Card:
    planned = step.planned
    named = (step.id, planned.step.number, one_line(planned.step.title), one_line(planned.name))
    if step.record:
        commit, day = landed.get(step.id, ("", ""))
        record = step.record
        return Card(
            *named,
            FINISHED,
            record.by,
            agent=record.agent,
            cost=dollars(record.cost),
            note=f"dismissed: {record.dismissed}" if record.dismissed else "",
            commit=commit,
            tests=record.tests,
            day=day,
        )
    files = tuple(map(one_line, step.planned.files))
    column, note = column_of(team, shared, step)
    if step.claim is None:
        work = step.work
        person, agent, tries = (work.by, work.agent, work.tries) if work else ("", "", "")
        return Card(*named, column, person, "", agent, tries, files=files, note=note)
    claim = step.claim
    return Card(
        *named,
        column,
        claim.person or claim.worker,
        claim.host,
        claim.agent,
        claim.attempt,
        claim.last[:_LONGEST_LINE],
        int(step.unchanged),
        claim.files or files,
        dollars(claim.cost),
        note,
        is_ours=team.is_ours(claim),
    )


def column_of(team: Team, shared: Shared, step: TeamStep) -> tuple[str, str]:
    """Return where a step that is not done stands, and what is to be said of that."""
    claim, work = step.claim, step.work
    if claim and not step.is_stale:
        landing = team.claims.last_seen.get(LANDING)
        if landing and landing.worker == claim.worker:
            return WAITING, "it is being tested"
        return (WAITING, "") if claim.doing == WAITING else (RUNNING, "")
    if work and step.is_handed_over:
        to = f"for {work.to}: " if work.to not in ("", BOARD) else ""
        why = work.say or work.needs
        return NEEDS, one_line(f"{to}{why}")[:_LONGEST_LINE]
    if waits := shared.waits_for(step):
        return BLOCKED, f"waits for {', '.join(one.planned.name for one in waits)}"
    return READY, "nobody is working on it now" if claim else ""


def dollars(text: str) -> float | None:
    """Return a cost that somebody wrote, None for what is none."""
    try:
        value = float(text.strip().lstrip("$"))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= _MOST_DOLLARS else None


def costs_of(cards: Sequence[Card]) -> list[DayCost]:
    """Return what was spent, by person and day; what still runs has no day, and comes last."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for card in cards:
        if card.cost is not None:
            sums[card.day, card.person] += card.cost
    ordered = sorted(sums.items(), key=lambda one: (not one[0][0], one[0]))
    return [DayCost(person, day, round(usd, 6)) for (day, person), usd in ordered]


def landings(repository: OwnRepository, tip: str, *, below: str = "") -> dict[str, tuple[str, str]]:
    """Return the commit that brought each record, and its day; none where git cannot tell soon."""
    flags = ("--first-parent", "-m", "--no-renames", "--diff-filter=A", "--name-only", "-z")
    found: dict[str, tuple[str, str]] = {}
    try:
        raw = repository.git("log", *flags, "--format=%x01%H %ct", tip, "--", f"{below}{DONE}")
    except ProgramFailed:
        return {}
    for entry in raw.decode("utf-8", "replace").split("\x01")[1:]:
        head, *paths = entry.replace("\n", "").split("\0")
        commit, _, seconds = head.partition(" ")
        day = ""
        with contextlib.suppress(ValueError, OSError, OverflowError):
            day = datetime.fromtimestamp(int(seconds)).astimezone().date().isoformat()
        for path in paths:
            step_id = path.rpartition("/")[2]
            if ID.fullmatch(step_id):
                found.setdefault(step_id, (commit, day))
    return found


def lines_of(board: Board) -> list[str]:
    """Return the board as lines for a terminal."""
    found = [f"{board.plan} on {board.place}"]
    for column in COLUMNS:
        cards = board.column(column)
        if cards:
            found += ["", f"{column} ({len(cards)})"]
            found += [f"  {_line(card)}" for card in cards]
    if board.interviews:
        found += ["", "interviews", *(f"  {one.told}" for one in board.interviews)]
    if board.overlaps:
        found += ["", "where work meets", *(f"  {one.told}" for one in board.overlaps)]
    if board.costs:
        found += ["", "cost", *(f"  {_told(cost)}" for cost in board.costs)]
    return found


def _told(cost: DayCost) -> str:
    return f"{cost.day or 'under way':<10}  ${cost.usd:.2f}  {cost.person or 'nobody'}"


def _line(card: Card) -> str:
    return f"{card.id}  {card.name}{''.join(f' · {one}' for one in card.details)}"


def _listed(files: Sequence[str]) -> str:
    return ", ".join(files[:_FEW]) + (" …" if len(files) > _FEW else "")
