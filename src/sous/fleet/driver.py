"""The loop of a fleet: who is next, what may be spent, how fast; and what came of each.

Only it admits work and money. What came of a repository stands in its folder before the next begins
in its place, so that a run which is ended at any moment goes on where it was.
"""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import threading
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.fleet.assignment import Assignment
from sous.fleet.ledger import Ledger
from sous.fleet.place import read_json, write_json
from sous.fleet.rows import LEFT, RepositoryRow, merged_tasks
from sous.models.failure import tells_of_rate
from sous.models.price import Cost
from sous.terminal import one_line, say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from sous.fleet.place import FleetFolder
    from sous.fleet.repositories import FleetRepository
    from sous.fleet.rows import Wish
    from sous.fleet.workers import Workers
    from sous.settings import Settings

_LOOKS = 0.5  # seconds between two looks at the clock
_CALM = 5.0  # seconds between two times that a limit of the rate makes it slower
_TRIES = 3  # of a repository whose model limits the rate, or whose worker is gone
_SHOWN = 3  # names in the live line
_NOTHING = Decimal(0)


class Driver:
    """Has workers carry out a wish for some repositories."""

    def __init__(
        self,
        folder: FleetFolder,
        repositories: Sequence[FleetRepository],
        wish: Wish,
        *,
        quiet: bool,
    ) -> None:
        self.rows = [RepositoryRow(one) for one in repositories]
        self._folder = folder
        self._wish = wish
        self._quiet = quiet
        self._ledger = Ledger(folder.ledger, wish.max_cost)
        self._to_begin = deque(self.rows)
        self._to_ask: deque[tuple[RepositoryRow, Decimal]] = deque()
        self._running: dict[Future[Mapping[str, Any]], tuple[RepositoryRow, int | None, bool]] = {}
        self._doing: dict[str, str] = {}
        self._pace = float(wish.jobs)
        self._slowed_at = float("-inf")
        self._ended = 0
        self._began = time.monotonic()
        self._is_stopping = False
        self.was_stopped = False  # somebody pressed Ctrl-C
        self.gave_up = ""  # why the workers could do no more

    @property
    def spent(self) -> Decimal:
        """US dollars, with those of a run before that did not come to its end."""
        return self._ledger.spent

    @property
    def is_priced_first(self) -> bool:
        """Whether the price of a repository is asked for before anything is sent for it."""
        return self._wish.is_dry or (self._wish.max_cost is not None and bool(self._wish.models))

    def run(self, workers: Workers) -> None:
        """Go through all repositories. Raises SousError where the ledger cannot be written."""
        if not self._wish.is_dry:
            self._ledger.begin()
        quiet = self._quiet
        with (
            counted_interrupts() as presses,
            Waiting(self._line, enabled=False if quiet else None, plain=not quiet),
        ):
            heeded = 0
            while self._to_begin or self._to_ask or self._running:
                if len(presses) > heeded:
                    heeded += 1
                    self._stop(workers)
                elif (why := workers.problem()) and not self._is_stopping:
                    self.gave_up = why
                    self._begin_no_more(why)
                self._step(workers)
        if not self._wish.is_dry and all(row.state != LEFT for row in self.rows):
            self._ledger.end()

    def _step(self, workers: Workers) -> None:
        """Begin what may begin, and take what has ended."""
        while len(self._running) < max(1, int(self._pace)) and self._begin_next(workers):
            pass
        if not self._running:
            time.sleep(_LOOKS / 5)  # one that waits for its next try
            return
        ended, _ = wait(self._running, timeout=_LOOKS, return_when=FIRST_COMPLETED)
        for future in ended:
            row, number, asks = self._running.pop(future)
            self._doing.pop(row.repository.slug, None)
            try:
                outcome = future.result()
            except Exception as exc:  # noqa: BLE001  # a worker that is gone; the others go on
                outcome = {"status": "failed", "reason": f"{type(exc).__name__}: {exc}"}
            self._take(row, outcome, number, asks=asks)

    def _begin_next(self, workers: Workers) -> bool:
        """Begin with the next repository that may begin; tell whether there was one."""
        if self._to_ask:
            row, most = self._to_ask[0]
            if self._ledger.has_room_for(most):
                self._to_ask.popleft()
                number = self._ledger.reserve(row.repository.slug, most)
                self._submit(workers, row, number, asks=True)
                return True
            if not self._running:
                self._to_ask.popleft()
                self._end(row, LEFT, self._over_limit(most))
                return True
        for _ in range(len(self._to_begin)):
            row = self._to_begin.popleft()
            if row.not_before > time.monotonic():
                self._to_begin.append(row)
                continue
            self._submit(workers, row, None, asks=not self.is_priced_first)
            return True
        return False

    def _submit(
        self, workers: Workers, row: RepositoryRow, number: int | None, *, asks: bool
    ) -> None:
        wish = self._wish
        order = Assignment(
            row.repository, wish.tasks, self._folder.top, wish.settings, asks=asks,
            afresh=row.afresh(wish), since=wish.since,
            most=None if number is None else row.prices, largest=wish.largest, verify=wish.verify,
        )  # fmt: skip
        self._doing[row.repository.slug] = row.repository.name
        self._running[workers.submit(order, self._hearer(row))] = (row, number, asks)

    def _hearer(self, row: RepositoryRow) -> Callable[[Mapping[str, Any]], None]:
        def hear(told: Mapping[str, Any]) -> None:
            if told.get("slow"):
                self._slow_down()
            elif row.repository.slug in self._doing and isinstance(told.get("doing"), str):
                self._doing[row.repository.slug] = f"{row.repository.name} ({told['doing']})"

        return hear

    def _slow_down(self) -> None:
        """Have half as many at once, all together; not twice for what came at the same time."""
        if time.monotonic() - self._slowed_at > _CALM:
            self._slowed_at = time.monotonic()
            self._pace = max(1.0, self._pace / 2)

    def _take(
        self, row: RepositoryRow, outcome: Mapping[str, Any], number: int | None, *, asks: bool
    ) -> None:
        """Note what came of a repository, and what it cost."""
        row.commit = str(outcome.get("commit") or row.commit)
        row.tasks = dict(outcome.get("tasks") or {})
        row.notes = tuple(one_line(str(note)) for note in outcome.get("notes") or ())
        row.made |= {name for name, one in row.tasks.items() if one["status"] == "done"}
        self._bill(row, number, asks=asks)
        self._keep_pace(row, outcome)
        if not asks and outcome["status"] == "done" and not self._wish.is_dry:
            self._ask_or_leave(row)
            return
        is_lost = bool(outcome.get("lost"))
        if not (is_lost or self._is_limited(row, outcome)) or not self._begin_again(row, is_lost):
            self._end(row, str(outcome["status"]), str(outcome.get("reason") or _reason_of(row)))

    def _bill(self, row: RepositoryRow, number: int | None, *, asks: bool) -> None:
        if number is not None:
            self._ledger.settle(number, self._cost_of(row))
        elif asks:
            self._ledger.pay(row.repository.slug, self._cost_of(row))

    def _begin_again(self, row: RepositoryRow, is_lost: bool) -> bool:  # noqa: FBT001
        """Put a repository back into the queue; not once it was tried often, or at the end."""
        if row.tries + 1 >= _TRIES or self._is_stopping:
            return False
        row.tries += 1
        row.not_before = time.monotonic() + _wait_before(row.tries, is_lost=is_lost)
        self._to_begin.append(row)
        return True

    def _keep_pace(self, row: RepositoryRow, outcome: Mapping[str, Any]) -> None:
        """Slow down where the rate was limited; else one more may be done at once."""
        if outcome.get("rate_limited") or self._is_limited(row, outcome):
            self._slow_down()
        else:
            self._pace = min(self._wish.jobs, self._pace + 1)

    def _ask_or_leave(self, row: RepositoryRow) -> None:
        """Go on with a repository whose price is known, as far as the limit allows."""
        self._ledger.settle_earlier(row.repository.slug)
        unknown = [name for name, one in row.tasks.items() if _is_unknown(one)]
        if self._is_stopping:
            self._end(row, LEFT, "it was stopped before anything was sent")
        elif unknown:
            model = " or ".join(self._wish.models)
            self._end(
                row, LEFT,
                f"the price of {model} is not known, so --max-cost cannot be enforced; leave it "
                "out, or take a model whose price is known (`sous models`)",
            )  # fmt: skip
        else:
            row.prices = {name: Decimal(one.get("most") or 0) for name, one in row.tasks.items()}
            most = sum(row.prices.values(), _NOTHING)
            if self._wish.max_cost is not None and most > self._wish.max_cost:
                self._end(row, LEFT, self._over_limit(most))
            else:
                self._to_ask.append((row, most))

    def _over_limit(self, most: Decimal) -> str:
        limit = Cost(self._wish.max_cost)
        return (
            f"it may cost {Cost(most)}, and {Cost(self.spent)} of --max-cost {limit} are spent; "
            "raise --max-cost and run it again"
        )

    def _cost_of(self, row: RepositoryRow) -> Decimal:
        """Return what the tasks of a repository cost; where nobody knows, the most they may."""
        if not row.tasks:
            return sum(row.prices.values(), _NOTHING)
        return sum((self._cost_of_task(row, name) for name in row.tasks), _NOTHING)

    def _cost_of_task(self, row: RepositoryRow, name: str) -> Decimal:
        task, most = row.tasks[name], row.prices.get(name, _NOTHING)
        if task["status"] not in ("done", "failed"):
            return _NOTHING
        if task.get("dollars") is not None:
            return Decimal(task["dollars"])
        return most if task["status"] == "done" or task.get("may_have_cost") else _NOTHING

    def _is_limited(self, row: RepositoryRow, outcome: Mapping[str, Any]) -> bool:
        reasons = [outcome.get("reason"), *(one.get("reason") for one in row.tasks.values())]
        return any(tells_of_rate(reason) for reason in reasons if isinstance(reason, str))

    def _end(self, row: RepositoryRow, state: str, reason: str) -> None:
        """Note how it ended where a run that follows finds it."""
        row.state, row.reason = state, one_line(reason)
        self._ended += 1
        if self._wish.is_dry:
            return
        path = self._folder.repository(row.repository).folder / "status.json"
        try:
            before = read_json(path, self._folder.top)
            tasks = merged_tasks(before.get("tasks") if isinstance(before, dict) else None, row)
            write_json(path, {**row.as_json(), "tasks": tasks}, self._folder.top)
        except SousError as exc:  # a full disk: it is told, and the others may find room
            row.state, row.reason = "failed", one_line(str(exc))
        if (row.state == "failed" or row.has_failed) and not self._quiet:
            say(f"{row.repository.name} failed: {row.reason}")

    def _stop(self, workers: Workers) -> None:
        """Begin nothing more; the second time, end what is being done."""
        if self._is_stopping:
            workers.stop()
        elif self._running:
            count = len(self._running)
            say(f"waiting for {count} that {'is' if count == 1 else 'are'} being done; "
                "Ctrl-C once more ends them")  # fmt: skip
        self.was_stopped = True
        self._begin_no_more("it was stopped before it began")

    def _begin_no_more(self, why: str) -> None:
        rows = [*self._to_begin, *(row for row, _ in self._to_ask)]
        self._to_begin.clear()
        self._to_ask.clear()
        self._is_stopping = True
        for row in rows:
            self._end(row, LEFT, why)

    def _line(self) -> str:
        """Return how far it is; another thread asks."""
        failed = sum(row.state == "failed" for row in self.rows)
        words = [f"{self._ended:,} of {len(self.rows):,} repositories"]
        words += [f"{failed} failed"] if failed else []
        words += [f"{Cost(self.spent)} spent"] if self.spent else []
        if self._ended:
            each = (time.monotonic() - self._began) / self._ended
            words.append(f"about {each * (len(self.rows) - self._ended):.0f} s left")
        doing = list(self._doing.values())
        more = f" and {len(doing) - _SHOWN} more" if len(doing) > _SHOWN else ""
        return ", ".join(words) + (f": {', '.join(doing[:_SHOWN])}{more}" if doing else "")


def _wait_before(tries: int, *, is_lost: bool) -> float:
    """Return how many seconds a repository waits for its next try."""
    return _LOOKS if is_lost else _CALM * 2**tries


@contextlib.contextmanager
def counted_interrupts() -> Iterator[list[int]]:
    """Have Ctrl-C only be counted, so that it comes between two steps and never in one."""
    presses: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield presses
        return
    before = signal.signal(signal.SIGINT, lambda number, _frame: presses.append(number))
    try:
        yield presses
    finally:
        signal.signal(signal.SIGINT, before)


def _is_unknown(task: Mapping[str, Any]) -> bool:
    return task["status"] == "priced" and task.get("most") is None


def _reason_of(row: RepositoryRow) -> str:
    """Return why tasks of a repository failed."""
    failed = {name: one for name, one in row.tasks.items() if one["status"] == "failed"}
    reasons = dict.fromkeys(str(one.get("reason")) for one in failed.values())
    if not failed:
        return ""
    names = "" if len(failed) == len(row.tasks) else f"{', '.join(failed)}: "
    return names + "; ".join(reasons)


def settings_for_all(settings: Settings) -> Settings:
    """Return the settings that go with every order: what is about one project or terminal is not.

    Calls of one repository follow each other: how many there are at once is the driver's.
    """
    return dataclasses.replace(
        settings, jobs=1, max_cost=None, packer=None, agent=None, test=None, notify="never"
    )
