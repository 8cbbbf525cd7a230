"""What needs the one who watches is told once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scene import git
from sous.commands import board, watch
from sous.errors import SousError
from sous.git_wire import RemoteAway
from sous.team import watching
from sous.team.claims import Claim
from sous.team.handover import Handover
from sous.team.interviews import SharedInterview, SharedTurn
from sous.team.lease import BEAT
from sous.team.overlap import Overlap, WorkedOn
from sous.team.records import StepRecord, written
from sous.team.taking import take_chosen
from sous.team.watching import Event, new_events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from sous.team.shared import Team


def told(team: Team, overlaps: Sequence[Overlap] = ()) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in new_events(team, team.look(), overlaps)]


def hand_over(team: Team, number: str, to: str, say: str = "") -> None:
    step = team.look().find(number)
    base, tree = git(team.root, "rev-parse", "HEAD", "HEAD^{tree}").split()
    made = team.handovers.made(Handover(step.id, team.worker, "Bob", to=to, say=say, base=base, tree=tree))
    assert team.repository.push([team.handovers.update_to(made)])


def test_a_step_that_is_handed_to_me_or_to_anybody_is_told_once(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    assert told(one) == []
    hand_over(two, "1", "Ann", "look\nhere")
    hand_over(two, "3", "board")
    hand_over(two, "4", "Carol")
    assert told(one) == [("needs", "Bob, Step 1: Add: look here"), ("needs", "Bob, Step 3: Subtract")]
    assert told(one) == []
    assert told(two) == [], "who handed it over knows"
    hand_over(two, "1", "Ann", "again")
    assert told(one) == [("needs", "Bob, Step 1: Add: again")]


def test_who_takes_my_step_over_is_told(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    steps = {number: one.look().find(number) for number in "13"}
    mine = {number: one.claims.take(Claim(step.id, one.worker)) for number, step in steps.items()}
    assert told(one) == []
    assert mine["3"]
    hand_over(one, "3", "board")
    assert one.claims.release(mine["3"])
    for step in steps.values():
        claim = two.claims.fetch().get(step.id)
        assert two.claims.take(Claim(step.id, two.worker, "Bob"), over=claim.commit if claim else "")
    assert told(one) == [("lost", "Bob took over Step 1: Add")], "the other one was handed over"
    assert told(one) == []


def test_work_that_collides_is_told_again_when_it_came_back(member: Callable[[str], Team]) -> None:
    team = member("a")
    works = [WorkedOn("id01", "Step 1: A", "Bob"), WorkedOn("id02", "Step 2: B", "Ann", is_ours=True)]
    both = Overlap(works[0], works[1], ("calc.py",), is_conflict=True)
    expected = [("conflict", "Step 1: A of Bob and your Step 2: B change the same lines of calc.py")]
    assert told(team, [both]) == expected
    assert told(team, [both]) == []
    assert told(team, [Overlap(works[0], works[0], ("calc.py",), is_conflict=True)]) == []
    assert told(team, [both]) == expected


def test_an_answer_that_contradicts_mine_is_told_and_so_is_what_was_decided(member: Callable[[str], Team]) -> None:
    team = member("a")
    turns = [SharedTurn("aaaa", "A?", "Ever.", "Ann"), SharedTurn("bbbb", "B?", "A year.", "Bob")]
    open_ = SharedTurn("cccc", "Which holds?", between=("aaaa", "bbbb"))
    decided = SharedTurn("cccc", "Which holds?", "Ten\nyears.", "Bob", between=("aaaa", "bbbb"))

    def decide(turn: SharedTurn, ended: str = "") -> list[str]:
        found = SharedInterview("links", "Links.", turns={one.id: one for one in (*turns, turn)}, ended=ended)
        return [event.text for event in new_events(team, team.look(), [], [found])]

    assert decide(open_) == ["links: your answer and that of Bob contradict: Which holds?"]
    assert decide(open_) == []
    assert decide(decided) == ["links: your answer and that of Bob contradict: Which holds?; Bob decided: Ten years."]
    assert decide(open_, ended="Bob") == []
    assert decide(SharedTurn("cccc", "Which holds?", between=("aaaa", "bbbb"), shown=("Ann",))) == []


def test_the_end_is_told(member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch) -> None:
    team = member("a")
    shared = team.look()
    files: dict[str, bytes | None] = {
        f".sous-plan/done/{step.id}": written(StepRecord(step.id)).encode() for step in shared.steps
    }
    tree = team.repository.tree_with(shared.tip, files)
    commit = team.repository.commit("all", parents=[shared.tip], tree=tree)
    team.repository.git("push", "-q", team.repository.address, f"{commit}:refs/heads/sous/prompt_plan")
    monkeypatch.setattr(watching, "_MOST_KEPT", 1)
    assert told(team) == [("done", "all 4 steps are done")]
    assert told(team) == []


def test_words_of_others_are_one_short_line_in_variables_alone() -> None:
    found = Event("needs", "k", "k7f3", "Step 1", "Bob", "a\n$(touch x)\x1b[2J" + "y" * 9000).as_environment()
    assert found["SOUS_TEXT"].startswith("a $(touch x)\\x1b[2Jyyy")
    assert len(found["SOUS_TEXT"]) == 500
    assert set(found) == {"SOUS_EVENT", "SOUS_STEP", "SOUS_NAME", "SOUS_WHO", "SOUS_TEXT"}


def test_who_only_watches_renews_nothing_by_hand(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    team = member("a")
    _, step = take_chosen(team, "1")
    before = team.claims.fetch()[step.id]
    began = time.monotonic()
    monkeypatch.setattr("sous.team.lease.time.monotonic", lambda: began + 2 * BEAT)
    watch._look(team, "true")
    board._look(team, is_kept=False)
    assert team.claims.fetch()[step.id] == before
    board._look(team, is_kept=True)
    assert team.claims.fetch()[step.id] != before


def test_what_somebody_pushed_ends_no_watch(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    team = member("a")
    looks = iter((SousError("two steps have the id x"), SousError("two steps have the id x"), None, RemoteAway("away")))

    def look(_team: Team, _command: str | None) -> None:
        found = next(looks, KeyboardInterrupt())
        if found is not None:
            raise found

    monkeypatch.setattr(watch, "_look", look)
    watch.watch.callback(command=None, every=0.001, root=team.root, once=False)  # type: ignore[misc]
    assert capsys.readouterr().err.splitlines() == ["two steps have the id x; trying again", "away; trying again"]
