"""What our calls have taken, summed up from llm's log."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.errors import SousError, UsageProblem
from sous.models.choose import choose_model, llm_folder
from sous.models.log import NAME
from sous.models.price import Cost, names_of, price_by_names
from sous.models.usage import cached_tokens
from sous.names import STATIC
from sous.terminal import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CALLS = """
select substr(threads.name, ?), turns.model,
  turns.input_tokens, turns.output_tokens, turns.token_details, substr(turns.datetime_utc, 1, 10)
from turns join threads on threads.id = turns.thread_id
where threads.name like ? and turns.datetime_utc >= ? and turns.model != ?
"""


@dataclass
class Spent:
    """The calls for one task with one model: their number, tokens, and known costs."""

    task: str
    model: str
    calls: int = 0
    read: int = 0
    cached: int = 0
    written: int = 0
    dollars: Decimal | None = Decimal(0)

    def as_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {**vars(self), "dollars": None if self.dollars is None else float(self.dollars)}


def read_spent(since: str | None) -> list[Spent]:
    """Return what was spent, by task and model. Raises SousError for a log that cannot be read."""
    return _summed((one for _, one in _calls(since)), "task", "model")


def read_spent_by_day(since: str | None) -> dict[str, list[Spent]]:
    """Return what was spent, by day and model. Raises SousError for a log that cannot be read."""
    days: dict[str, list[Spent]] = {}
    for day, one in _calls(since):
        days.setdefault(day, []).append(one)
    return {day: _summed(days[day], "model") for day in sorted(days)}


def _summed(calls: Iterable[Spent], *by: str) -> list[Spent]:
    """Return the sums of calls that are alike in the fields of these names, in their order."""
    sums: dict[tuple[str, ...], Spent] = {}
    for call in calls:
        key = tuple(str(getattr(call, name)) for name in by)
        one = sums.setdefault(key, Spent("", ""))
        for name in by:
            setattr(one, name, getattr(call, name))
        one.calls += call.calls
        one.read += call.read
        one.cached += call.cached
        one.written += call.written
        both = call.dollars is not None and one.dollars is not None
        one.dollars = (one.dollars or Decimal(0)) + (call.dollars or Decimal(0)) if both else None
    return [sums[key] for key in sorted(sums)]


def _calls(since: str | None) -> Iterator[tuple[str, Spent]]:
    """Yield each call with its day. Raises SousError for a log that cannot be read."""
    path, day = llm_folder() / "logs.db", _day(since)
    if not path.exists():
        return
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        ) as connection:
            rows = connection.execute(_CALLS, (len(NAME) + 1, f"{NAME}%", day, STATIC)).fetchall()
    except sqlite3.Error as exc:
        raise SousError(
            f"cannot read llm's log {path}: {exc}; `sous cost` needs the tables of llm 0.36"
        ) from exc
    for task, model, read, written, details, called in rows:
        cached = cached_tokens(json.loads(details) if details else None)
        cost = price_by_names(
            _names(model), input_tokens=read or 0, output_tokens=written or 0, cached_tokens=cached
        ).dollars
        yield called, Spent(task, model, 1, read or 0, cached, written or 0, cost)


@lru_cache
def _names(model: str) -> list[str]:
    """Return the names that a model of the log may be priced by: llm's, if it is still here."""
    try:
        return names_of(choose_model(model, {}).model)
    except SousError:
        return [model, model.rpartition("/")[2]]


def _day(since: str | None) -> str:
    if since is None:
        return ""
    try:
        return dt.date.fromisoformat(since).isoformat()
    except ValueError as exc:
        raise UsageProblem(f"--since {since} is not a date; write it as 2026-01-31") from exc


def spent_lines(found: Sequence[Spent]) -> Iterator[str]:
    """Yield a table for people, the sum last."""
    if not found:
        yield "nothing yet: llm's log has no call of sous"
        return
    rows = [("task", "model", "calls", "provider's tokens in", "cached", "out", "price")]
    for one in found:
        counts = (f"{one.calls:,}", f"{one.read:,}", f"{one.cached:,}", f"{one.written:,}")
        rows.append((one.task, one.model, *counts, str(Cost(one.dollars))))
    yield from table(rows, names=2)
    yield f"together {total_of(found)}"


def total_of(found: Sequence[Spent]) -> str:
    """Return the sum of the prices for people, and whether some are not known."""
    known = sum(one.dollars is not None for one in found)
    rest = "" if known == len(found) else " and what is not known"
    return f"{Cost(known_sum(found))}{rest}"


def known_sum(found: Sequence[Spent]) -> Decimal:
    """Return the sum of the prices that are known."""
    return sum((one.dollars for one in found if one.dollars is not None), Decimal(0))
