from __future__ import annotations

import pytest

from sous.plan.boxes import read_boxes
from sous.plan.ticked import NamedStep, ticked_elsewhere

STEPS = [NamedStep("1", "Add a table"), NamedStep("2", "Add a page"), NamedStep("3", "Add a page")]


@pytest.mark.parametrize(
    ("box", "places"),
    [
        ("- [x] Step 1: Add a table", {0}),
        ("- [x] Add a table", {0}),
        ("- [x] Step 2", {1}),
        ("- [x] Add a page", set()),
        ("- [x] Add a table and chairs", set()),
        ("- [ ] Step 1", set()),
    ],
)
def test_a_ticked_box_names_one_step(box: str, places: set[int]) -> None:
    assert ticked_elsewhere(read_boxes(box), STEPS) == places
