"""Which step is taken, and what is said where none can be had."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.team.adding import dismiss
from sous.team.claims import Claim
from sous.team.handover import Handover
from sous.team.landing import land
from sous.team.lease import BEAT
from sous.team.member import commit_at
from sous.team.shared import LANDING, Shared, Team
from sous.team.taking import chosen, keep_by_hand, take, take_chosen, why_none

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import TeamStep


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
    with pytest.raises(SousError, match="builds on steps that are not done: Step 1: Add"):
        take_chosen(two, "2")
    with pytest.raises(SousError, match="has no step '9'"):
        take_chosen(two, "9")


def test_that_nothing_is_ready_says_why(member: Callable[[str], Team]) -> None:
    team = member("a")
    for number in "134":
        take_chosen(team, number)
    with pytest.raises(SousError, match="no step is ready: 4 are claimed or blocked"):
        chosen(team, team.look())


def test_where_a_plan_does_not_say_what_builds_on_what_that_is_told(member: Callable[[str], Team]) -> None:
    shared = member("a").look()
    plain = [replace(one, planned=replace(one.planned, builds_on=(), builds_on_text="")) for one in shared.steps]
    assert "each waits for all before it: `- **Builds on:** nothing`" in why_none(Shared(shared.tip, plain))
    assert "all before it" not in why_none(shared)


def test_what_needs_a_person_is_named_with_the_command(member: Callable[[str], Team]) -> None:
    shared = member("a").look()
    left = [replace(one, work=Handover(one.id, "w", "Bob", why="stuck")) for one in shared.steps]
    ids = [one.id for one in left]
    only = Shared(shared.tip, [shared.steps[1], left[3]])
    assert why_none(only) == f"1 is claimed or blocked; Step 4: Docs (`sous take {ids[3]}`) needs a person"
    assert why_none(Shared(shared.tip, left)).endswith(f"(`sous take {ids[2]}`), 1 more need a person")


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


def test_a_step_that_is_given_back_just_then_is_taken(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = member("a"), member("b")
    shared = one.look()
    theirs = two.claims.take(Claim(shared.find("1").id, two.worker))
    assert theirs is not None
    fetch = one.claims.fetch

    def late(*more: str) -> dict[str, Claim]:
        two.claims.release(theirs)  # between our push and our look at who was first
        return fetch(*more)

    monkeypatch.setattr(one.claims, "fetch", late)
    assert take(one, shared.find("1"), agent="x")


def test_a_claim_says_what_it_began_on(member: Callable[[str], Team]) -> None:
    team = member("a")
    shared, step = take_chosen(team)
    assert team.claims.fetch()[step.id].base == shared.tip


def test_what_was_done_since_we_looked_is_not_ours(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    old = one.look().find("4")
    take_chosen(two, "4")
    (two.root / "docs.md").write_text("# Docs\n")
    git(two.root, "add", ".")
    git(two.root, "commit", "-qm", "work")
    land(two, two.look().find("4"), commit_at(two.root), tests="", is_green=lambda _commit: None)
    assert take(one, old, agent="x") is None
    assert two.claims.fetch() == {}


def test_whoever_runs_sous_in_a_clone_holds_what_they_claimed_there(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    team = member("a")
    _, by_hand = take_chosen(team, "1")
    _, by_agent = take_chosen(team, "3", agent="aider")
    keep_by_hand(team, team.look())
    before = team.claims.fetch()
    began = time.monotonic()
    monkeypatch.setattr("sous.team.lease.time.monotonic", lambda: began + 2 * BEAT)
    keep_by_hand(team, team.look())
    after = team.claims.fetch()
    assert after[by_hand.id].commit != before[by_hand.id].commit
    assert after[by_agent.id] == before[by_agent.id], "its agent renews it"
    assert team.claims.take(Claim(LANDING, team.worker))
    monkeypatch.setattr("sous.team.lease.time.monotonic", lambda: began + 9 * BEAT)
    keep_by_hand(team, team.look())
    assert team.claims.fetch()[by_hand.id] == after[by_hand.id], "it lands, and is renewed by that"


def test_what_another_process_of_the_clone_renewed_is_not_lost(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    same = Team(one.root, one.membership)
    _, step = take_chosen(one, "1")
    held = one.claims.last_seen[step.id]
    assert same.renew(same.look().find("1").claim or held)
    renewed = one.renew(held)
    assert renewed
    assert two.claims.take(Claim(step.id, two.worker), over=two.claims.fetch()[step.id].commit)
    assert one.renew(renewed) is None


def test_a_claim_of_who_left_is_taken_over_as_it_was_seen(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    _, held = take_chosen(one, "1")
    ways = (lambda: take_chosen(two, "1"), lambda: dismiss(two, "1", "no"))
    for way in ways:
        with pytest.raises(SousError, match=f"`sous claim {held.id} --over` takes it over"):
            way()
    asked: list[str] = []
    _, step = take_chosen(two, "1", agree=lambda step: asked.append(step.holder))
    assert len(asked) == 1, "what is ours, stale or free is not asked about"
    assert asked[0].startswith("Ann on ")
    assert two.is_ours(two.claims.fetch()[step.id])
    take_chosen(two, "1", agree=lambda step: asked.append(step.holder))
    take_chosen(two, "4", agree=lambda step: asked.append(step.holder))
    assert len(asked) == 1
    keep_by_hand(one, one.look())
    assert two.is_ours(one.claims.fetch()[step.id]), "whoever had it does not renew it"
    with pytest.raises(SousError, match="is claimed by Ann; if they left it, `sous claim"):
        land(one, held, commit_at(one.root), tests="", is_green=lambda _commit: None)


def test_who_shows_life_while_we_are_asked_keeps_the_step(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    take_chosen(one, "1")
    with pytest.raises(SousError, match="or renewed their claim"):
        take_chosen(two, "1", agree=lambda _step: take_chosen(one, "1") and None)
    assert one.is_ours(two.claims.fetch()[one.look().find("1").id])


def test_a_question_that_is_denied_leaves_the_step(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    _, held = take_chosen(one, "1")

    def deny(step: TeamStep) -> None:
        raise SousError(f"{step.id} stays theirs")

    with pytest.raises(SousError, match="stays theirs"):
        take_chosen(two, "1", agree=deny)
    with pytest.raises(SousError, match="builds on steps that are not done"):
        take_chosen(two, "2", agree=deny)
    assert one.is_ours(two.claims.fetch()[held.id])
