"""Treemaps: areas as the weights, nothing overlaps, nothing sticks out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.pages.treemap import Rectangle, squarified

WHOLE = Rectangle(0, 0, 1000, 560)


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=60))
def test_areas_are_as_the_weights_and_nothing_overlaps(weights: list[int]) -> None:
    weights.sort(reverse=True)
    boxes = squarified(weights, WHOLE)
    for weight, box in zip(weights, boxes, strict=True):
        assert box.width * box.height == pytest.approx(1000 * 560 * weight / sum(weights), rel=1e-6)
        assert -1e-6 <= box.x <= box.x + box.width <= 1000 + 1e-6
        assert -1e-6 <= box.y <= box.y + box.height <= 560 + 1e-6
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(across, down) < 1e-6


def test_even_weights_make_no_thin_boxes_and_none_makes_nothing() -> None:
    assert squarified([], WHOLE) == []
    assert all(max(box.width / box.height, box.height / box.width) < 3 for box in squarified([5] * 30, WHOLE))
