"""Several steps at once: each in a place of its own with its agent, landing one after the other."""

from __future__ import annotations

import contextlib
import queue
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.runner import journal, refused
from sous.runner.checkpoint import MOST, Checkpoint
from sous.runner.config import AttemptResult, slug_of
from sous.runner.interrupts import undisturbed
from sous.runner.job import JobRunner
from sous.runner.jobplace import drop_place, make_place, merged_onto, place_at
from sous.runner.planbranch import PlanBranch
from sous.runner.queue import ready
from sous.surroundings import carried
from sous.terminal import say
from sous.waiting import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.plan.shape import Planned
    from sous.runner.config import RunConfig
    from sous.runner.run import Runner
    from sous.runner.workplace import Workplace

_LOOK = 0.5  # seconds: on Windows Ctrl-C does not end a wait
_LONGEST_END = 20.0  # seconds in which agents end that were told to


class Jobs:
    """Carries out the open steps of a plan, several at once."""

    def __init__(self, runner: Runner, count: int) -> None:
        self._config, self._work, self._home = runner.config, runner.work, runner.place
        self._count = count
        self._config.spending.share(count)
        self._branch = PlanBranch(runner.place, runner.config, runner.work)
        self._branch.trials.update(runner.known_trials)
        self._ended: queue.SimpleQueue[tuple[Planned, BaseException | None]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._at_work: dict[str, tuple[Planned, JobRunner | None]] = {}
        self._errors: list[BaseException] = []
        self._begun = 0
        self._rows = Rows(self._labels, enabled=not runner.config.quiet)
        self.done = 0

    def carry_out(self, most: int | None) -> None:
        """Carry out all steps that are open, or `most`; after a failure nothing new is begun.

        Raises SousError for the first step that was not done.
        """
        tip = self._branch.tip
        merged_onto(self._home, tip, f"{tip}^{{tree}}", tip)  # a git that cannot is told at once
        self._check_kept()
        try:
            with self._rows:
                while self._begin(most) or self._at_work:
                    self._take_one()
        except BaseException:
            self._stop.set()
            with undisturbed():
                self._wait_for_ends()
            raise
        finally:
            with self._branch.lock:
                self._branch.put_back()
                self._branch.forget_trace()
        for error in self._errors[1:]:
            say(str(error))
        if self._errors:
            raise self._errors[0]

    def _check_kept(self) -> None:
        """Raise SousError where there is nothing to continue."""
        steps = self._work.open(self._home.plan)
        slugs = [slug_of(one.noun, one.step.number) for one in steps]
        if self._config.resume and not any(refused.is_kept(self._home, one) for one in slugs):
            raise SousError(
                "there is nothing to continue: no work of an open step was refused here; "
                "leave --continue out"
            )

    def _begin(self, most: int | None) -> bool:
        """Begin the steps that can be begun; tell whether one was."""
        room = self._count - len(self._at_work)
        if most is not None:
            room = min(room, most - self._begun)
        if room <= 0 or self._errors:
            return False
        waiting = self._work.open(self._home.plan)  # what lands just now is at work still
        steps = ready(waiting, [one for one, _ in self._at_work.values()], room=room)
        if not steps and not self._at_work:
            steps = list(waiting[:1])  # they wait for each other: in order, then
        if steps and self._config.spending.is_reached:
            self._errors.append(self._config.spending.error())
            return False
        for step in steps:
            self._start(step)
        return bool(steps)

    def _start(self, step: Planned) -> None:
        slug = slug_of(step.noun, step.step.number)
        config = replace(self._config, word=self._config.word if not self._begun else "")
        self._begun += 1
        self._at_work[slug] = (step, None)
        work = carried(self._carry_out)
        threading.Thread(target=work, args=(step, slug, config), daemon=True).start()

    def _carry_out(self, step: Planned, slug: str, config: RunConfig) -> None:
        error: BaseException | None = None
        branch = self._branch
        try:
            guard = branch.guard
            place = make_place(
                self._home, slug, guard.head, refs=guard.refs, linked=branch.ignored,
                programs=branch.programs, config=branch.identity,
            )  # fmt: skip
            runner = JobRunner(
                place, config, self._work,
                branch=branch, shows_rows=self._rows.is_shown, stop=self._stop,
            )  # fmt: skip
            self._at_work[slug] = (step, runner)
            runner.carry_out(step)
        except BaseException as exc:  # noqa: BLE001  # raised where all jobs are seen
            error = exc
        with contextlib.suppress(OSError):
            drop_place(self._home, slug)
        self._ended.put((step, error))

    def _wait_for_ends(self) -> None:
        """Wait for agents that were told to end; a step may never get the answer it waits for."""
        deadline = time.monotonic() + _LONGEST_END
        while self._at_work and time.monotonic() < deadline:
            self._take_one()

    def _take_one(self) -> None:
        """Take a step that has ended, if one has within a moment."""
        try:
            step, error = self._ended.get(timeout=_LOOK)
        except queue.Empty:
            return
        del self._at_work[slug_of(step.noun, step.step.number)]
        if error is None:
            self.done += 1
        else:
            self._errors.append(error)

    def _labels(self) -> Sequence[str]:
        at_work = list(self._at_work.values())
        return [runner.row if runner else step.name for step, runner in at_work]


def recover_jobs(home: Workplace) -> None:
    """Keep what a run that died left of steps in places of their own, to go on from.

    Raises SousError while an agent of one is still alive.
    """
    for slug, note in journal.jobs_left(home.root).items():
        with contextlib.suppress(SousError, OSError, LookupError, TypeError, ValueError):
            _keep(home, slug, note)
        with contextlib.suppress(OSError):
            drop_place(home, slug)
        journal.end_job(home.root, slug)


def _keep(home: Workplace, slug: str, note: Mapping[str, Any]) -> None:
    name, place = str(note["step"]), place_at(home, Path(str(note["top"])))
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        start = Checkpoint.again(place, Path(folder, "start"), note["checkpoint"])
        patch = start.diff(start.now(Path(folder, "now"), most=MOST))
    refused.keep(home, slug, name, patch, AttemptResult(("it was interrupted",)))
    if patch:
        say(f"{name} was interrupted: the unfinished work is saved, `--continue` continues from it")
