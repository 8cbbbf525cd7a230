"""One step that is carried out in a place of its own, and lands on the plan's branch."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from sous.environment import as_given
from sous.errors import SousError
from sous.git import write_git
from sous.runner import journal, refused
from sous.runner.checkpoint import Checkpoint
from sous.runner.clean import mended_path
from sous.runner.config import AttemptResult, slug_of
from sous.runner.differences import differences, entries
from sous.runner.guard import Guard
from sous.runner.jobplace import bring_home, merged_onto
from sous.runner.run import Runner
from sous.runner.traced import GitCalls
from sous.terminal import one_line, say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sous.plan.shape import Planned
    from sous.runner.planbranch import PlanBranch
    from sous.runner.trial import Trial

_MOST_BACK = 2  # times that a step goes back to its agent because of what landed meanwhile
_SHOWN = 3_800  # characters of each of the texts that the agent gets then
_MANIFESTS = ("pyproject.toml", "setup.py", "package.json", "Cargo.toml", "go.mod", "Gemfile")


class JobRound(NamedTuple):
    """Where a step begins: the state at a commit, what is watched, and why it is done again."""

    start: Checkpoint
    guard: Guard
    last: AttemptResult | None = None


@dataclass
class JobRunner(Runner):
    """Carries out one step beside others."""

    branch: PlanBranch | None = None
    shows_rows: bool = False  # whoever has all jobs shows them
    _label: Callable[[], str] = field(init=False, default=lambda: "")
    _began: float = field(init=False, default_factory=time.monotonic)
    _sent_back: AttemptResult | None = field(init=False, default=None)
    _step: Planned | None = field(init=False, default=None)

    @property
    def row(self) -> str:
        """What it does, in a line."""
        return f"{time.monotonic() - self._began:.0f} s, {self._label()}"

    def carry_out(self, step: Planned) -> None:
        """Do a step and land it, or leave nothing of it. Raises SousError."""
        self._step = step
        self._label = lambda: step.name
        with self._checkpoint() as start:
            guard = Guard.watch(self.place, self._branch.programs, self._refs)
            journal.begin_job(self.place, _slug(step), step, start)
            self._is_in_step = True
            self._installed = self._dependencies(start)
            self._know(guard.head)
            try:
                now, verdicts = self._rounds(step, JobRound(start, guard))
            except BaseException as exc:
                why = str(exc) if isinstance(exc, SousError) else "it was interrupted"
                self._roll_back(step, start, guard, [AttemptResult((why,))])
                raise
            if verdicts:
                self._roll_back(step, now.start, now.guard, verdicts)
                raise self._not_done(step, verdicts)
        self._end_step()

    def _rounds(self, step: Planned, now: JobRound) -> tuple[JobRound, list[AttemptResult]]:
        """Have a step done until it lands; return where it stopped, and what was wrong if so."""
        for _ in range(_MOST_BACK + 1):
            verdicts = self._attempts(step, now.start, now.guard)
            if verdicts[-1].problems:
                return now, verdicts
            passed = self._verified(step, verdicts[-1], now.guard)
            with self._branch.lock:
                back = self._land(step, verdicts[-1], now, passed)
            if back is None:
                return now, []
            now, self._sent_back = back, back.last
            verdicts = [back.last] if back.last else []
            if self.config.spending.is_reached:
                break
            self._tell(f"{step.name}: {verdicts[-1].problems[0]}; it goes back to the agent")
        return now, verdicts

    def _land(
        self, step: Planned, verdict: AttemptResult, now: JobRound, passed: Sequence[str]
    ) -> JobRound | None:
        """Put a proved step onto the branch; return where it begins again if that fails."""
        proved, branch = verdict.proved, self._branch
        if proved is None:
            raise AssertionError
        branch.check()
        bring_home(self.place, branch.home, proved.tree, now.guard.head)
        tree, trial, notes, same = proved.tree, verdict.trial, verdict.notes, ""
        if branch.tip != now.guard.head:
            meanwhile = ", ".join(branch.landed_since(now.guard.head))
            merged = merged_onto(branch.home, now.guard.head, tree, branch.tip)
            there = self._moved(branch.tip, merged.tree, merged.conflicts)
            if merged.conflicts:
                names = ", ".join(merged.conflicts[:5])
                why = f"what landed meanwhile ({meanwhile}) changes the same lines of {names}"
                return self._back(why, now, verdict, there, conflicts=merged.conflicts)
            if not differences(there.start, there.merged):
                same, trial = meanwhile, branch.trials.get(branch.tip)
                notes = (*notes, f"{same} landed the same change, so only its tick is committed")
            else:
                there, wrong, printed = self._hooked_there(there)
                if not wrong:
                    self._doing = f"the tests, with {meanwhile}"
                    wrong, trial = self._tested(there, verdict.trial, now)
                    printed = trial.ended.output if trial else ""
                if wrong:
                    why = f"together with what landed meanwhile ({meanwhile}), {wrong}"
                    return self._back(why, now, verdict, there, printed=printed)
                notes = (*notes, f"tested again with {meanwhile}")
            tree = there.merged.tree
        notes = (*notes, *branch.guard.told_beside())
        cost = self._meter.used.cost
        branch.land(step, tree, passed, trial, landed_with=same, cost=cost)
        took = self._meter.told(verdict.changes, verdict.lines)
        self._tell(f"{step.name}: done, {', '.join((took, *notes))}")
        return None

    def _moved(self, tip: str, tree: str, conflicts: Sequence[str]) -> _There:
        """Go to another commit, with a tree put onto it in the files.

        Files in conflict are those of the commit.
        """
        top = self.place.top
        write_git(top, "update-ref", "--no-deref", "HEAD", tip)
        write_git(top, "read-tree", tip)
        index = f"{time.monotonic_ns()}"
        start = Checkpoint.again(self.place, self._index(f"tip{index}"), {"tree": tip})
        start = replace(start, ignored=start.now_ignored())
        merged = Checkpoint.again(
            self.place, self._index(f"merged{index}"), {**start.note(), "tree": tree}
        )
        if conflicts:
            theirs = [one for one in differences(start, merged) if one.path in conflicts]
            mixed = merged.mixed(self._index(f"mixed{index}"), entries(theirs, old=True))
            tree = write_git(top, "write-tree", index=mixed.index).decode().strip()
            merged = replace(mixed, tree=tree)
        merged.restore()
        if self._step:  # what --continue would go on from is what was changed since there
            journal.begin_job(self.place, _slug(self._step), self._step, start)
        return _There(start, merged, Guard.watch(self.place, self._branch.programs))

    def _hooked_there(self, there: _There) -> tuple[_There, str | None, str]:
        """Run the hook again on a step together with what landed; what it rewrites lands too."""
        if not self.config.hooks:
            return there, None, ""
        hooked = self._hooked(there.start, there.merged, there.guard)
        if hooked.proved is None or hooked.problems:
            return there, hooked.problems[0], hooked.output
        if hooked.proved.tree != there.merged.tree:
            bring_home(self.place, self._branch.home, hooked.proved.tree, self._branch.tip)
        return there._replace(merged=hooked.proved), None, ""

    def _tested(
        self, there: _There, own: Trial | None, now: JobRound
    ) -> tuple[str | None, Trial | None]:
        """Run the tests on a step together with what landed since it began."""
        if own is None:
            return None, None
        base = self._prover.baseline(now.start, now.guard)
        self._know(there.guard.head)
        at_tip = self._prover.baseline(there.start, there.guard)
        try:
            wrong, trial = self._prover.lands(there.merged, there.guard, at_tip, base, own)
        finally:
            tampered, _ = there.guard.put_back(self._calls(there.guard))
            there.merged.restore()
        return (f"while the tests ran, {tampered[0]}" if tampered else wrong), trial

    def _back(
        self,
        why: str,
        now: JobRound,
        verdict: AttemptResult,
        there: _There,
        *,
        printed: str = "",
        conflicts: Sequence[str] = (),
    ) -> JobRound:
        """Return the next round of a step, with what its agent has to know."""
        self._know(there.guard.head)
        if verdict.proved is None:
            raise AssertionError
        paths = [one.path for one in verdict.changes]
        own = now.start.diff(verdict.proved, conflicts or paths)
        landed = now.start.diff(there.start, conflicts)
        texts = {
            "It printed:": printed[-_SHOWN:],
            "Your change:": own.decode("utf-8", "replace")[:_SHOWN],
            "What landed meanwhile:": landed.decode("utf-8", "replace")[:_SHOWN],
        }
        output = "\n\n".join(f"{title}\n{text}" for title, text in texts.items() if text)
        if conflicts:
            why += ": these are as they landed, without your change; make it again on top of that"
        kept = tuple(one for one in verdict.changes if one.path not in conflicts)
        last = AttemptResult((why,), output, kept)
        return JobRound(there.start, there.guard, last)

    def _calls(self, guard: Guard) -> GitCalls:  # noqa: ARG002
        """Return that all may have been its agent's: nobody else works in its repository."""
        return GitCalls(is_whole=False)

    def _know(self, commit: str) -> None:
        """Take over how the tests are at a commit, if some step found that out."""
        known = self._branch.trials.get(commit)
        if known:
            self._prover.remember(commit, known)

    def _resumed(self, step: Planned) -> AttemptResult | None:
        if self._sent_back is not None:
            return self._sent_back
        if not (self.config.resume and refused.is_kept(self.place, _slug(step))):
            return None
        return super()._resumed(step)

    def _forget_trace(self) -> None:
        """Keep it: others are at work beside, and the project is looked after by it too."""

    def _explaining(self, paths: list[str]) -> list[str]:
        """Return the manifests that steps at work changed too: dependencies are shared."""
        names = self._branch.manifests
        names += [one for one in paths if one.endswith(_MANIFESTS) and one not in names]
        return [*paths, *names]

    def _agents_environment(self) -> Mapping[str, str]:
        """Return how Python's modules are loaded from here, not from an installed project."""
        home = self._branch.home
        own = mended_path(home.root, home.top, self.place.top)
        before = as_given().get("PYTHONPATH", "")
        paths = os.pathsep.join(
            filter(None, (own, before.replace(str(home.root), str(self.place.root))))
        )
        return {"PYTHONPATH": paths} if paths else {}

    def _waiting(self, label: Callable[[], str]) -> AbstractContextManager[object]:
        name = self._step.name if self._step else ""

        def named() -> str:
            said = label()
            return said if name in said else f"{name}: {said}"

        if self.shows_rows:
            shown: AbstractContextManager[object] = self._labelled(named)
            return shown
        return Waiting(named, enabled=False, plain=not self.config.quiet)

    @contextlib.contextmanager
    def _labelled(self, label: Callable[[], str]) -> Iterator[None]:
        before, self._label = self._label, label
        try:
            yield
        finally:
            self._label = before

    def _told_by_agent(self, line: str) -> None:
        noun, number = (self._step.noun, self._step.step.number) if self._step else ("", "")
        say(f"  {one_line(f'{noun} {number}').strip()}, {self.config.agent.name}: {line}")

    def _note_process(self, pid: int) -> None:
        if self._step:
            journal.note_job_process(self.place, _slug(self._step), pid)

    def _roll_back(
        self, step: Planned, start: Checkpoint, guard: Guard, verdicts: Sequence[AttemptResult]
    ) -> None:
        with self._branch.writing():
            super()._roll_back(step, start, guard, verdicts)

    def _end_step(self) -> None:
        if self._step:
            journal.end_job(self.place.origin.root, _slug(self._step))
        self._is_in_step = False

    @property
    def _branch(self) -> PlanBranch:
        if self.branch is None:
            raise AssertionError
        return self.branch


class _There(NamedTuple):
    """The place of a step after it moved: at the commit, with the step, and what is watched."""

    start: Checkpoint
    merged: Checkpoint
    guard: Guard


def _slug(step: Planned) -> str:
    return slug_of(step.noun, step.step.number)
