"""What was spent, as a page: by day as bars, by task and model as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.models.price import Cost
from sous.models.spent import known_sum, total_of
from sous.pages.kit import page_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sous.models.spent import Spent

MADE_BY = "sous cost"
_WIDTH, _HEIGHT, _GAP = 1000, 160, 0.15


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
        days=list(_bars(days)),
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


def _bars(days: Mapping[str, Sequence[Spent]]) -> Iterator[dict[str, Any]]:
    """Yield a bar for each day; none where nothing that is known was spent."""
    sums = {day: float(known_sum(found)) for day, found in days.items()}
    most = max(sums.values(), default=0.0)
    if not most:
        return
    each = _WIDTH / len(days)
    width = min(each * (1 - _GAP), 60)
    for number, (day, found) in enumerate(days.items()):
        height = max(1.0, sums[day] / most * _HEIGHT)
        yield {
            "day": day,
            "x": round(number * each, 1),
            "y": round(_HEIGHT - height, 1),
            "width": round(width, 1),
            "height": round(height, 1),
            "told": f"{day}: {total_of(found)}, {_calls(found):,} calls",
        }
