"""Which step is taken, and what is said where none can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.team.claims import Claim
from sous.team.taking import chosen, take, take_chosen, why_none

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def test_the_next_is_one_that_meets_nobody(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    _, first = take_chosen(one)
    _, second = take_chosen(two)
    assert (first.planned.step.number, second.planned.step.number) == ("1", "4"), "step 3 changes the file of step 1"
    assert two.claims.fetch()[second.id].agent == "by hand"


def test_what_is_ours_is_renewed_by_its_name(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    _, step = take_chosen(one, "1")
    before = one.claims.fetch()[step.id].commit
    take_chosen(one, "1")
    assert one.claims.fetch()[step.id].commit != before
    with pytest.raises(SousError, match="is claimed by Ann on"):
        take_chosen(two, "1")
    with pytest.raises(SousError, match="builds on what is not done: Step 1: Add"):
        take_chosen(two, "2")
    with pytest.raises(SousError, match="has no step '9'"):
        take_chosen(two, "9")


def test_that_nothing_is_ready_says_why(member: Callable[[str], Team]) -> None:
    team = member("a")
    for number in "134":
        take_chosen(team, number)
    with pytest.raises(SousError, match="no step is ready: 4 are claimed, or wait for such"):
        chosen(team, team.look())
    assert "need a person" not in why_none(team.look())


def test_a_race_is_lost_by_one(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = two.look().find("1")
    assert take(one, one.look().find("1"), agent="x")
    assert take(two, step, agent="x") is None


def test_workers_of_a_checkout_are_told_apart(member: Callable[[str], Team]) -> None:
    team = member("a")
    claim = Claim("k7f3", f"{team.worker}-3")
    assert (team.is_ours(claim), team.is_of_a_worker(claim)) == (False, 3)
    others = (None, Claim("k7f3", team.worker), Claim("k7f3", "other-3"), Claim("k7f3", f"{team.worker}-x"))
    assert [team.is_of_a_worker(one) for one in others] == [0, 0, 0, 0]
