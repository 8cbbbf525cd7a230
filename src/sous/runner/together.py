"""A worker of a team: takes the next step, has an agent do it, lands it, and goes on.

What does not land goes back to the agent with both sides, and then to a person.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import shown_path
from sous.git_wire import RemoteAway
from sous.names import FOLDER
from sous.runner import journal, refused
from sous.runner.config import slug_of
from sous.runner.elsewhere import is_there
from sous.runner.giveback import given_back, left_marks, tree_of
from sous.runner.halt import Halt, Halted
from sous.runner.handing import notes_of
from sous.runner.interrupts import undisturbed
from sous.runner.landing_tests import Red
from sous.runner.refs import head_of
from sous.runner.run import NotDone, Runner
from sous.runner.slots import bring, go_to
from sous.state import checkout_state, read_state, state_folder, write_state
from sous.team.handover import Handover
from sous.team.landing import Conflict, Landed, LandedBefore, NotOurs, beating, land
from sous.team.taking import give_up, take, why_none
from sous.terminal import ask_yes, is_interactive, one_line, say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from sous.plan.shape import Planned
    from sous.runner.config import RunConfig
    from sous.runner.workplace import Workplace
    from sous.team.claims import Claim
    from sous.team.landing import Alive
    from sous.team.shared import Shared, Team, TeamStep

_FIRST = 2.0  # seconds before a remote that is away is asked again
_SOON, _LATE = 0.5, 15.0  # seconds between two looks at what others do: at first, at last
_LATEST = 60.0  # seconds between two tries to reach a remote that is away
_GIVEN_BACK = 2  # times that what did not land goes back to its agent
_IN_A_ROW = 2  # steps that came to nothing, after which something else is wrong


class ForAPerson(SousError):
    """No agent gets any further with a step."""


@dataclass(frozen=True)
class OneStep:
    """The one step that a worker has claimed, as the work of a run."""

    step: Planned

    def open(self, _path: Path) -> Sequence[Planned]:
        """Return the step."""
        return [self.step]

    def tick(self, path: Path, step: Planned, passed: Collection[str]) -> None:
        """Do nothing: the record that lands with the step says that it is done."""


@dataclass
class Worker:
    """Works on the steps of a team's plan, one after the other, in a worktree of its own.

    `is_green` runs the tests on a commit that would land, and raises Red. `landed`, `failed`,
    `dropped`: the names of steps that did, that came to nothing, that others have by now.
    """

    team: Team
    place: Workplace
    config: RunConfig
    is_green: Callable[[str], None]
    landed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    _runner: Runner | None = None
    _given_up: set[str] = field(default_factory=set)
    _costs: dict[str, float] = field(default_factory=dict)  # US dollars, by the ids of steps

    def work(self, most: int | None = None) -> None:
        """Carry out steps until none is left, or `most` were.

        Raises SousError where the tests could prove nothing, or step after step comes to nothing.
        """
        journal.recover(self.place)
        self._land_what_waits()
        shared = self._look()
        if any(step.record is None for step in shared.steps):
            self._go_to(shared.tip)
            self._runner = Runner(self.place, self.config, OneStep(shared.steps[0].planned))
            self._runner.check_tests()
        in_a_row = 0
        while most is None or len([*self.landed, *self.failed, *self.dropped]) < most:
            if self.config.spending.is_reached and self._is_open():
                raise self.config.spending.error()
            taken = self._next()
            if taken is None:
                return
            step, claim, shared = taken
            in_a_row = 0 if self._is_carried_out(step, claim, shared) else in_a_row + 1
            if in_a_row == _IN_A_ROW:
                raise SousError(f"{in_a_row} steps in a row failed: look at them first")

    def _next(self) -> tuple[TeamStep, Claim, Shared] | None:
        """Take the next step, once there is one; None where nothing is left that could be ready."""
        waited, told = _SOON, ""
        while True:
            shared = self._look()
            can = self._ready(shared)
            try:
                for step in can:
                    agent = self.config.agent.name
                    if claim := take(self.team, step, agent=agent, base=shared.tip):
                        return step, claim, shared
            except RemoteAway as exc:
                told = self._tell_once(f"{exc}; trying again", told)
                time.sleep(waited)
                waited = min(waited * 1.5, _LATE)
            if can:  # others were faster
                continue
            left = [step for step in shared.steps if step.record is None]
            busy = [step for step in left if step.claim]
            if not busy:
                if left:
                    self._tell(f"no step is ready: {why_none(shared)}")
                return None
            names = ", ".join(f"{_who(step)}'s {step.planned.name}" for step in busy[:3])
            told = self._tell_once(f"waiting for {names}", told)
            time.sleep(waited)
            waited = min(waited * 1.5, _LATE)

    def _is_open(self) -> bool:
        """Tell whether a step has not landed yet."""
        return any(step.record is None for step in self._look().steps)

    def _ready(self, shared: Shared) -> list[TeamStep]:
        """Return the steps that can be taken: those first that a run before us left."""
        ours = (step for step in shared.steps if self.team.is_ours(step.claim))
        left = (step for step in ours if step.record is None)
        return [one for one in (*left, *shared.ready) if one.id not in self._given_up]

    def _look(self) -> Shared:
        """Return what the remote holds, once it answers."""
        waited, told = _FIRST, ""
        while True:
            try:
                return self.team.look()
            except RemoteAway as exc:
                told = self._tell_once(f"{exc}; trying again", told)
                time.sleep(waited)
                waited = min(waited * 2, _LATEST)

    def _is_carried_out(self, step: TeamStep, claim: Claim, shared: Shared) -> bool:
        """Do a step that is ours, and land it; tell whether it came to something."""
        self._tell(f"{step.planned.name}: claimed")
        halt, runner = Halt(), self._runner
        if runner is None:
            raise AssertionError

        def lost(_claim: Claim) -> None:
            halt.ask(f"{step.planned.name} was taken over by somebody else")

        def done() -> None:
            with beating(self.team, [claim], lost=lost, at=runner.at) as alive:
                self._go_to(shared.tip)
                runner.work, runner.halt = OneStep(step.planned), halt
                runner.carry_out(step.planned)
                self._note(step, shared.tip)
                self._say_how(step, runner, alive)
            self._land(step, shared.tip)

        return self._is_done(step, done)

    def _is_done(self, step: TeamStep, work: Callable[[], None]) -> bool:
        """Do what lands a step; tell whether that is settled, and leave the claim in order."""
        name = step.planned.name
        try:
            work()
        except LandedBefore as exc:
            self.dropped.append(name)
            self._tell(f"{exc}; what was done here is dropped")
            self._settled(step)
        except (Halted, NotOurs) as exc:
            self.dropped.append(name)
            say(f"{exc}: nothing landed; what was done is in {self._notes(step.planned)}")
            self._forget_note()
        except SousError as exc:
            self._give_to_person(step, exc)
            return False
        except BaseException:
            with undisturbed():
                self._give_back_claim(step)
            raise
        else:
            self.landed.append(name)
        return True

    def _go_to(self, commit: str) -> None:
        bring(self.team, self.place, commit)
        go_to(self.place, commit)

    def _land(self, step: TeamStep, base: str) -> None:
        """Land what is checked out; what cannot goes back to the agent. Raises SousError."""
        for given in range(_GIVEN_BACK + 1):
            try:
                landed = self._landed(step, base)
            except (Conflict, Red) as exc:
                if given == _GIVEN_BACK:
                    raise ForAPerson(one_line(str(exc).splitlines()[0])) from exc
                self._tell(f"{exc}; it goes back to {self.config.agent.name}")
                base = self._again(step, base, exc)
            else:
                branch = f"{self.team.membership.remote}/{self.team.membership.branch}"
                self._tell(f"{step.planned.name}: landed on {branch} as {landed.commit[:10]}")
                self._settled(step)
                return

    def _landed(self, step: TeamStep, base: str) -> Landed:
        """Land what is checked out, once the remote answers."""
        head, waited, told = head_of(self.place), _FIRST, ""
        while True:
            try:
                shared = self._look()
                now = shared.find(step.id)
                self._check_unchanged(step, now)
                if now.record is None and not self.team.is_ours(now.claim) and now.is_free:
                    # it went with a mirror
                    take(self.team, now, agent=self.config.agent.name, base=base)
                    shared = self.team.look()
                    now = shared.find(step.id)
                return land(
                    self.team,
                    now,
                    head,
                    tests=self.config.test or "none",
                    is_green=self.is_green,
                    seen=shared,
                )
            except RemoteAway as exc:
                told = self._tell_once(f"{step.planned.name} cannot land yet: {exc}", told)
                time.sleep(waited)
                waited = min(waited * 2, _LATEST)

    def _check_unchanged(self, step: TeamStep, now: TeamStep) -> None:
        """Raise ForAPerson where the plan asks for something else by now, and nobody agrees."""
        if now.record or now.planned.step.prompt == step.planned.step.prompt:
            return
        why = f"the prompt of {now.planned.name} was changed while the agent worked on it"
        if not (is_interactive() and ask_yes(f"{why}. Land what was done?")):
            raise ForAPerson(why)

    def _again(self, step: TeamStep, base: str, why: Conflict | Red) -> str:
        """Have the agent work again on the newest tip, with both sides; return that tip."""
        shared = self._look()
        now = shared.find(step.id)
        if now.record:
            raise LandedBefore(f"{now.planned.name} has landed already, by {now.record.by}")
        back = given_back(self.team, self.place, shared, now, base=base, why=why)
        if now.claim is None or not self.team.is_ours(now.claim):
            raise NotOurs(f"{now.planned.name} is not ours any more")
        halt = Halt()

        def lost(_claim: Claim) -> None:
            halt.ask(f"{now.planned.name} was taken over by somebody else")

        self._go_to(shared.tip)
        slug = slug_of(step.planned.noun, step.planned.step.number)
        refused.keep(self.place, slug, step.planned.name, back.patch, back.last)
        config = replace(self.config, resume=True, retries=_GIVEN_BACK - 1, word=back.word)
        runner = Runner(self.place, config, OneStep(step.planned), halt)
        with beating(self.team, [now.claim], lost=lost) as alive:
            runner.carry_out(step.planned)
            self._say_how(step, runner, alive)
        self._note(step, shared.tip)
        if marked := left_marks(self.place, back.conflicted):
            raise ForAPerson(f"{marked[0]} still holds the marks of a conflict")
        return shared.tip

    def _give_to_person(self, step: TeamStep, why: SousError) -> None:
        """Publish the work on a step that came to nothing, say why, and give the step back."""
        name = step.planned.name
        self.failed.append(name)
        self._given_up.add(step.id)
        reason = one_line(why.why if isinstance(why, NotDone) else str(why))
        say(f"{name} needs a person: {reason}")
        with undisturbed(), contextlib.suppress(RemoteAway):
            is_done = self._noted().get("commit") == head_of(self.place)
            slug = slug_of(step.planned.noun, step.planned.step.number)
            base, tree = tree_of(self.place, slug, name, is_committed=is_done)
            self.team.look()
            notes = notes_of(self.place, step.planned)
            tried = Handover(
                step.id,
                self.team.worker,
                self.team.person,
                socket.gethostname(),
                self.config.agent.name,
                tries=str(self.config.retries + 1),
                why=reason,
                problems=notes.problems,
                log=notes.log,
                prompt=notes.prompt,
                base=base,
                tree=tree,
            )
            self._publish(step, tried)
            self._forget_note()

    def _publish(self, step: TeamStep, tried: Handover) -> None:
        """Publish what was tried and give the step back, in one push; say where it is."""
        claim = self.team.claims.last_seen.get(step.id)
        where = self._notes(step.planned)
        if claim is None or not self.team.is_ours(claim):
            say(
                f"{step.planned.name} is no longer yours (claimed by {_who_has(claim)}): "
                f"what was done is in {where}"
            )
        elif give_up(self.team, tried, claim):
            say(f"`sous take {step.id}` continues from it, or {where}")
        else:
            say(f"the remote refused {self.team.handovers.below}/{step.id}; the work is only here")
            self._release(step)

    def _give_back_claim(self, step: TeamStep) -> None:
        """After Ctrl-C: a step whose work waits to land stays ours, any other is given back."""
        if self._noted().get("id") == step.id:
            say(f"{step.planned.name} stays claimed: `sous run` lands what was done")
            return
        with contextlib.suppress(SousError):
            self._release(step)
            say(f"{step.planned.name} is free again")

    def _settled(self, step: TeamStep) -> None:
        """Forget what was kept of a step that is on the branch."""
        self._forget_note()
        with contextlib.suppress(SousError):
            now = self.team.look().find(step.id)
            if now.work and now.record:
                self.team.handovers.forget(now.work)
            if now.record:
                self._release(step)

    def _release(self, step: TeamStep) -> None:
        claim = self.team.claims.fetch().get(step.id)
        if claim and self.team.is_ours(claim):
            self.team.claims.release(claim)

    def _land_what_waits(self) -> None:
        """Land what a run before had proved when it was interrupted, or the remote was away."""
        noted = self._noted()
        step_id, base = str(noted.get("id", "")), str(noted.get("base", ""))
        commit = str(noted.get("commit", ""))
        if not step_id or not is_there(self.place.top, f"{commit}^{{commit}}"):
            self._forget_note()
            return
        step = next((one for one in self._look().steps if one.id == step_id), None)
        if step is None or not (self.team.is_ours(step.claim) or step.is_free):
            say(
                f"step {step_id} was done here, but is no longer yours "
                f"(claimed by {_who(step)}): it does not land"
            )
            self._forget_note()
            return
        self._tell(f"{step.planned.name}: done before, and not landed yet")
        go_to(self.place, commit)  # a run that ended while the agent had it again is at the tip
        before = replace(step, planned=self._as_of(base, step))
        self._is_done(before, lambda: self._land(before, base))

    def _as_of(self, base: str, step: TeamStep) -> Planned:
        """Return a step as the plan had it at a commit; as it is now where that is not known."""
        with contextlib.suppress(SousError):
            return dict(self.team.steps_in(base)).get(step.id, step.planned)
        return step.planned

    def _say_how(self, step: TeamStep, runner: Runner, alive: Alive) -> None:
        """Say in the claim of a step how it went: the record takes from there what it cost."""
        words = {**runner.at(), "last": ""}
        if runner.cost is not None:
            self._costs[step.id] = self._costs.get(step.id, 0.0) + runner.cost
            words["cost"] = f"{self._costs[step.id]:.4f}"
        with alive.lock:
            alive.say(self.team, step.id, words)

    def _note(self, step: TeamStep, base: str) -> None:
        """Note that what is checked out is proved, and is to land."""
        write_state(self._key, {"id": step.id, "base": base, "commit": head_of(self.place)})

    def _noted(self) -> dict[str, object]:
        return read_state(self._key)

    def _forget_note(self) -> None:
        if self._noted():
            write_state(self._key, {})

    @property
    def _key(self) -> str:
        path = checkout_state(self.place.root).relative_to(state_folder())
        return f"{path.as_posix()}/run/landing.json"

    def _notes(self, step: Planned) -> str:
        name = f"{slug_of(step.noun, step.step.number)}.md"
        return shown_path(self.place.origin.root / FOLDER / "run" / name)

    def _tell(self, message: str) -> None:
        if not self.config.quiet:
            say(message)

    def _tell_once(self, message: str, told: str) -> str:
        if message != told:
            self._tell(message)
        return message


def _who(step: TeamStep | None) -> str:
    return _who_has(step.claim if step else None)


def _who_has(claim: Claim | None) -> str:
    return (claim.person or claim.worker) if claim else "nobody"
