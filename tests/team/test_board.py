"""Each step is in one column, with who works on it; what it cost is summed up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.team.board import COLUMNS, Board, Card, DayCost, board_of, costs_of, dollars, landings, lines_of
from sous.team.claims import WAITING, Claim
from sous.team.handover import Handover
from sous.team.landing import land
from sous.team.member import commit_at
from sous.team.overlap import overlaps
from sous.team.shared import LANDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def seen(team: Team) -> Board:
    shared = team.look()
    return board_of(team, shared, overlaps(team, shared))


def columns(board: Board) -> dict[str, list[str]]:
    return {name: [card.number for card in board.column(name)] for name in COLUMNS if board.column(name)}


def hand_over(team: Team, number: str, **more: str) -> None:
    step = team.look().find(number)
    base, tree = git(team.root, "rev-parse", "HEAD", "HEAD^{tree}").split()
    made = team.handovers.made(Handover(step.id, team.worker, "Ann", base=base, tree=tree, **more))
    assert team.repository.push([team.handovers.update_to(made)])


def test_each_step_is_in_one_column(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    assert columns(seen(one)) == {"ready": ["1", "3", "4"], "blocked": ["2"]}
    claim = Claim(
        seen(one).cards[0].id,
        one.worker,
        "Ann",
        "host",
        "aider",
        ("calc.py",),
        "",
        "2",
        "0.5",
        last="writing \x1b[1mcalc",
    )
    mine = one.claims.take(claim)
    assert mine
    board = seen(two)
    (running,) = board.column("running")
    assert running.details == [
        "Ann@host", "aider", "attempt 2", "calc.py", "writing \\x1b[1mcalc", "$0.50",
    ]  # fmt: skip
    assert columns(board) == {"running": ["1"], "ready": ["3", "4"], "blocked": ["2"]}
    assert seen(one).column("running")[0].details[0] == "you@host"

    waiting = one.claims.renew(replace(mine, doing=WAITING))
    assert waiting
    assert columns(seen(two))["waiting to land"] == ["1"]
    assert one.claims.renew(replace(waiting, doing=""))
    assert one.claims.take(Claim(LANDING, one.worker))
    assert seen(two).column("waiting to land")[0].note == "it is being tested"

    hand_over(two, "4", to="Bob", say="the links\nare wrong")
    (needs,) = seen(one).column("needs a person")
    assert (needs.person, needs.note) == ("Ann", "for Bob: the links are wrong")


def test_what_landed_has_its_commit_tests_and_day(member: Callable[[str], Team]) -> None:
    team = member("a")
    step = team.look().find("1")
    assert team.claims.take(Claim(step.id, team.worker, "Ann", agent="by hand"))
    (team.root / "calc.py").write_text("x = 1\n")
    git(team.root, "commit", "-qam", "work")
    landed = land(team, team.look().find("1"), commit_at(team.root), tests="pytest -q", is_green=lambda _: None)
    board = seen(team)
    (done,) = board.column("done")
    assert (done.person, done.commit, done.tests) == ("Ann", landed.commit, "pytest -q")
    assert len(done.day) == len("2026-01-01")
    assert columns(board) == {"done": ["1"], "ready": ["2", "3", "4"]}
    assert landings(team.repository, "0" * 40) == {}
    data = json.loads(json.dumps(board.as_json()))
    assert [one["column"] for one in data["steps"]] == ["done", "ready", "ready", "ready"]
    assert data["branch"] == "origin/sous/prompt_plan"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.25", 0.25), ("$1", 1.0), ("", None), ("nan", None), ("inf", None), ("-1", None), ("1e300", None), ("x", None)],
)
def test_a_cost_that_is_none_is_left_out(text: str, expected: float | None) -> None:
    assert dollars(text) == expected


def test_costs_are_summed_by_person_and_day() -> None:
    def card(person: str, cost: float | None, day: str) -> Card:
        return Card("k7f3", "1", "T", "Step 1: T", "done", person, cost=cost, day=day)

    found = costs_of(
        [card("Ann", 1, ""), card("Ann", 1, "2026-01-02"), card("Ann", 2, "2026-01-02"), card("B", None, "")]
    )
    assert found == [DayCost("Ann", "2026-01-02", 3), DayCost("Ann", "", 1)]


def test_it_is_shown_in_lines(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    for team, number in ((one, "1"), (two, "3")):
        step = team.look().find(number)
        assert team.claims.take(Claim(step.id, team.worker, team.root.name, cost="0.1", files=step.planned.files))
    lines = lines_of(seen(one))
    assert lines[0] == "prompt_plan.md on origin/sous/prompt_plan"
    assert "running (2)" in lines
    assert "  your Step 1: Add and Step 3: Subtract of b both change calc.py" in lines
    assert "  under way   $0.10  a" in lines
