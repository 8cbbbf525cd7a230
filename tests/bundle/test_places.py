from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from sous.bundle.places import Places, anything, either, name_char, one_of, sequence, star

if TYPE_CHECKING:
    from sous.bundle.places import Match


@pytest.mark.parametrize(
    ("match", "ends"),
    [
        (partial(one_of, "a"), 0b00010),
        (partial(one_of, re.compile("[ab]")), 0b00010),
        (partial(one_of, "b"), 0),
        (name_char, 0b00010),
        (star, 0b00111),
        (anything, 0b11111),
        (sequence(star, partial(one_of, "/")), 0b01000),
        (partial(either, (star, anything)), 0b11111),
        (sequence(), 0b00001),
    ],
)
def test_where_a_match_from_the_start_ends(match: Match, ends: int) -> None:
    assert match(Places("ab/c"), 1) == ends


def test_a_star_spreads_from_several_places_at_once() -> None:
    assert star(Places("abc/d"), 0b000011) == 0b001111
    assert star(Places("abc/d"), 0b010001) == 0b111111
