"""Ask for all that some jobs need, show how it goes, and yield each job that has ended."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from sous.asking.bill import NOTHING, Limit
from sous.asking.pace import Pace
from sous.asking.resizing import (
    MOST_TRIES,
    NEAR,
    is_plausible,
    keep,
    learned_window,
    learned_words,
    smaller,
)
from sous.errors import SousError
from sous.models.ask import Patience
from sous.models.crew import Call, Crew
from sous.models.failure import TooLong
from sous.models.window import room_of
from sous.output.partial import keep_somewhere
from sous.terminal import say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path

    from sous.asking.job import Job
    from sous.models.ask import Answer
    from sous.models.choose import Choice
    from sous.models.window import Window
    from sous.settings import Settings

    Outcome = tuple[Call, Answer | SousError]

J = TypeVar("J", bound="Job")


class Round(Generic[J]):
    """The calls for some jobs: so many at once, so often and so long as the settings say."""

    def __init__(
        self, jobs: Sequence[J], settings: Settings, *, quiet: bool, has_line: bool = True
    ) -> None:
        patience = Patience(settings.retries, time.monotonic() + settings.timeout)
        self._crew = Crew(settings.jobs, patience, quiet=quiet, meanwhile=self._get_ready)
        self._jobs = jobs
        self._at_once = settings.jobs
        self._limit = Limit.of(settings.max_cost)
        self._quiet = quiet
        self._is_silent = quiet or not has_line
        self._window: Window | None = None  # what refusals told of it
        self._tries = 0
        self._calls: dict[Call, tuple[J, int | None]] = {}  # those that have not ended
        self._ended: set[J] = set()
        self._total = 0
        self._pace = Pace()
        self._seconds: list[float] = []  # of the calls that have ended

    def ended(self) -> Generator[J, None, None]:
        """Yield each job once: with all of its answers, or with an error.

        Close it (`contextlib.closing`) where an exception may come between two: what came of
        answers is then kept. Raises DeadlinePassed.
        """
        enabled = False if self._is_silent else None
        with Waiting(self._line, enabled=enabled, plain=not self._is_silent):
            try:
                yield from self._advanced(self._jobs)
                self._ask_all()
                yield from self._taken(self._crew.outcomes())
            except GeneratorExit:
                self._keep_unplaced()
                raise
            except BaseException as exc:
                with contextlib.suppress(Exception):  # the first error is the one to report
                    yield from self._taken(self._crew.drained())  # what came whole is of use
                kept = self._keep_what_runs()
                if kept and isinstance(exc, SousError):
                    raise type(exc)(f"{exc}. {kept}") from exc
                if kept:
                    say(kept)
                raise

    def _get_ready(self) -> None:
        """Load what looks at answers, once the calls are on their way."""
        for job in self._jobs:
            job.get_ready()

    def _ask_all(self) -> None:
        """Ask part by part, not job by job: calls with one part follow each other.

        So they find it in a cache.
        """
        wanted = [(number, at) for at, job in enumerate(self._jobs) for number in job.missing]
        for number, at in sorted(wanted):
            self._ask(self._jobs[at], number)

    def _ask(self, job: J, number: int | None) -> None:
        call = Call(job.prompt(number), job.choice)
        self._calls[call] = (job, number)
        self._total += 1
        self._crew.add(call)

    def _taken(self, outcomes: Iterable[Outcome]) -> Iterator[J]:
        """Take what came of calls, and yield the jobs that have ended by it."""
        for call, outcome in outcomes:
            job, number = self._calls.pop(call)
            try:
                if isinstance(outcome, TooLong):
                    self._make_smaller(job, number, outcome)
                else:
                    self._take(job, number, outcome)
            except SousError as exc:
                kept = "" if job.error else _keep(call.text, job.rest)
                self._fail(job, type(exc)(f"{exc}. {kept}") if kept else exc)
            self._stop_if_over_limit()
            yield from self._advanced(self._jobs)

    def _make_smaller(self, job: J, number: int | None, error: TooLong) -> None:
        """Learn how much the model reads, and ask again with smaller prompts.

        Raises the error where there are none.
        """
        self._total -= 1
        is_new = self._learn(error, job.choice)
        if number is None or job.refit is None or job.error or self._window is None:
            raise error
        if self._tries > MOST_TRIES:
            raise error
        self._fit_to_window(job, {number}, said=error.said)
        if is_new:
            for other in self._jobs:  # all are for one model
                self._fit_to_window(other, set(), said=error.said)
            if not (self._quiet or job.error):
                say(f"{job.name}: {learned_words(error, job.choice, job.fitted)}")

    def _learn(self, error: TooLong, choice: Choice) -> bool:
        """Note the window that a refusal tells of; tell whether that is news."""
        if not is_plausible(error):
            return False
        if self._window is not None:
            room = room_of(choice.model, choice.options, self._window).tokens
            if room < error.size.tokens * NEAR:
                return False  # it was on its way before the window was known
        self._window = learned_window(error, choice)
        self._tries += 1
        keep(self._window, choice)
        return True

    def _fit_to_window(self, job: J, refused: set[int], *, said: str) -> None:
        """Replace prompts of a job that are too long: those that were refused, or not sent yet."""
        if self._window is None or job.refit is None or job.error or job in self._ended:
            return
        room = room_of(job.choice.model, job.choice.options, self._window).tokens
        open_numbers = self._drop(job)
        sizes = job.fitted.tokens
        numbers = refused | {number for number in open_numbers if sizes[number] > room}
        running = [call for call, (other, _) in self._calls.items() if other is job]
        try:
            self._replace(job, numbers, running)
            spent = sum((other.spent for other in self._jobs), NOTHING)
            coming = job.fitted.cost(job.choice, only=job.missing)
            self._limit.check_next(coming, spent=spent, model=job.choice.name)
        except SousError as exc:
            self._fail(job, type(exc)(f"{exc} ({said})"))
            return
        asked = {number for other, number in self._calls.values() if other is job}
        for number in job.missing:
            if number not in asked:
                self._ask(job, number)

    def _replace(self, job: J, numbers: set[int], running: Sequence[Call]) -> None:
        if not numbers or job.refit is None or self._window is None:
            return
        if running or job.texts:
            fitted, places = smaller(job.fitted, numbers, job.refit, self._window)
        else:
            fitted, places = job.refit(None, self._window), {}
        job.replace(fitted, places)
        for call in running:
            number = self._calls[call][1]
            self._calls[call] = (job, None if number is None else places[number])

    def _take(self, job: J, number: int | None, outcome: Answer | SousError) -> None:
        if isinstance(outcome, SousError):
            job.take_bill(outcome)
            raise outcome
        self._seconds.append(outcome.seconds)
        job.take(number, outcome)

    def _advanced(self, jobs: Iterable[J]) -> Iterator[J]:
        """Go on with jobs as far as their answers allow, and yield those that have ended."""
        for job in jobs:
            if job in self._ended:
                continue
            if not job.error and not job.missing and job.needs_last:
                self._ask_last(job)
            if job.error or not (job.missing or job.needs_last):
                self._ended.add(job)
                yield job

    def _ask_last(self, job: J) -> None:
        if any(other is job for other, _ in self._calls.values()):
            return  # it is on its way
        try:
            self._ask(job, None)
        except SousError as exc:
            self._fail(job, exc)

    def _stop_if_over_limit(self) -> None:
        """Send no more when the limit is passed; what is on its way is paid for and may end."""
        error = self._limit.passed_by(sum((job.spent for job in self._jobs), NOTHING))
        if error is None:
            return
        for job in self._jobs:
            would_ask = bool(self._drop(job)) or (job.needs_last and not job.missing)
            if not job.error and would_ask:
                self._fail(job, error)

    def _drop(self, job: J) -> set[int]:
        """Forget the calls for a job that have not begun; return the numbers of their prompts."""
        own = [call for call, (other, _) in self._calls.items() if other is job]
        dropped = [self._calls.pop(call)[1] for call in self._crew.drop(own)]
        self._total -= len(dropped)
        return {number for number in dropped if number is not None}

    def _fail(self, job: J, error: SousError) -> None:
        """Note why nothing came of a job; what of it has not begun is not sent."""
        job.error = job.error or error
        self._drop(job)

    def _keep_what_runs(self) -> str:
        """Keep what has come of the answers that are not finished; return that in words."""
        running = [call for call in self._crew.running if call in self._calls]
        kept = [_keep(call.text, self._calls[call][0].rest) for call in running]
        return ". ".join(filter(None, kept))

    def _keep_unplaced(self) -> None:
        """Keep what nobody takes any more: texts that are whole, and what has come of others."""
        for job in self._taken(self._crew.drained()):
            kept = "" if job.error else _keep([job.text()], job.rest)
            if kept:
                say(kept)
        kept = self._keep_what_runs()
        if kept:
            say(kept)

    def _line(self) -> str:
        """Return how far it is, for the live line; another thread asks."""
        names = [job.name for job in self._jobs]
        words = [names[0] if len(names) == 1 else f"{len(names)} reports"]
        words.append(self._jobs[0].choice.name)
        ended = len(self._seconds)
        if self._total > 1:
            words.append(f"{ended} of {self._total} done")
        pieces = [piece for call in list(self._crew.running) for piece in list(call.received)]
        written = sum(map(len, pieces)) // 4
        if written:
            words.append(f"~{written:,} tokens out")
        if pace := self._pace.words(sum(map(len, pieces)), time.monotonic()):
            words.append(pace)
        if ended and ended < self._total:
            each = sum(self._seconds) / ended
            left = each * (self._total - ended) / min(self._at_once, self._total)
            words.append(f"about {left:.0f} s left")
        return ", ".join(words)


def _keep(received: Sequence[str], rest: Path | None) -> str:
    """Keep what came of an answer and return that in words; nothing for no text."""
    text = "".join(received)
    if rest is None or not text.strip():
        return ""
    return keep_somewhere(rest, text, what="The answer")
