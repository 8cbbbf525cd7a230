"""Landing: a step's work onto the newest tip, tested there, and put on the remote in one push.

One at a time, by a token that is a claim like others: each landing runs the tests once. The claim
of the step ends in the same push, so who lost the claim cannot land.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import ABSENT, RefUpdate
from sous.proc import ProgramFailed
from sous.team.claims import Claim
from sous.team.lease import BEAT, LEASE, unchanged_for
from sous.team.member import author_of, person_of
from sous.team.records import DONE, Record, record_blobs, written
from sous.team.shared import LANDING
from sous.team.shared_items import ITEMS
from sous.terminal import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sous.team.shared import Shared, Team, TeamStep

_LOOK = 0.5  # seconds between two looks at who holds the token
_TRIES = 5  # when the tip moved by hand


class Conflict(SousError):
    """The work and what landed since change the same lines."""


@dataclass(frozen=True)
class Landed:
    """A step that is on the remote: its commit, and the record in it."""

    commit: str
    record: Record


def land(
    team: Team, step: TeamStep, head: str, *, tests: str, is_green: Callable[[str], None]
) -> Landed:
    """Put the work at the commit `head` onto the tip of the plan's branch, as one commit.

    `tests`: the command that is noted; `is_green` gets the commit that would land and raises
    SousError if its tests fail. Raises Conflict, RemoteAway, and SousError where the step is not
    ours any more.
    """
    with _token(team):
        for _ in range(_TRIES):
            shared = team.look()
            mine, token = _still_ours(team, shared, step), _held(team)
            commit, record = _onto(team, shared.tip, step, head, tests)
            with beating(team, [mine, token]) as alive:
                is_green(commit)
            if len(alive) < 2:  # noqa: PLR2004  # the claim of the step, and the token
                raise SousError(f"{step.planned.name} was taken over while its tests ran")
            branch = f"refs/heads/{team.membership.branch}"
            moves = [
                RefUpdate(branch, shared.tip, commit),
                *(team.claims.end_of(one) for one in alive),
            ]
            if team.repository.push(moves) or team.look().tip == commit:
                if published := team.handovers.end_of(step.id):
                    team.repository.push(published)
                return Landed(commit, record)
    raise SousError(
        f"{team.membership.branch} moved {_TRIES} times while the step was tested: "
        "try `sous land` again"
    )


def _held(team: Team) -> Claim:
    """Return the token of landing as it was last seen. Raises SousError where it is not ours."""
    token = team.claims.last_seen.get(LANDING)
    if token is None or not team.is_ours(token):
        raise SousError("somebody else took over the landing: try `sous land` again")
    return token


def _still_ours(team: Team, shared: Shared, step: TeamStep) -> Claim:
    now = shared.find(step.id)
    if now.record:
        raise SousError(
            f"{step.planned.name} has landed already, by {now.record.by or 'somebody'}: "
            "nothing was changed"
        )
    if now.claim is None or not team.is_ours(now.claim):
        who = f"is claimed by {now.claim.person}" if now.claim else "is not claimed"
        raise SousError(f"{step.planned.name} {who}: `sous claim {step.id}` first")
    return now.claim


def _onto(team: Team, tip: str, step: TeamStep, head: str, tests: str) -> tuple[str, Record]:
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
            "then land it"
        ) from exc
    _check_state(team, tip, tree)
    if tree == repository.line("rev-parse", f"{tip}^{{tree}}"):
        raise SousError(f"{step.planned.name} changes nothing: commit its work first")
    author = person_of(team.root)
    number, title = step.planned.step.number, step.planned.step.title
    agent = step.claim.agent if step.claim else ""
    record = Record(step.id, number, title, author, agent, tests)
    made = repository.commit("tree", tree=tree)
    files: dict[str, bytes | None] = {
        f"{team.membership.folder}{record.path}": written(record).encode()
    }
    whole = repository.tree_with(made, files)
    message = f"{step.planned.name}\n\nStep: {step.id}\n"
    return (
        repository.commit(message, parents=[tip], tree=whole, author=author_of(team.root)),
        record,
    )


def _check_state(team: Team, tip: str, tree: str) -> None:
    """Raise SousError where the work itself says that steps are done, or breaks the plan."""
    below = team.membership.folder
    for folder in (DONE, ITEMS):
        before = record_blobs(team.repository, tip, below=below, folder=folder)
        after = record_blobs(team.repository, tree, below=below, folder=folder)
        names = sorted({*before, *after})
        if changed := [name for name in names if before.get(name) != after.get(name)]:
            raise SousError(
                f"the work changes {below}{folder}/{changed[0]}, which says what is to be done, or "
                "is done: take that out of it, sous writes it"
            )
    team.steps_in(tree)


@contextlib.contextmanager
def _token(team: Team) -> Iterator[None]:
    """Hold the token of landing; one whose holder is gone is taken over."""
    wanted = Claim(LANDING, team.worker, person_of(team.root))
    with Waiting(lambda: f"waiting for {_holder(team)}, who lands a step"):
        while team.claims.take(wanted, over=_free_token(team)) is None:
            if LANDING not in team.claims.last_seen:
                raise SousError("the remote refused the claim of landing: may you push?")
            time.sleep(_LOOK)
    try:
        yield
    finally:
        with contextlib.suppress(SousError):  # who comes next takes it over
            now = team.claims.fetch().get(LANDING)
            if now and team.is_ours(now):
                team.claims.release(now)


def _free_token(team: Team) -> str:
    """Return what the token of landing may be taken over from, once it is nobody's any more."""
    while held := team.claims.fetch().get(LANDING):
        still = unchanged_for(f"team/{team.worker}-landing.json", {LANDING: held.commit})
        if team.is_ours(held) or still[LANDING] >= LEASE:
            return held.commit
        time.sleep(_LOOK)
    return ABSENT


def _holder(team: Team) -> str:
    held = team.claims.last_seen.get(LANDING)
    return held.person or held.worker if held else "nobody"


@contextlib.contextmanager
def beating(team: Team, claims: list[Claim], *, every: float = BEAT) -> Iterator[list[Claim]]:
    """Renew claims while something goes on; yield them as they are, without those lost."""
    alive = list(claims)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(every):
            for claim in list(alive):
                with contextlib.suppress(SousError):  # away: the fence decides at landing
                    renewed = team.claims.renew(claim)
                    alive[:] = [one for one in alive if one is not claim]
                    alive.extend([renewed] if renewed else [])

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield alive
    finally:
        ended.set()
        thread.join()
