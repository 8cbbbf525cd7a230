"""Bars over time, as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH, _HEIGHT, _GAP, _WIDEST = 1000, 160, 0.15, 60


def bars_of(values: Mapping[str, float], told: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a bar for each day, with what is told of it; none where all values are 0."""
    most = max(values.values(), default=0.0)
    if not most:
        return []
    each = _WIDTH / len(values)
    width = min(each * (1 - _GAP), _WIDEST)
    heights = {day: max(1.0, value / most * _HEIGHT) for day, value in values.items()}
    return [
        {
            "day": day,
            "x": round(number * each, 1),
            "y": round(_HEIGHT - height, 1),
            "width": round(width, 1),
            "height": round(height, 1),
            "told": told[day],
        }
        for number, (day, height) in enumerate(heights.items())
    ]
