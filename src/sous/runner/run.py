"""The loop over steps: an agent works, we run the tests, and what they prove is committed."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import OverBudget, SousError
from sous.files import remove_tree, shown_path
from sous.names import FOLDER
from sous.plan.commands import command_in
from sous.runner import journal, refused
from sous.runner.agents import files_once
from sous.runner.checkpoint import MOST, Checkpoint, KnownTree, TooBig
from sous.runner.clean import changed_dependency, note_dependencies
from sous.runner.committing import commit
from sous.runner.config import AttemptResult, RunConfig, slug_of
from sous.runner.differences import differences, lines_of, texts_of
from sous.runner.feedback import changed_files, failure_note, is_for_people, prompt_text
from sous.runner.guard import Guard
from sous.runner.halt import Halt
from sous.runner.hooked import HookTrial
from sous.runner.hooks import has_hooks, is_hook
from sous.runner.interrupts import undisturbed
from sous.runner.judge import beside_kind, forbidden, ignored_programs
from sous.runner.launch import Launcher
from sous.runner.logs import AGENT_LOG, LiveLog
from sous.runner.meter import Meter
from sous.runner.prover import Prover
from sous.runner.refs import read_refs
from sous.runner.submodules import put_back_submodules, watch_submodules
from sous.runner.traced import GitCalls, forget_trace, trace_in
from sous.runner.trial import last_line
from sous.terminal import ask_yes, is_interactive, one_line, say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sous.plan.shape import Planned
    from sous.proc import Ended
    from sous.runner.differences import Difference
    from sous.runner.submodules import Submodule
    from sous.runner.trial import Trial
    from sous.runner.work import Work
    from sous.runner.workplace import Workplace

_AIDERS = ".aider*"  # its cache, which it leaves where it works
_asking = threading.Lock()  # steps that are at work at once ask one after the other


class NotDone(SousError):
    """A step came to nothing, and all is as it was before; `why`: what was wrong in the end."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class NotPaid(NotDone):
    """A step came to nothing, and no more may be spent on it. Exit code 4."""

    exit_code = OverBudget.exit_code


@dataclass
class Runner:
    """Carries out the steps of the plan of one place."""

    place: Workplace
    config: RunConfig
    work: Work
    halt: Halt = field(default_factory=Halt)  # ends the work on a step from beside
    _folder: Path = field(init=False)
    _is_in_step: bool = False
    _is_later: bool = False  # a step was done in this run
    _passed: Sequence[str] = ()  # what verifies the step in work, and was run
    _tried: tuple[Checkpoint, Checkpoint] | None = None  # what the try in work changed: all of it
    _meter: Meter = field(init=False, default_factory=Meter)
    stop: threading.Event | None = None  # set: what runs is ended
    _number: int = 1  # of the try in work

    def __post_init__(self) -> None:
        self._folder = journal.folder_of(self.place.origin)
        self._prover = Prover(self.config, self._folder, self._run_tests)
        self._inside: Sequence[Submodule] = ()
        self._known: KnownTree | None = None  # of the commit before the next step
        self._installed: dict[str, tuple[int, int]] = {}
        self._launcher = Launcher(
            self.place,
            self.config,
            self._folder,
            self._waiting,
            self._process_begins,
            self._process_ended,
            self.stop,
        )
        self._doing = "the tests"

    @property
    def cost(self) -> float | None:
        """What the agent says that the last step cost, in US dollars; None where it does not."""
        return self._meter.used.cost

    @property
    def known_trials(self) -> Mapping[str, Trial]:
        """How the tests are, by commit, as far as this run found out."""
        return self._prover.known

    def check_tests(self) -> None:
        """Run the tests before anything is done. Raises SousError when they could prove nothing."""
        if self.config.test is None:
            return
        with self._checkpoint() as start:
            guard = Guard.watch(self.place, self._ignored_programs(), self._refs)
            self._doing = "the tests before the first step"
            said = self._prover.check(start, guard)
            # before git obeys what they may have written
            tampered, _ = guard.put_back(self._calls(guard))
            if tampered:
                raise SousError(f"`{self.config.test}` cannot be the test of a step: {tampered[0]}")
            start.restore()
        if said:
            say(said)
        if not self.config.hooks and has_hooks(self.place):
            say(
                "hooks of git are not run on the commits of steps: run them before you merge, "
                "or use --hooks"
            )

    def carry_out(self, step: Planned) -> None:
        """Do one step, or leave all as it was. Raises SousError when it came to nothing."""
        self.config.spending.check()
        with self._checkpoint() as start:
            guard = Guard.watch(self.place, self._ignored_programs(), self._refs)
            journal.begin(self.place, step, guard, start)
            self._is_in_step = True
            self._meter = Meter()
            self._installed = self._dependencies(start)
            self._inside = watch_submodules(self.place, self._indexes)
            try:
                verdicts = self._attempts(step, start, guard)
                if not verdicts[-1].problems:
                    self._passed = self._verified(step, verdicts[-1], guard)
                    with undisturbed():
                        self._finish(step, verdicts[-1], start, guard)
            except BaseException as exc:
                why = str(exc) if isinstance(exc, SousError) else "it was interrupted"
                with undisturbed():
                    self._roll_back(step, start, guard, [AttemptResult((why,))])
                raise
            if verdicts[-1].problems:
                self._roll_back(step, start, guard, verdicts)
                raise self._not_done(step, verdicts)

    def _not_done(self, step: Planned, verdicts: Sequence[AttemptResult]) -> NotDone:
        where = shown_path(self.place.origin.root / FOLDER / "run" / f"{_slug(step)}.md")
        why, tries = verdicts[-1].problems[0], len(verdicts)
        message = (
            f"{step.name}: not done after {tries} tr{'ies' if tries != 1 else 'y'}: {why}. "
            f"Everything is restored; the attempt is in {where}"
        )
        spending = self.config.spending
        if spending.is_reached and tries <= self.config.retries and not is_for_people(verdicts[-1]):
            return NotPaid(f"{message}. No more tries: {spending.error()}", why)
        return NotDone(message, why)

    def _attempts(self, step: Planned, start: Checkpoint, guard: Guard) -> list[AttemptResult]:
        verdicts: list[AttemptResult] = []
        last = self._resumed(step)
        for number in range(1, self.config.retries + 2):
            last = verdict = self._attempt(step, number, start, guard, last)
            verdicts.append(verdict)
            if not verdict.problems or is_for_people(verdict):
                break
            left = self.config.retries + 1 - number
            if left and self.config.spending.is_reached:
                break
            more = "; 1 more try" if left == 1 else f"; {left} more tries"
            self._tell(f"{step.name}: {verdict.problems[0]}" + (more if left else ""))
        return verdicts

    def _resumed(self, step: Planned) -> AttemptResult | None:
        """Bring back what was refused of the first step, if that is asked for."""
        if not self.config.resume or self._is_later:
            return None
        last = refused.put_in_place(self.place, _slug(step), step.name)
        self._tell(f"{step.name}: going on from what was refused: {one_line(last.problems[0])}")
        return last

    def _attempt(
        self,
        step: Planned,
        number: int,
        start: Checkpoint,
        guard: Guard,
        last: AttemptResult | None,
    ) -> AttemptResult:
        name, self._tried, self._number = f"{_slug(step)}.{number}", None, number
        text = prompt_text(
            step,
            self.place,
            test=self.config.test,
            tdd=self._is_test_first(step),
            last=last,
            word="" if self._is_later else self.config.word,
        )
        prompt = journal.write_log(
            self.place.origin, f"{name}.prompt.md", text.encode("utf-8", "replace")
        )
        changed = changed_files(last, self.place) if last else []
        files = files_once(self.place.root, (*step.files, *changed))
        argv = self._arguments(prompt, files)
        there = set(self.place.root.glob(_AIDERS))
        tell = self._told_by_agent if self.config.verbose else None
        with contextlib.closing(LiveLog(prompt.with_name(f"{name}{AGENT_LOG}"), tell)) as log:
            ended = self._launcher.run(
                argv,
                f"{step.name}: {self.config.agent.name}",
                more=self._agents_environment(),
                prompt=text,
                hears=log.hear,
            )
        for path in set(self.place.root.glob(_AIDERS)) - there:
            with contextlib.suppress(OSError):
                remove_tree(path)
        blamed, undone = guard.put_back(self._calls(guard))
        blamed += put_back_submodules(self._inside)
        if log.is_cut:  # its beginning and its end
            output = ended.output.encode("utf-8", "replace")
            journal.write_log(self.place.origin, f"{name}{AGENT_LOG}", output)
        self._count(ended)
        for what in undone:
            self._tell(f"{self.config.agent.name}: {what}; that is undone")
        return self._judge(step, start, guard, ended, blamed)

    def _arguments(self, prompt: Path, files: Sequence[str]) -> list[str]:
        """Return the command line of the agent, with what it may spend where it can be told."""
        agent = self.config.agent
        argv = agent.arguments(prompt, self.config.model, files)
        limit = self.config.spending.reserve(self._launcher.mark) if agent.limit else None
        return argv if limit is None else [*argv, agent.limit, f"{limit:.6f}"]

    def _count(self, ended: Ended) -> None:
        """Count what the agent says that a try cost."""
        agent, spending = self.config.agent, self.config.spending
        used = self._meter.add(ended.output, agent.name)
        said = spending.add(used, agent.name, self._launcher.mark)
        if agent.name == "llm" and ended.code == OverBudget.exit_code:
            spending.refuse()
        if said:
            say(said)

    def _judge(
        self, step: Planned, start: Checkpoint, guard: Guard, ended: Ended, blamed: Sequence[str]
    ) -> AttemptResult:
        how = _how_it_ended(ended, self.config)
        try:
            after = start.now(self._index("after"), most=MOST)
        except TooBig as exc:
            start.restore()
            return AttemptResult((str(exc),))
        hooked = self._hooked_work(start, after, guard)
        after = hooked.proved or after
        changes = after.changed
        self._tried = (start, after)
        if hooked.problems:
            return replace(hooked, changes=changes)
        changed = differences(start, after)
        kept = AttemptResult(
            changes=changes,
            proved=after,
            lines=lines_of(changed),
            notes=hooked.notes,
        )
        wrong = self._forbidden(step, start, changed, guard, kept)
        why = beside_kind(step.untested, changes) if step.untested else None
        if why and not wrong and not blamed:
            return AttemptResult((why,), changes=changes)
        if wrong or blamed:
            start.restore(wrong.keys())
            return AttemptResult((*blamed, *wrong.values()), changes=changes)
        if not changes:
            return AttemptResult((f"it changed no file{how}",), output=ended.output[-4000:])
        return self._prove(step, start, changed, guard, kept)

    def _hooked_work(self, start: Checkpoint, after: Checkpoint, guard: Guard) -> AttemptResult:
        """Return what the pre-commit hook makes of the work, where it is to run."""
        if not (self.config.hooks and after.changed):
            return AttemptResult()
        return self._hooked(start, after, guard)

    def _hooked(self, start: Checkpoint, after: Checkpoint, guard: Guard) -> AttemptResult:
        """Run the pre-commit hook on the work; what it rewrites is part of the work."""
        trial = HookTrial(
            self._launcher, self._index, lambda: guard.put_back(self._calls(guard))[0]
        )
        return trial.result(start, after)

    def _forbidden(
        self,
        step: Planned,
        start: Checkpoint,
        changed: Sequence[Difference],
        guard: Guard,
        tried: AttemptResult,
    ) -> dict[str, str]:
        """Return what an agent may not have done so, by path."""
        test, changes = self.config.test, tried.changes
        is_known = test is not None and self._prover.baseline(start, guard).is_known
        asked = f"{step.step.title}\n{step.step.prompt}\n{' '.join(step.files)}"
        if step.untested == "config":
            asked += " ".join(("\nCI", *(change.path for change in changes)))
        wrong = forbidden(
            start, changes, test=test, allow=self.config.allow, texts=texts_of(changed),
            by_words=not is_known, asked=asked,
        )  # fmt: skip
        for change in changes if self.config.hooks else ():
            if is_hook(self.place, change.path) and change.path not in asked:
                wrong[change.path] = f"it changed {change.path}, which the pre-commit hook runs"
        now = self._dependencies(tried.proved) if tried.proved else {}
        paths = self._explaining([change.path for change in changes])
        if why := changed_dependency(self._installed, now, paths):
            wrong[""] = why
        return wrong

    def _prove(
        self,
        step: Planned,
        start: Checkpoint,
        changed: Sequence[Difference],
        guard: Guard,
        tried: AttemptResult,
    ) -> AttemptResult:
        """Run the tests on what is there, and whatever else the proof of it needs."""
        after = tried.proved
        if after is None:
            raise AssertionError
        self._doing = "the tests"
        try:
            found, trial = self._prover.prove(step, start, after, changed, guard)
        finally:
            # before git obeys what they may have written
            tampered, _ = guard.put_back(self._calls(guard))
            with undisturbed():
                after.restore()
        if tampered:
            told = tuple(f"while the tests ran, {what}" for what in tampered)
            return replace(tried, problems=told)
        problems = (*found.problems, *(one for one in found.unclear if not _is_agreed(one)))
        return replace(
            tried,
            problems=problems,
            output=found.output,
            trial=trial,
            notes=(*found.notes, *tried.notes),
        )

    def _ignored_programs(self) -> list[Path]:
        return ignored_programs(self.place, self.config.test)

    def _dependencies(self, checkpoint: Checkpoint) -> dict[str, tuple[int, int]]:
        return note_dependencies(self.place.origin.top, checkpoint.at_home)

    def _explaining(self, paths: list[str]) -> list[str]:
        """Return the changed paths that may explain a change of dependencies."""
        return paths

    def _is_test_first(self, step: Planned) -> bool:
        return self.config.tdd and not step.untested

    def _run_tests(self, command: str, folder: Path, env: Mapping[str, str]) -> Ended:
        return self._launcher.run(command, self._doing, folder=folder, more=env)

    def _process_begins(self, pid: int) -> None:
        self.halt.begins(pid)
        if self._is_in_step:
            self._note_process(pid)

    def _process_ended(self) -> None:
        self.halt.ended()

    def at(self) -> dict[str, str]:
        """Return how far the step in work is, in words: try, the agent's last line, cost."""
        cost = self._meter.used.cost
        return {
            "attempt": str(self._number),
            "last": self._launcher.agents_line(),
            "cost": "" if cost is None else f"{cost:.4f}",
        }

    def _agents_environment(self) -> Mapping[str, str]:
        """Return what an agent needs in its environment to work in this place."""
        return {}

    def _note_process(self, pid: int) -> None:
        journal.note_process(self.place, pid)

    def _waiting(self, label: Callable[[], str]) -> AbstractContextManager[object]:
        """Show that something runs."""
        enabled = False if self.config.quiet else None
        return Waiting(label, enabled=enabled, plain=not self.config.quiet)

    def _verified(self, step: Planned, verdict: AttemptResult, guard: Guard) -> list[str]:
        """Run the commands that verify a step, as far as the user agreed; return which passed."""
        passed = []
        for text in step.verify:
            command = command_in(text)
            if command is None or command not in (*self.config.verify, self.config.test):
                continue
            if command == self.config.test or self._passes(step, command, verdict, guard):
                passed.append(text)
        return passed

    def _passes(self, step: Planned, command: str, verdict: AttemptResult, guard: Guard) -> bool:
        ended = self._launcher.run(command, f"verifying {step.name}")
        guard.put_back(self._calls(guard))
        if verdict.proved is not None:
            verdict.proved.restore()
        if ended.code:
            self._tell(
                f"{step.name}: `{command}` fails (exit code {ended.code}); its box stays open"
            )
        elif ended.code is None:
            self._tell(f"{step.name}: `{command}` did not end in time; its box stays open")
        return ended.code == 0

    def _finish(
        self, step: Planned, verdict: AttemptResult, start: Checkpoint, guard: Guard
    ) -> None:
        """Tick the step and commit it with its tick."""
        journal.proved(self.place, step, guard, start)
        self.work.tick(self.place.plan, step, self._passed)
        if verdict.proved is None:
            raise AssertionError
        made = commit(
            self.place, step, verdict.proved, self.config, guard.head, cost=self._meter.used.cost
        )
        self._known = made
        journal.end(self.place)
        self._is_in_step = False
        journal.forget_note(self.place, _slug(step))
        refused.drop(self.place, _slug(step))
        self._is_later = True
        if verdict.trial:
            self._prover.remember(made.commit, verdict.trial)
        took = self._meter.told(verdict.changes, verdict.lines)
        self._tell(f"{step.name}: done, {', '.join((took, *verdict.notes, *guard.told_beside()))}")

    def _roll_back(
        self, step: Planned, start: Checkpoint, guard: Guard, verdicts: Sequence[AttemptResult]
    ) -> None:
        """Leave a note of what was tried, and all as it was before the step."""
        guard.put_back(self._calls(guard))
        put_back_submodules(self._inside)
        patch = b""
        with contextlib.suppress(SousError):
            tried = self._tried or (start, start.now(self._index("failed"), most=MOST))
            patch = tried[0].diff(tried[1])
        lost = Checkpoint.again(self.place, self._index("back"), start.note()).restore()
        note = failure_note(step, self.config, verdicts, lost, patch=bool(patch), logs=self._folder)
        origin = self.place.origin
        journal.write_note(origin, f"{_slug(step)}.md", note.encode("utf-8", "replace"))
        refused.keep(origin, _slug(step), step.name, patch, verdicts[-1])
        if patch:
            journal.write_note(origin, f"{_slug(step)}.patch", patch)
        for path in lost:
            say(f"{path} was changed and could not be restored")
        self._end_step()

    def _end_step(self) -> None:
        journal.end(self.place)
        self._is_in_step = False

    @contextlib.contextmanager
    def _checkpoint(self) -> Iterator[Checkpoint]:
        with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
            self._indexes = Path(folder)
            self._prover.folder = self._indexes
            self._forget_trace()
            self._refs = read_refs(self.place)
            known = self._known if self._known and self._known.commit == self._refs.head else None
            start = Checkpoint.take(self.place, self._index("start"), known)
            if not start.changed:
                self._known = KnownTree.of(self._refs.head, start)
            yield start

    def _calls(self, guard: Guard) -> GitCalls:
        """Return what the programs of the step in work asked git so far."""
        return GitCalls.read(self._trace, guard.common)

    def _forget_trace(self) -> None:
        """Forget what was asked before this step."""
        forget_trace(self._trace)

    @property
    def _trace(self) -> Path:
        return trace_in(self._folder)

    def _index(self, name: str) -> Path:
        return self._indexes / name

    def _told_by_agent(self, line: str) -> None:
        say(f"  {self.config.agent.name}: {line}")

    def _tell(self, message: str) -> None:
        if not self.config.quiet:
            say(message)


def _is_agreed(unclear: str) -> bool:
    """Ask whoever sits there about what no result can decide; nobody there is a no."""
    with _asking:
        return is_interactive() and ask_yes(f"{unclear}. Is that right?")


def _how_it_ended(ended: Ended, config: RunConfig) -> str:
    if ended.code is None:
        return f"; it did not end within {config.agent_timeout:g} s"
    return f"; it ended with exit code {ended.code}: {last_line(ended)}" if ended.code else ""


def _slug(step: Planned) -> str:
    return slug_of(step.noun, step.step.number)
