"""What all see of a plan: its steps as they are on the remote, who works on which, what is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sous.effort import read_within
from sous.errors import SousError
from sous.git_wire import RemoteAway
from sous.plan.ids import RESERVED, check_ids
from sous.plan.shape import planned_steps
from sous.state import project_state
from sous.team.claims import BY_HAND, Claims
from sous.team.handover import Handovers
from sous.team.lease import BY_HAND_LEASE, LEASE, note_away, unchanged_for
from sous.team.member import TOMBSTONE, author_of, open_repository, person_of, worker_of
from sous.team.records import plan_files, read_records
from sous.team.shared_items import NOUN, read_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sous.git_wire import OwnRepository
    from sous.plan.shape import Planned
    from sous.team.claims import Claim
    from sous.team.handover import Handover
    from sous.team.member import Membership
    from sous.team.records import PlanFiles, StepRecord

TIP = "refs/seen/tip"
LANDING = RESERVED[0]  # the claim of who lands a step: one at a time


def tip_spec(membership: Membership) -> str:
    """Return what is to be fetched for TIP: a pattern, as the branch may not be there yet."""
    return f"+refs/heads/{membership.branch}*:{TIP}*"


def span(seconds: float) -> str:
    """Return a time in words."""
    count = int(seconds)
    if count < 60:  # noqa: PLR2004
        return f"{count} s"
    return f"{count // 60} min" if count < 7200 else f"{count // 3600} h"  # noqa: PLR2004


@dataclass(frozen=True)
class TeamStep:
    """A step of the plan on the remote; `unchanged`: seconds since its claim changed, seen here.

    `work`: what somebody published of it.
    """

    id: str
    planned: Planned
    record: StepRecord | None
    claim: Claim | None
    unchanged: float = 0.0
    work: Handover | None = None

    @property
    def needs(self) -> str:
        """Why it needs a person, "" where it does not: agents leave it alone."""
        return self.work.needs if self.work and self.record is None else ""

    @property
    def is_handed_over(self) -> bool:
        """Tell whether it waits for somebody to go on with what was done of it."""
        return bool(self.needs) and self.is_free

    @property
    def is_stale(self) -> bool:
        """Tell whether who claimed it has not shown life for a whole lease."""
        if self.claim is None:
            return False
        return self.unchanged >= (BY_HAND_LEASE if self.claim.agent == BY_HAND else LEASE)

    @property
    def since(self) -> str:
        """For how long its claim has been what it is, in words."""
        if self.claim is not None and self.claim.agent == BY_HAND:
            return f"by hand, renewed {span(self.unchanged)} ago"
        return f"unchanged for {span(self.unchanged)}"

    @property
    def holder(self) -> str:
        """Who has claimed it, where and since when, in words."""
        who = f"{self.claim.person} on {self.claim.host}" if self.claim else "nobody"
        return f"{who}, {self.since}"

    @property
    def way_over(self) -> str:
        """What to do about a claim of somebody who left, in words."""
        return f"if they left it, `sous claim {self.id} --over` takes it over"

    @property
    def whose(self) -> str:
        """Whose claim it is, in words, and what to do about that."""
        if self.claim is None:
            return f"nobody claimed it, `sous claim {self.id}` does"
        return f"it is {self.claim.person}'s; {self.way_over}"

    @property
    def is_free(self) -> bool:
        """Tell whether it is neither done nor in somebody's hands."""
        return self.record is None and (self.claim is None or self.is_stale)


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
        if not self.says_what_builds_on_what:
            before = self.steps[: self.steps.index(step)]
            return [one for one in before if one.record is None]
        wanted = set(step.planned.builds_on)
        return [
            one
            for one in self.steps
            if one.planned.step.number in wanted and one.record is None and one is not step
        ]

    @property
    def says_what_builds_on_what(self) -> bool:
        """Whether any step of the plan says what it builds on."""
        return any(one.planned.builds_on or one.planned.builds_on_text for one in self.steps)

    def state_of(self, step: TeamStep) -> str:
        """Return in a word how a step is: what `sous team status` prints."""
        if step.record:
            return "done"
        if step.claim:
            return "stale" if step.is_stale else "claimed"
        if step.needs:
            return "needs a person"
        return "blocked" if self.waits_for(step) else "ready"

    @cached_property
    def ready(self) -> list[TeamStep]:
        """The steps that can be begun, those first whose files nobody works on."""
        taken = {
            path
            for step in self.steps
            if step.claim and not step.is_stale
            for path in (*step.claim.files, *step.planned.files)
        }
        free = [step for step in self.steps if step.is_free and not step.needs]
        can = [step for step in free if not self.waits_for(step)]
        return sorted(can, key=lambda step: bool(taken & set(step.planned.files)))


class Team:
    """The team of a project: its repository of ours, and its claims.

    `slot`: the number of a worker that `sous run` started; 0: the user's own checkout.
    """

    def __init__(self, root: Path, membership: Membership, *, slot: int = 0) -> None:
        self.root = root
        self.membership = membership
        self.repository: OwnRepository = open_repository(root, membership.remote, slot)
        deletes = membership.ends != TOMBSTONE
        self.claims = Claims(self.repository, membership.below, deletes=deletes)
        self.worker = worker_of(root, slot)
        self.pushed: dict[str, list[str]] = {}  # commits that we tried to land, by their steps
        self.handovers = Handovers(self.repository, membership.below, deletes=deletes)
        self._files: tuple[str, PlanFiles] | None = None
        self._steps: tuple[str, list[tuple[str, Planned]]] | None = None
        self._records: dict[str, str] = {}
        self._items: dict[str, str] = {}

    @cached_property
    def person(self) -> str:
        """Who the user is, as git knows it, else the name of the machine."""
        try:
            return self.author["GIT_COMMITTER_NAME"]
        except SousError:
            return person_of(self.root)

    @cached_property
    def author(self) -> Mapping[str, str]:
        """The variables that say who makes a commit. Raises SousError where git does not know."""
        return author_of(self.root)

    def look(self) -> Shared:
        """Return what the remote holds now. Raises RemoteAway, and SousError for a broken plan."""
        looked = project_state(self.root, "seen.json")
        try:
            claims = self.claims.fetch(tip_spec(self.membership), self.handovers.spec)
        except RemoteAway:
            note_away(looked)
            raise
        tip = self.repository.references(TIP).get("", "")
        if not tip:
            raise SousError(
                f"the remote has no {self.membership.branch}: `sous team init` puts it there"
            )
        steps = self.steps_in(tip)
        own = {name: claims[name].commit for name, _ in steps if name in claims}
        seen = unchanged_for(looked, own)
        records = read_records(self.repository, self.files_in(tip).records, self._records)
        works = self.handovers.seen()
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

    def files_in(self, tree: str) -> PlanFiles:
        """Return what a commit or a tree holds of the plan; that of the last one is remembered."""
        if self._files is None or self._files[0] != tree:
            member = self.membership
            found = plan_files(self.repository, tree, below=member.folder, plan=member.plan)
            self._files = (tree, found)
        return self._files[1]

    def steps_in(self, tree: str) -> list[tuple[str, Planned]]:
        """Return the steps of the plan in a commit or a tree, then the items, each with its id.

        Raises SousError where there is no such plan, or its ids cannot hold.
        """
        name, blob = self.membership.plan, self.files_in(tree).plan
        if blob is None:
            raise SousError(f"{self.membership.branch} has no {name}: `sous team init` fixes it")
        if self._steps is None or self._steps[0] != blob:
            _, data = self.repository.objects([blob]).get(blob, ("", b""))
            self._steps = (blob, _identified(name, data.decode("utf-8-sig", "replace")))
        blobs = self.files_in(tree).items
        if not blobs:
            return self._steps[1]
        ids = {own for own, _ in self._steps[1]}
        items = read_items(self.repository, blobs, self._items)
        return self._steps[1] + [(one.id, one.as_step()) for one in items if one.id not in ids]

    def renew(self, claim: Claim) -> Claim | None:
        """Show that the work goes on; a claim that is gone is made again if nobody landed it.

        What another process of this checkout renewed meanwhile is ours still. Returns None where
        it is not ours any more. Raises RemoteAway and SousError.
        """
        renewed = self.claims.renew(claim)
        there = self.claims.last_seen.get(claim.id)
        if renewed is None and there and there.worker == claim.worker:
            return self.claims.renew(replace(claim, commit=there.commit))
        if renewed or there:
            return renewed
        if any(step.id == claim.id and step.record for step in self.look().steps):
            return None
        return self.claims.restore(claim)

    def sweep(self, shared: Shared) -> None:
        """Take claims of steps that are done off the remote, whoever left them. Raises RemoteAway.

        Somebody claimed by an old view of the plan, and died.
        """
        for step in shared.steps:
            if step.record and step.claim:
                self.claims.release(step.claim)

    def is_ours(self, claim: Claim | None) -> bool:
        """Tell whether a claim is of this checkout."""
        return claim is not None and claim.worker == self.worker

    def is_of_a_worker(self, claim: Claim | None) -> int:
        """Return the number of the worker of this checkout that has a claim, 0 where none has."""
        name, _, slot = (claim.worker if claim else "").partition("-")
        return int(slot) if name == self.worker and slot.isascii() and slot.isdigit() else 0


def _identified(name: str, text: str) -> list[tuple[str, Planned]]:
    """Return the steps of a plan called `name`, each with its id. Raises SousError."""
    steps = read_within(name, planned_steps, text)
    ids = check_ids(name, text, steps)
    if missing := next((step for step, own in zip(steps, ids, strict=True) if not own), None):
        raise SousError(f"{missing.name} has no id on the remote: `sous team init` gives it one")
    return list(zip(ids, steps, strict=True))
