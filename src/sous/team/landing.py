"""Landing: a step's work onto the newest tip, tested there, and put on the remote in one push.

One at a time, by a token that is a claim like others: each landing runs the tests once. The claim
of the step ends in the same push, so who lost the claim cannot land.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sous.errors import SousError
from sous.git_wire import ABSENT, RefUpdate, RemoteAway
from sous.locks import locked
from sous.names import TODO
from sous.proc import ProgramFailed
from sous.state import checkout_state
from sous.team.claims import BY_HAND, WAITING, Claim, saying
from sous.team.lease import BEAT, LEASE, note_away, unchanged_for
from sous.team.records import DONE, ITEMS, StepRecord, written
from sous.team.shared import LANDING, TIP
from sous.team.taking import claim_of
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sous.team.shared import Shared, Team, TeamStep

_LOOK = 0.5  # seconds between two looks at who holds the token
_TRIES = 5  # when the tip moved by hand
_REFUSED = 2  # pushes in a row, which may have been lost on the way
_REFUSALS = 3  # in a row, while nobody holds the token


class Conflict(SousError):
    """The work and what landed since change the same lines; `paths`: of which files."""

    def __init__(self, message: str, paths: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.paths = paths


class LandedBefore(SousError):
    """The step is done already, by somebody else."""


class NotOurs(SousError):
    """The step, or the landing, is in somebody else's hands."""


@dataclass(frozen=True)
class Landed:
    """A step that is on the remote: its commit, and the record in it."""

    commit: str
    record: StepRecord


def land(
    team: Team,
    step: TeamStep,
    head: str,
    *,
    tests: str,
    is_green: Callable[[str], None],
    seen: Shared | None = None,
) -> Landed:
    """Put the work at the commit `head` onto the tip of the plan's branch, as one commit.

    `tests`: the command that is noted; `is_green` gets the commit that would land and raises
    SousError if its tests fail; `seen`: what the remote held a moment ago. Raises Conflict,
    RemoteAway, and SousError where the step is not ours any more.
    """
    shared = seen or team.look()
    if before := _landed_before(team, shared, step):
        return before
    is_ours = team.is_ours(step.claim)
    mine = step.claim if step.claim and is_ours else _still_ours(team, shared, step)
    refused = 0
    with beating(team, [mine]) as alive, _token(team, step, alive):
        for _ in range(_TRIES):
            with alive.lock:
                shared = team.look()
                if before := _landed_before(team, shared, step):
                    return before
                mine = _still_ours(team, shared, step)
                alive.put(mine)
            commit, record = _onto(team, shared.tip, step, head, tests=tests, mine=mine)
            is_green(commit)
            with alive.lock:
                if _finish(team, shared.tip, commit, alive, step):
                    alive.clear()
                    team.pushed.pop(step.id)
                    if published := team.handovers.end_of(step.id):
                        team.repository.push(published)
                    return Landed(commit, record)
                refused = refused + 1 if _is_unmoved(team, shared.tip, alive) else 0
                if refused == _REFUSED:
                    raise SousError(
                        f"the remote refuses to move {team.membership.branch}: is it protected? "
                        f"{step.planned.name} stays claimed"
                    )
                alive.renew(team)  # the branch moved, or a mirror deleted the claims
    raise SousError(
        f"{team.membership.branch} moved {_TRIES} times while the step was tested: "
        "try `sous land` again"
    )


def _landed_before(team: Team, shared: Shared, step: TeamStep) -> Landed | None:
    """Return what we landed of a step when the answer was lost, None where we did not."""
    record = shared.find(step.id).record
    pushed = team.pushed.get(step.id, [])
    ours = (one for one in pushed if team.repository.contains(shared.tip, one))
    commit = next(ours, None) if record else None
    return Landed(commit, record) if commit and record else None


def _finish(team: Team, tip: str, commit: str, alive: Alive, step: TeamStep) -> bool:
    """Move the branch and end both claims, all or none; tell whether the commit is on it now.

    Raises SousError where a claim was lost.
    """
    if {one.id for one in alive} != {step.id, LANDING}:
        raise NotOurs(f"{step.planned.name} was taken over while its tests ran")
    branch = f"refs/heads/{team.membership.branch}"
    ends = [team.claims.end_of(one) for one in alive]
    team.pushed.setdefault(step.id, []).append(commit)
    if team.repository.push([RefUpdate(branch, tip, commit), *ends]):
        return True
    # the answer may have been lost, not the push, and others may have landed on it since
    return team.repository.contains(team.look().tip, commit)


def _is_unmoved(team: Team, tip: str, alive: Alive) -> bool:
    """Tell whether a push was refused though the branch and our claims are what they were."""
    claims = team.claims.last_seen
    are_there = all(one.id in claims and claims[one.id].commit == one.commit for one in alive)
    return are_there and team.repository.references(TIP).get("") == tip


def _still_ours(team: Team, shared: Shared, step: TeamStep) -> Claim:
    """Return our claim of a step; one that is gone, though nobody landed it, is made again.

    Raises SousError where the step has landed, or is somebody else's.
    """
    now = shared.find(step.id)
    if now.record:
        if now.claim and team.is_ours(now.claim):
            team.claims.release(now.claim)
        raise LandedBefore(
            f"{step.planned.name} has landed already, by {now.record.by or 'somebody'}: "
            "nothing was changed"
        )
    if now.claim and team.is_ours(now.claim):
        return now.claim
    is_nobodys = now.claim is None and (step.claim is None or team.is_ours(step.claim))
    if is_nobodys and not shared.waits_for(now):  # as after `git push --mirror`
        fresh = claim_of(team, now, agent=BY_HAND, base=shared.tip)
        again = team.claims.take(step.claim or fresh)
        if again:
            return again
        now = team.look().find(step.id)
    if now.claim:
        raise NotOurs(f"{step.planned.name} is claimed by {now.claim.person}; {now.way_over}")
    raise NotOurs(f"{step.planned.name} is not claimed: `sous claim {step.id}` first")


def _onto(
    team: Team, tip: str, step: TeamStep, head: str, *, tests: str, mine: Claim
) -> tuple[str, StepRecord]:
    """Return the commit that would land, and the record in it."""
    repository = team.repository
    try:
        tree = repository.line("merge-tree", "--write-tree", "--name-only", tip, head)
    except ProgramFailed as exc:
        if exc.code != 1:
            raise
        lines = exc.stdout.decode("utf-8", "replace").split("\n\n")[0].splitlines()[1:]
        raise Conflict(
            f"{step.planned.name} and what landed since change the same lines of "
            f"{', '.join(lines[:5])}: merge {team.membership.remote}/{team.membership.branch}, "
            "then land it",
            lines,
        ) from exc
    _check_state(team, tip, tree)
    is_same = tree == repository.tree_of(tip)
    if is_same and not repository.line(
        "rev-list", "--no-merges", "-1", head, f"^{tip}", "--", ":/"
    ):
        raise SousError(f"{step.planned.name} changes nothing: commit its work first")
    author = team.person
    number, title = step.planned.step.number, step.planned.step.title
    record = StepRecord(step.id, number, title, author, mine.agent, tests, mine.cost)
    files: dict[str, bytes | None] = {
        f"{team.membership.folder}{record.path}": written(record).encode()
    }
    whole = repository.tree_with(tree, files)
    why = "The same change landed before, so this commit only records it.\n\n" if is_same else ""
    message = f"{step.planned.name}\n\n{why}Step: {step.id}\n"
    return (
        repository.commit(message, parents=[tip], tree=whole, author=team.author),
        record,
    )


def _check_state(team: Team, tip: str, tree: str) -> None:
    """Raise SousError where the work itself says that steps are done, or breaks the plan."""
    below = team.membership.folder
    before, after = team.files_in(tip), team.files_in(tree)
    pairs = ((DONE, before.records, after.records), (ITEMS, before.items, after.items))
    for folder, old, new in pairs:
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        if changed:
            raise SousError(
                f"the work changes {below}{folder}/{changed[0]}, which only sous writes: "
                "take that change out of your commits"
            )
    if after.has_todo and not before.has_todo:
        raise SousError(
            f"the work adds {below}{TODO}, which each clone keeps for itself: "
            f"`git rm --cached {below}{TODO}`, commit, then land it"
        )
    team.steps_in(tree)


@contextlib.contextmanager
def _token(team: Team, step: TeamStep, alive: Alive) -> Iterator[None]:
    """Hold the token of landing, among what is alive; one whose holder is gone is taken over."""
    wanted = Claim(LANDING, team.worker, team.person)
    with (
        Waiting(lambda: f"waiting for {_holder(team)}, who lands a step"),
        _alone_here(team, step, alive),
    ):
        token = _won(team, wanted, step, alive)
        with alive.lock:
            alive.append(token)
        try:
            yield
        finally:
            with contextlib.suppress(SousError), alive.lock:  # who comes next takes it over
                for one in alive:
                    if one.id == LANDING:
                        team.claims.release(one)
                alive.say(team, step.id, {"doing": ""})  # it did not land


def _won(team: Team, wanted: Claim, step: TeamStep, alive: Alive) -> Claim:
    """Return the token of landing once it is ours.

    Raises SousError where the step is lost meanwhile, or the remote takes no claim.
    """
    refused, over, is_said = 0, ABSENT, False  # nobody has it, mostly
    while True:
        token = team.claims.take(wanted, over=over)
        if token:
            return token
        # it may be free again by the time that we look who was first
        refused = 0 if LANDING in team.claims.last_seen else refused + 1
        if refused == _REFUSALS:
            raise SousError("the remote refused the claim for landing: check your access")
        if refused:
            time.sleep(_LOOK)
        if not is_said:
            is_said = True
            with alive.lock:
                alive.say(team, step.id, {"doing": WAITING})
        over = _free_token(team, step, alive)


@contextlib.contextmanager
def _alone_here(team: Team, step: TeamStep, alive: Alive) -> Iterator[None]:
    """Wait for another landing of this very checkout: its token would look like a leftover."""
    place = checkout_state(team.root) / f"landing-{team.worker}.lock"
    while True:
        with locked(place, timeout=_LOOK) as got:
            if got:
                yield
                return
        _refuse_lost(step, alive)


def _refuse_lost(step: TeamStep, alive: Alive) -> None:
    if step.id not in {one.id for one in alive}:
        raise NotOurs(f"{step.planned.name} was taken over before it landed")


def _free_token(team: Team, step: TeamStep, alive: Alive) -> str:
    """Return what the token of landing may be taken over from, once it is nobody's any more."""
    looked = f"team/{team.worker}-landing.json"
    while held := _seen_token(team, looked):
        still = unchanged_for(looked, {LANDING: held.commit})
        if team.is_ours(held) or still[LANDING] >= LEASE:
            return held.commit
        _refuse_lost(step, alive)
        time.sleep(_LOOK)
    return ABSENT


def _seen_token(team: Team, looked: str) -> Claim | None:
    try:
        return team.claims.fetch().get(LANDING)
    except RemoteAway:
        note_away(looked)
        raise


def _holder(team: Team) -> str:
    held = team.claims.last_seen.get(LANDING)
    return held.person or held.worker if held else "nobody"


class Renewing(Protocol):
    """What renews claims."""

    def renew(self, claim: Claim) -> Claim | None:
        """Return a claim as it is now, None where it is not ours any more. Raises SousError."""


class Alive(list[Claim]):
    """Claims that another thread renews, without those lost; `lock` keeps them as they are."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        super().__init__(claims)
        self.lock = threading.Lock()

    def put(self, claim: Claim) -> None:
        """Keep a claim as it is now, in place of what it was before."""
        self[:] = [claim if one.id == claim.id else one for one in self]

    def say(self, team: Renewing, claim_id: str, words: Mapping[str, str]) -> None:
        """Renew a claim with other words in it, such as `doing`; not where they are the same."""
        for claim in list(self):
            if claim.id == claim_id and (said := saying(claim, words)) != claim:
                with contextlib.suppress(SousError):  # it is only said
                    self.put(team.renew(said) or claim)

    def renew(self, team: Renewing, lost: Callable[[Claim], None] = lambda _claim: None) -> None:
        """Renew each, and leave out those that are not ours any more; `lost` is told of them."""
        for claim in list(self):
            with contextlib.suppress(SousError):  # away: the fence decides at landing
                renewed = team.renew(claim)
                self[:] = [one for one in self if one is not claim]
                self.extend([renewed] if renewed else [])
                if renewed is None:
                    lost(claim)


@contextlib.contextmanager
def beating(
    team: Renewing,
    claims: Iterable[Claim],
    *,
    every: float | None = None,
    lost: Callable[[Claim], None] = lambda _claim: None,
    at: Callable[[], Mapping[str, str]] = dict,
) -> Iterator[Alive]:
    """Renew claims while something goes on; yield them as they are, without those lost.

    `every`: seconds between two renewals (None: BEAT). `lost` is told of each that is not ours any
    more, in a thread of its own. `at` returns what the claims are to say by then.
    """
    alive = Alive(claims)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT if every is None else every):
            with alive.lock:
                words = at()
                alive[:] = [saying(one, words) for one in alive]
                alive.renew(team, lost)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield alive
    finally:
        ended.set()
        thread.join()
