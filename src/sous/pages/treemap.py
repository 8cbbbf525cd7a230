"""A squarified treemap: rectangles whose areas are as the weights, none of them thin.

After Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rectangle(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


def squarified(weights: Sequence[float], box: Rectangle) -> list[Rectangle]:
    """Return a rectangle within `box` for each weight; weights are positive, the largest first."""
    scale = box.width * box.height / sum(weights) if weights else 0.0
    areas = [weight * scale for weight in weights]
    found: list[Rectangle] = []
    at = 0
    while at < len(areas):
        short = min(box.width, box.height)
        end = at + 1
        while end < len(areas) and _worst(areas[at : end + 1], short) <= _worst(
            areas[at:end], short
        ):
            end += 1
        row, box = _laid(areas[at:end], box)
        found += row
        at = end
    return found


def _worst(row: Sequence[float], short: float) -> float:
    """Return how thin the thinnest of a row is, beside an edge of this length."""
    total = sum(row)
    if not total or not short:
        return float("inf")
    return max(short**2 * max(row) / total**2, total**2 / (short**2 * min(row)))


def _laid(row: Sequence[float], box: Rectangle) -> tuple[list[Rectangle], Rectangle]:
    """Return the rectangles of a row along the shorter edge, and what is left of the box."""
    total, short = sum(row), min(box.width, box.height)
    deep = total / short if short else 0.0
    found, at = [], 0.0
    for area in row:
        long = area / deep if deep else 0.0
        if box.width >= box.height:
            found.append(Rectangle(box.x, box.y + at, deep, long))
        else:
            found.append(Rectangle(box.x + at, box.y, long, deep))
        at += long
    if box.width >= box.height:
        return found, Rectangle(box.x + deep, box.y, max(0.0, box.width - deep), box.height)
    return found, Rectangle(box.x, box.y + deep, box.width, max(0.0, box.height - deep))
