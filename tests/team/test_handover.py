"""Work in progress is published, read as data, and brought into another clone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene import git
from sous.team.claims import Claim
from sous.team.handover import Handover, in_words, read, written
from sous.team.landing import land
from sous.team.member import TOMBSTONE, Membership, commit_at
from sous.team.probe import IN_BRANCHES
from sous.team.shared import Team
from sous.team.taking import give_up, take

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" \n:"), max_size=80)


@given(TEXT, TEXT, TEXT)
def test_what_is_written_is_read(say: str, problems: str, log: str) -> None:
    work = Handover("k7f3", "w1", "Ann", "h", "aider", "board", "2", "red", say, problems, log)
    found = read("k7f3", "", written(work))
    assert (found.worker, found.person, found.to, found.tries, found.why) == ("w1", "Ann", "board", "2", "red")
    assert [found.say, found.problems, found.log] == [text.strip("\n") for text in (say, problems, log)]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "work k7f3\n\nworker: w\nsay:\n \x1b]0;pwned\x07\n" + " x" * 100_000,
        "worker: a\nworker: b\nbase: HEAD\ntree: x\nid: other\n lost line\nsay\n: :\n",
        "log:\n" + " y\n" * 90_000,
    ],
    ids=["nothing", "escapes", "odd keys", "long"],
)
def test_foreign_text_is_cut_short_and_cleaned(message: str) -> None:
    found = read("k7f3", "c", message)
    assert (found.id, found.base, found.tree, found.commit) == ("k7f3", "", "", "c")
    assert len(written(found)) < 60_000
    assert "\x1b" not in written(found) + in_words(found)
    assert found.worker in ("", "w", "a")


def test_what_one_clone_publishes_the_other_has_to_the_byte(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = one.look().ready[0]
    (one.root / "calc.py").write_bytes(b"x = 1\r\n\xff")
    git(one.root, "add", "calc.py")
    git(one.root, "commit", "-qm", "work")
    head = commit_at(one.root)
    tree = git(one.root, "rev-parse", "HEAD^{tree}").strip()
    made = one.handovers.made(Handover(step.id, one.worker, "Ann", to="board", say="careful", base=head, tree=tree))
    assert one.repository.push([one.handovers.update_to(made)])
    seen = two.look().find(step.id)
    assert seen.is_handed_over
    assert seen not in two.look().ready, "who takes the next step does not begin it afresh"
    assert seen.work == made
    assert two.repository.file_at(made.commit, "calc.py") == b"x = 1\r\n\xff"


def test_what_needs_a_person_is_left_alone_by_agents_until_it_is_forgotten(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step, tip = one.look().find("1"), one.look().tip
    for why in ("first", "2 tests fail"):
        work = Handover(step.id, one.worker, why=why, base=tip, tree=one.repository.tree_of(tip))
        assert give_up(one, work, None)
        one.look()
    shared = two.look()
    there = shared.find("1")
    assert (there.needs, shared.state_of(there)) == ("2 tests fail", "needs a person")
    assert there not in shared.ready
    assert take(two, there, agent="by hand"), "a person may"
    assert two.look().state_of(two.look().find("1")) == "claimed"
    assert there.work
    assert not one.handovers.forget(Handover(step.id, "", commit=tip)), "it is another by now"
    assert two.handovers.forget(there.work)
    assert one.look().find("1").needs == ""


def test_what_is_only_published_needs_nobody(member: Callable[[str], Team]) -> None:
    team = member("a")
    step, tip = team.look().find("1"), team.look().tip
    work = Handover(step.id, team.worker, base=tip, tree=team.repository.tree_of(tip))
    assert give_up(team, work, None)
    assert team.look().find("1") in team.look().ready


def test_of_two_who_publish_at_once_one_is_refused(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = one.look().ready[0]
    two.look()
    base, tree = git(one.root, "rev-parse", "HEAD", "HEAD^{tree}").split()
    works = [
        team.handovers.made(Handover(step.id, team.worker, base=base, tree=tree, say=team.root.name))
        for team in (one, two)
    ]
    assert one.repository.push([one.handovers.update_to(works[0])])
    assert not two.repository.push([two.handovers.update_to(works[1])])


def test_what_is_no_work_below_the_name_is_left_out(member: Callable[[str], Team]) -> None:
    team = member("a")
    blob = git(team.root, "hash-object", "-w", "calc.py").strip()
    for name in (team.look().steps[0].id, "x", "..odd"):
        if name != "..odd":
            git(team.root, "push", "-q", "origin", f"{blob}:refs/sous/wip/{name}")
    assert [step.work for step in team.look().steps] == [None] * 4


def test_published_work_goes_when_the_step_lands(member: Callable[[str], Team]) -> None:
    team = member("a")
    step = team.look().find("1")
    assert team.claims.take(Claim(step.id, team.worker))
    (team.root / "calc.py").write_text("x = 1\n")
    git(team.root, "commit", "-qam", "work")
    base, tree = git(team.root, "rev-parse", "HEAD~1", "HEAD^{tree}").split()
    made = team.handovers.made(Handover(step.id, team.worker, base=base, tree=tree))
    assert team.repository.push([team.handovers.update_to(made)])
    land(team, step, commit_at(team.root), tests="", is_green=lambda _: None)
    assert team.look().find("1").work is None


def test_it_is_told_what_was_tried_and_by_whom() -> None:
    work = Handover("k7f3", "w", "Ann", agent="aider", tries="3", say="mind\nthe gap", problems="# red")
    told = in_words(work)
    assert "By Ann with aider, after 3 tries" in told
    assert "> mind\n> the gap" in told
    assert "> # red" in told


def test_what_is_published_and_the_end_of_the_claim_are_one(member: Callable[[str], Team]) -> None:
    team = member("a")
    step, tip = team.look().find("1"), team.look().tip
    claim = team.claims.take(Claim(step.id, team.worker))
    assert claim
    work = Handover(step.id, team.worker, why="red", base=tip, tree=team.repository.tree_of(tip))
    hook = team.root.parent / "remote.git" / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    for refused in ("refs/sous/wip/*", "refs/sous/claims/*"):
        hook.write_text(f'#!/bin/sh\ncase "$1" in {refused}) exit 1; esac\n')
        hook.chmod(0o755)
        assert give_up(team, work, claim) is None
        there = team.look().find("1")
        assert (there.work, there.claim) == (None, claim), "neither"
    hook.unlink()
    assert give_up(team, work, claim)
    assert team.look().state_of(team.look().find("1")) == "needs a person"
    assert give_up(team, work, claim) is None, "the claim has ended"


def test_where_nothing_is_deleted_a_commit_ends_what_was_handed_over(
    clone: Callable[[str], Path], member: Callable[[str], Team]
) -> None:
    remote = member("a").root.parent / "remote.git"
    for setting in ("receive.hideRefs=refs/sous", "receive.denyDeletes=true", "receive.denyNonFastForwards=true"):
        git(remote, "config", *setting.split("="))
    membership = Membership("origin", "prompt_plan.md", "sous/prompt_plan", IN_BRANCHES, TOMBSTONE)
    one, two = (Team(clone(name), membership) for name in "bc")
    step, tip = one.look().find("1"), one.look().tip
    for why in ("first", "second"):
        claim = one.claims.take(Claim(step.id, one.worker))
        assert claim
        work = Handover(step.id, one.worker, why=why, base=tip, tree=one.repository.tree_of(tip))
        assert give_up(one, work, claim)
        shared = two.look()
        assert shared.find("1").needs == why
        assert two.handovers.forget(two.handovers.last_seen[step.id])
        for team in (one, two):
            assert team.look().find("1").work is None, "its end is read"
            assert team.handovers.end_of(step.id) == []
    claim = two.claims.take(Claim(step.id, two.worker))
    assert claim
    assert give_up(two, replace(work, worker=two.worker), None)
    (two.root / "calc.py").write_text("x = 1\n")
    git(two.root, "commit", "-qam", "work")
    land(two, two.look().find("1"), commit_at(two.root), tests="", is_green=lambda _: None)
    assert one.look().find("1").work is None
