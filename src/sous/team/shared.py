"""What all see of a plan: its steps as they are on the remote, who works on which, what is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sous.effort import read_within
from sous.errors import SousError
from sous.plan.ids import RESERVED, check_ids
from sous.plan.shape import planned_steps
from sous.state import project_state
from sous.team.claims import Claims
from sous.team.handover import Handovers
from sous.team.lease import LEASE, unchanged_for
from sous.team.member import open_repository, worker_of
from sous.team.records import records_at
from sous.team.shared_items import NOUN, items_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.git_wire import OwnRepository
    from sous.plan.shape import Planned
    from sous.team.claims import Claim
    from sous.team.handover import Handover
    from sous.team.member import Membership
    from sous.team.records import Record

TIP = "refs/seen/tip"
LANDING = RESERVED[0]  # the claim of who lands a step: one at a time


def tip_spec(membership: Membership) -> str:
    """Return what is to be fetched for TIP: a pattern, as the branch may not be there yet."""
    return f"+refs/heads/{membership.branch}*:{TIP}*"


@dataclass(frozen=True)
class TeamStep:
    """A step of the plan on the remote; `unchanged`: seconds since its claim changed, seen here.

    `work`: what somebody published of it.
    """

    id: str
    planned: Planned
    record: Record | None
    claim: Claim | None
    unchanged: float = 0.0
    work: Handover | None = None

    @property
    def is_stale(self) -> bool:
        """Tell whether who claimed it has not shown life for a whole lease."""
        return self.claim is not None and self.unchanged >= LEASE

    @property
    def is_free(self) -> bool:
        """Tell whether it is neither done nor in somebody's hands."""
        return self.record is None and (self.claim is None or self.is_stale)

    @property
    def is_handed_over(self) -> bool:
        """Tell whether somebody gave it away with what they had done of it."""
        return self.record is None and self.claim is None and self.work is not None


@dataclass(frozen=True)
class Shared:
    """The plan at the tip of its branch on the remote."""

    tip: str
    steps: Sequence[TeamStep]

    def find(self, name: str) -> TeamStep:
        """Return the step of an id or a number. Raises SousError."""
        found = [
            step
            for step in self.steps
            if name in (step.id, step.planned.step.number) or name == step.planned.step.title
        ]
        if len(found) != 1:
            known = ", ".join(step.id for step in self.steps)
            raise SousError(f"the plan has no step {name!r}; its steps are {known}")
        return found[0]

    def waits_for(self, step: TeamStep) -> list[TeamStep]:
        """Return the steps that have to be done before this one.

        Where no step of a plan says what it builds on, each builds on all before it. An item of a
        report builds on nothing.
        """
        if step.planned.noun == NOUN:
            return []
        if not any(one.planned.builds_on for one in self.steps):
            before = self.steps[: self.steps.index(step)]
            return [one for one in before if one.record is None]
        wanted = set(step.planned.builds_on)
        return [
            one
            for one in self.steps
            if one.planned.step.number in wanted and one.record is None and one is not step
        ]

    @cached_property
    def ready(self) -> list[TeamStep]:
        """The steps that can be begun, those first whose files nobody works on."""
        taken = {
            path
            for step in self.steps
            if step.claim and not step.is_stale
            for path in (*step.claim.files, *step.planned.files)
        }
        can = [
            step
            for step in self.steps
            if step.is_free and not step.is_handed_over and not self.waits_for(step)
        ]
        return sorted(can, key=lambda step: bool(taken & set(step.planned.files)))

    def meets(self, step: TeamStep) -> list[TeamStep]:
        """Return the steps that others work on and that change the same files."""
        own = set(step.planned.files)
        return [
            one
            for one in self.steps
            if one is not step and one.claim and own & {*one.claim.files, *one.planned.files}
        ]


class Team:
    """The team of a project: its repository of ours, and its claims."""

    def __init__(self, root: Path, membership: Membership) -> None:
        self.root = root
        self.membership = membership
        self.repository: OwnRepository = open_repository(root, membership.remote)
        self.claims = Claims(self.repository, membership.below)
        self.handovers = Handovers(self.repository, membership.below)
        self.worker = worker_of(root)

    def look(self) -> Shared:
        """Return what the remote holds now. Raises RemoteAway, and SousError for a broken plan."""
        claims = self.claims.fetch(tip_spec(self.membership), self.handovers.spec)
        works = self.handovers.seen()
        tip = self.repository.references(TIP).get("", "")
        if not tip:
            raise SousError(
                f"the remote has no {self.membership.branch}: `sous team init` puts it there"
            )
        steps = self.steps_in(tip)
        seen = unchanged_for(
            project_state(self.root, "seen.json"),
            {name: claim.commit for name, claim in claims.items()},
        )
        records = records_at(self.repository, tip, below=self.membership.folder)
        return Shared(
            tip,
            [
                TeamStep(
                    name,
                    step,
                    records.get(name),
                    claims.get(name),
                    seen.get(name, 0.0),
                    works.get(name),
                )
                for name, step in steps
            ],
        )

    def steps_in(self, tree: str) -> list[tuple[str, Planned]]:
        """Return the steps of the plan in a commit or a tree, then the items, each with its id.

        Raises SousError where there is no such plan, or its ids cannot hold.
        """
        name = self.membership.plan
        data = self.repository.file_at(tree, name)
        if data is None:
            raise SousError(f"{self.membership.branch} holds no {name}: `sous team init` mends it")
        text = data.decode("utf-8-sig", "replace")
        steps = read_within(name, planned_steps, text)
        ids = check_ids(name, text, steps)
        if missing := next((step for step, own in zip(steps, ids, strict=True) if not own), None):
            raise SousError(
                f"{missing.name} has no id on the remote: `sous team init` gives it one"
            )
        found = list(zip(ids, steps, strict=True))
        items = items_at(self.repository, tree, below=self.membership.folder)
        return found + [(one.id, one.as_step()) for one in items if one.id not in ids]

    def is_ours(self, claim: Claim | None) -> bool:
        """Tell whether a claim is of this checkout."""
        return claim is not None and claim.worker == self.worker
