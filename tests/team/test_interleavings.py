"""Two clients and every order of what they say to a remote: each step lands once, no record is lost.

The remote is in memory and answers as git's does; what is tested is the code of claims. A seed decides who is next at
each call, which answers and pushes are lost, who dies, and who is wrongly taken for dead.
"""

from __future__ import annotations

import hashlib
import random
import threading
from typing import TYPE_CHECKING, cast

import pytest

from sous.git_wire import RefUpdate, RemoteAway
from sous.team.claims import Claim, Claims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sous.git_wire import OwnRepository

BRANCH, TIP = "refs/heads/plan", "refs/seen/tip"
STEPS = ("aaaa", "bbbb", "cccc", "dddd")


class Remote:
    """References, and objects that all have; `landed`: the steps in the order in which they came onto the branch."""

    def __init__(self) -> None:
        self.refs: dict[str, str] = {}
        self.objects: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.landed: list[str] = []
        self.may_rob = False  # changes references whatever they are: what the leases are for

    def change(self, moves: Sequence[RefUpdate]) -> bool:
        """Do all moves, or none."""
        if not self.may_rob and any(self.refs.get(move.reference, "") != move.old for move in moves):
            return False
        for move in moves:
            if move.reference == BRANCH:
                before, after = self.done(self.refs.get(BRANCH, "")), self.done(move.new)
                self.landed += after[len(before) :]
                assert after[: len(before)] == before, "a record was lost"
            if move.new:
                self.refs[move.reference] = move.new
            else:
                self.refs.pop(move.reference, None)
        return True

    def done(self, commit: str) -> list[str]:
        """Return the steps that a commit of the branch holds."""
        return self.objects[commit][0].split() if commit else []

    def contains(self, tip: str, commit: str) -> bool:
        """Tell whether a commit is the tip, or before it."""
        return tip == commit or any(self.contains(one, commit) for one in self.objects[tip][1])


class Wire:
    """What one client has of the remote, as `OwnRepository` gives it; `turn` says what becomes of a call."""

    def __init__(self, remote: Remote, turn: Callable[[], str]) -> None:
        self.remote = remote
        self.turn = turn
        self.seen: dict[str, str] = {}

    def commit(self, message: str, *, parents: Sequence[str] = ()) -> str:
        """Write a commit."""
        name = hashlib.sha1(repr((message, parents)).encode()).hexdigest()  # noqa: S324
        self.remote.objects[name] = (message, tuple(parents))
        return name

    def objects(self, names: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Return commits."""
        return {one: ("commit", f"tree x\n\n{self.remote.objects[one][0]}".encode()) for one in names}

    def references(self, prefix: str) -> dict[str, str]:
        """Return what was fetched."""
        return {name[len(prefix) :].lstrip("/"): one for name, one in self.seen.items() if name.startswith(prefix)}

    def push(self, moves: Iterable[RefUpdate]) -> bool:
        """Change references, unless the push or its answer is lost on the way."""
        fault = self.turn()
        if fault == "lost push":
            return False
        return self.remote.change([*moves]) and fault != "lost answer"

    def fetch(self, *specs: str) -> None:
        """See what the remote has now."""
        if self.turn() == "lost push":
            raise RemoteAway("away")
        pairs = [spec.removeprefix("+").replace("*", "").split(":") for spec in specs]
        self.seen = {
            there + name[len(here) :]: commit
            for name, commit in self.remote.refs.items()
            for here, there in pairs
            if name.startswith(here)
        }


class Schedule:
    """Runs threads one at a time; a seed decides who is next, and what becomes of each call."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.gates: dict[threading.Thread, threading.Semaphore] = {}
        self.back = threading.Semaphore(0)
        self.errors: list[BaseException] = []
        self.ended: list[threading.Thread] = []

    def turn(self) -> str:
        """Wait until it is the turn of this thread; return what goes wrong."""
        self.back.release()
        self.gates[threading.current_thread()].acquire()
        return self.chance.choice(["lost push", "lost answer", *[""] * 8])

    def run(self, *jobs: Callable[[], None]) -> None:
        """Do jobs beside each other, to their ends."""
        for job in jobs:
            thread = threading.Thread(target=self._guarded, args=(job,), daemon=True)
            self.gates[thread] = threading.Semaphore(0)
        threads = [*self.gates]
        for thread in threads:
            thread.start()
            self.back.acquire()
        while threads:
            thread = self.chance.choice(threads)
            self.gates[thread].release()
            self.back.acquire()
            if thread in self.ended:
                threads.remove(thread)
        if self.errors:
            raise self.errors[0]

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            self.turn()
            job()
        except BaseException as exc:  # noqa: BLE001  # raised by `run`
            self.errors.append(exc)
        finally:
            self.ended.append(threading.current_thread())
            self.back.release()


class Client:
    """Claims steps, works on them, and lands them, as a worker of a team does."""

    def __init__(self, remote: Remote, schedule: Schedule, name: str, *, is_mortal: bool, deletes: bool) -> None:
        self.remote = remote
        self.chance = schedule.chance
        self.wire = Wire(remote, schedule.turn)
        self.claims = Claims(cast("OwnRepository", self.wire), deletes=deletes)
        self.name = name
        self.is_mortal = is_mortal

    def work(self) -> None:
        """Go on until all steps are done, or death."""
        while True:
            try:
                claims, tip = self.look()
                left = [step for step in STEPS if step not in self.remote.done(tip)]
                if not left:
                    return
                step = self.chance.choice(left)
                if step in claims and claims[step].worker != self.name and self.chance.random() < 0.8:
                    continue  # it lives, as far as can be seen; else it is taken for dead, rightly or not
                mine = self.claims.take(Claim(step, self.name), over=claims[step].commit if step in claims else "")
                if mine and self.is_carried_out(step, mine):
                    return
            except RemoteAway:
                continue

    def look(self) -> tuple[dict[str, Claim], str]:
        """Return the claims, and the tip of the branch."""
        claims = self.claims.fetch(f"+{BRANCH}*:{TIP}*")
        return claims, self.wire.references(TIP).get("", "")

    def is_carried_out(self, step: str, mine: Claim) -> bool:
        """Work on a step that is ours, and land it; tell whether we died over it."""
        while True:
            if self.is_mortal and self.chance.random() < 0.1:
                return True
            try:
                if self.chance.random() < 0.5:
                    renewed = self.claims.renew(mine)
                    if renewed is None:
                        return False
                    mine = renewed
                _, tip = self.look()
                if step in self.remote.done(tip):
                    self.claims.release(mine)
                    return False
                records = " ".join([*self.remote.done(tip), step])
                commit = self.wire.commit(records, parents=[tip] if tip else [])
                if self.wire.push([RefUpdate(BRANCH, tip, commit), self.claims.end_of(mine)]):
                    return False
                claims, tip = self.look()
                if tip and self.remote.contains(tip, commit):
                    return False
                if step not in claims or claims[step].commit != mine.commit:
                    return False  # somebody took it over
            except RemoteAway:
                continue


def carried_out(seed: int, *, may_rob: bool = False) -> list[str]:
    """Have two clients carry out all steps; return those that landed, in order."""
    remote, schedule = Remote(), Schedule(seed)
    remote.may_rob = may_rob
    deletes = seed % 2 == 0
    clients = [Client(remote, schedule, name, is_mortal=name == "b", deletes=deletes) for name in "ab"]
    schedule.run(*(client.work for client in clients))
    return remote.landed


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_each_step_lands_once_in_any_order(first: int) -> None:
    for seed in range(first, first + 50):
        assert sorted(carried_out(seed)) == [*STEPS], f"seed {seed}"


def test_without_leases_it_would_go_wrong() -> None:
    found = []
    for seed in range(20):
        try:
            found.append(sorted(carried_out(seed, may_rob=True)) == [*STEPS])
        except AssertionError:
            found.append(False)
    assert not all(found), "the schedules are harmless"
