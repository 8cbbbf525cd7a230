from __future__ import annotations

import pytest

from sous.asking.interview import Move, meant
from sous.plan.hone import DECIDE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Yes, both.\n", "Yes, both."),
        ("skip", DECIDE),
        ("Back ", Move.BACK),
        ("ENOUGH", Move.ENOUGH),
        ("enough of that", "enough of that"),
    ],
)
def test_single_words_are_moves(text: str, expected: str | Move) -> None:
    assert meant(text) == expected
