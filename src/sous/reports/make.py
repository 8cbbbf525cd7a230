"""Ask for everything that some reports need, show how it goes, and hand each on when its last answer is there."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from sous.errors import OverBudget, SousError
from sous.models.crew import Call, Crew
from sous.models.price import Cost
from sous.terminal import Waiting, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sous.models.ask import Answer, Patience
    from sous.output.target import Destination
    from sous.reports.job import Job


@dataclass(eq=False)
class Making:
    """A report that is being made: its job, where it goes (None: stdout), where the rest of an answer is kept."""

    job: Job
    plan: Destination | None
    rest: Path
    error: SousError | None = None


@dataclass(frozen=True)
class Ways:
    """What is done with what comes: `finish` puts a report in its place, `keep` the rest of an answer beside it."""

    finish: Callable[[Making], None]
    keep: Callable[[Sequence[str], Path], str]


class Maker:
    """Makes reports: at most `jobs` calls at once, for no more than `most` US dollars (None: any)."""

    def __init__(
        self, ways: Ways, *, jobs: int, patience: Patience, most: Decimal | None, quiet: bool
    ) -> None:
        self._crew = Crew(jobs, patience, self._waits)
        self._ways = ways
        self._jobs = jobs
        self._most = most
        self._quiet = quiet
        self._every: Sequence[Making] = ()
        self._calls: dict[Call, Making] = {}  # those that have not ended
        self._total = 0
        self._seconds: list[float] = []  # of those that have

    def make(self, every: Sequence[Making]) -> None:
        """Ask for all that is missing.

        A report that comes to nothing has its `error` set. Raises OutOfTime.
        """
        self._every = every
        # Part by part, not report by report: calls with the same part follow each other, and find
        # it in a cache.
        wanted = sorted((number, at) for at, one in enumerate(every) for number in one.job.missing)
        for number, at in wanted:
            self._ask(every[at], number)
        try:
            with Waiting(self._line, enabled=False if self._quiet else None, plain=not self._quiet):
                for one in every:
                    self._advance(one)
                self._crew.run()
        except BaseException as exc:
            with contextlib.suppress(Exception):
                self._crew.drain()  # an answer that has come whole goes to its place
            told = self._keep_what_runs()
            for one in every:
                one.job.log()
            if told and isinstance(exc, SousError):
                raise type(exc)(f"{exc}. {told}") from exc
            if told:
                say(told)
            raise
        for one in every:
            one.job.log()  # of all that may fail and may wait, the last

    def _ask(self, one: Making, number: int | None) -> None:
        prompt = one.job.last_prompt() if number is None else one.job.fitted.prompts[number]
        call = Call(prompt, one.job.choice, partial(self._ended, one, number))
        self._calls[call] = one
        self._total += 1
        self._crew.add(call)

    def _ended(
        self, one: Making, number: int | None, call: Call, outcome: Answer | SousError
    ) -> None:
        del self._calls[call]
        try:
            if isinstance(outcome, SousError):
                raise outcome
            self._seconds.append(outcome.seconds)
            one.job.take(number, outcome)
            self._check_spent()
        except SousError as exc:
            kept = "" if one.error else self._ways.keep(call.text, one.rest)
            self._fail(one, type(exc)(f"{exc}. {kept}") if kept else exc)
        else:
            self._advance(one)

    def _check_spent(self) -> None:
        """Send no more when the limit is passed; what is on its way is paid for and may end."""
        spent = sum((one.job.spent for one in self._every), Decimal(0))
        if self._most is None or spent <= self._most:
            return
        error = OverBudget(
            f"{Cost(spent)} are spent, more than --max-cost {Cost(self._most)}; no more is sent"
        )
        for one in self._every:
            if not one.error and (self._drop(one) or (one.job.needs_last and not one.job.missing)):
                self._fail(one, error)

    def _drop(self, one: Making) -> bool:
        """Forget the calls for a report that have not begun; tell whether there were any."""
        dropped = self._crew.drop([call for call, other in self._calls.items() if other is one])
        for call in dropped:
            del self._calls[call]
            self._total -= 1
        return bool(dropped)

    def _advance(self, one: Making) -> None:
        """Go on with a report as far as its answers allow."""
        if one.job.missing or one.error:
            return
        try:
            if one.job.needs_last:
                self._ask(one, None)
            else:
                self._ways.finish(one)
        except SousError as exc:
            self._fail(one, exc)

    def _fail(self, one: Making, error: SousError) -> None:
        """Note why a report came to nothing; what of it has not begun is not sent."""
        one.error = one.error or error
        self._drop(one)

    def _keep_what_runs(self) -> str:
        """Keep what has come of the answers that are not finished; return that in words."""
        running = [call for call in self._crew.running if call in self._calls]
        told = [self._ways.keep(call.text, self._calls[call].rest) for call in running]
        return ". ".join(filter(None, told))

    def _waits(self, seconds: float, why: str) -> None:
        if not self._quiet:
            say(f"{why}; trying again in {seconds:.1f} s")

    def _line(self) -> str:
        """Return how far it is, for the live line; another thread asks."""
        names = [one.job.report.command for one in self._every]
        model = self._every[0].job.choice.name
        words = [names[0] if len(names) == 1 else f"{len(names)} reports", model]
        ended = len(self._seconds)
        if self._total > 1:
            words.append(f"{ended} of {self._total} done")
        written = (
            sum(len(piece) for call in list(self._crew.running) for piece in list(call.received))
            // 4
        )
        if written:
            words.append(f"~{written:,} tokens out")
        if ended and ended < self._total:
            each = sum(self._seconds) / ended
            words.append(
                f"about {each * (self._total - ended) / min(self._jobs, self._total):.0f} s left"
            )
        return ", ".join(words)
