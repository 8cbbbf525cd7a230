"""What was spent, as a page: by day as bars, by task and model as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.models.price import Cost
from sous.models.spent import known_sum, total_of
from sous.pages.chart import bars_of
from sous.pages.kit import page_from

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.models.spent import Spent

MADE_BY = "sous cost"


def page_of_spent(
    found: Sequence[Spent], days: Mapping[str, Sequence[Spent]], *, since: str | None
) -> str:
    """Return the page."""
    return page_from(
        "cost",
        title="What sous has spent",
        made_by=MADE_BY,
        since=since or "",
        total=total_of(found),
        calls=f"{sum(one.calls for one in found):,}",
        tokens=f"{sum(one.read + one.written for one in found):,}",
        days=_bars(days),
        rows=[{"id": "", "cells": [*_names(one), *_counts(one), _price(one)]} for one in found],
        by_day=[
            {"id": "", "cells": [_cell(day), _number(_calls(each)), _total(each)]}
            for day, each in days.items()
        ],
    )


def _cell(text: str) -> dict[str, Any]:
    return {"value": text, "shown": text}


def _number(count: int) -> dict[str, Any]:
    return {"value": count, "shown": f"{count:,}"}


def _names(one: Spent) -> list[dict[str, Any]]:
    return [_cell(one.task), _cell(one.model)]


def _counts(one: Spent) -> list[dict[str, Any]]:
    return [_number(count) for count in (one.calls, one.read, one.cached, one.written)]


def _price(one: Spent) -> dict[str, Any]:
    return {
        "value": -1 if one.dollars is None else float(one.dollars),
        "shown": str(Cost(one.dollars)),
    }


def _calls(found: Sequence[Spent]) -> int:
    return sum(one.calls for one in found)


def _total(found: Sequence[Spent]) -> dict[str, Any]:
    return {"value": float(known_sum(found)), "shown": total_of(found)}


def _bars(days: Mapping[str, Sequence[Spent]]) -> list[dict[str, Any]]:
    """Return a bar for each day; none where nothing that is known was spent."""
    told = {
        day: f"{day}: {total_of(found)}, {_calls(found):,} calls" for day, found in days.items()
    }
    return bars_of({day: float(known_sum(found)) for day, found in days.items()}, told)
