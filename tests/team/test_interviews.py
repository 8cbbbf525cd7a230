"""Interviews that several people answer: read as data, merged without conflict, each question asked once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene import git
from sous.errors import SousError, UsageProblem
from sous.git_wire import RemoteAway
from sous.team.claims import Claim
from sous.team.interviews import (
    Interviews,
    SharedInterview,
    SharedTurn,
    check_name,
    file_of,
    new_turn,
    read,
    written,
)
from sous.team.lease import LEASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team

TEXT = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" \n:"), max_size=80)


def interviews(team: Team, person: str = "Ann") -> Interviews:
    found = Interviews(team.root, team.membership)
    found.person = person
    return found


def reply(one: Interviews, name: str, question: str, answer: str) -> SharedTurn:
    """Ask a question and answer it."""
    turn = new_turn(question)
    return one.answer(name, turn, answer).turns[turn.id]


@given(TEXT, TEXT, st.lists(st.sampled_from(["Ann", "Bob Ott"]), max_size=2))
def test_what_is_written_is_read(question: str, answer: str, shown: list[str]) -> None:
    turn = SharedTurn("k7f3", question, answer, "Ann", "w1", 4, ("aaaa", "bbbb"), tuple(shown))
    found = read("k7f3", written(turn).decode())
    assert found.question == (question.strip() or "(the question cannot be read)")
    assert (found.answer, found.between, found.at) == (answer.strip(), ("aaaa", "bbbb"), 4)
    assert found.shown == tuple(shown)


@pytest.mark.parametrize(
    "text",
    ["", "at: ²\nbetween: ../x\nanswer:\n \x1b[31mred\n", "at: " + "9" * 99, "question\nanswer: x\n : \n by\n"],
    ids=["nothing", "odd values", "a huge number", "no texts"],
)
def test_foreign_text_is_read_as_data(text: str) -> None:
    found = read("k7f3", text)
    assert (found.at, found.between) == (0, ())
    assert found.question == "(the question cannot be read)"
    assert "\x1b" not in found.answer


def test_an_answer_that_is_too_long_is_refused() -> None:
    with pytest.raises(SousError, match="too long for an answer"):
        written(SharedTurn("k7f3", "What?", "x" * 600_000, "Ann"))


@pytest.mark.parametrize("name", ["", "../x", "A b", "-x", "x" * 80, "a/b", "x.lock"])
def test_names_that_no_reference_has_are_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match="not a name for an interview"):
        check_name(name)


def test_answers_of_two_clones_merge(member: Callable[[str], Team]) -> None:
    one, two = interviews(member("a")), interviews(member("b"), "Bob")
    name = one.begin("links", "A shortener.\n\nShort.", poke=False)
    assert one.begin("links", "A shortener.\n\nShort.", poke=False) == name, "the answer to a push was lost"
    assert two.begin("links", "Other.", poke=True) == "links-2"
    assert two.look()["links-2"].poke
    reply(two, name, "Who?", "Me.")
    reply(one, name, "Where?", "Here,\n\nand there.")
    reply(two, name, "When?", "Now.")
    there = one.find(name)
    said = [(turn.question, turn.answer, turn.by) for turn in there.answered]
    assert said == [("Who?", "Me.", "Bob"), ("Where?", "Here,\n\nand there.", "Ann"), ("When?", "Now.", "Bob")]
    assert there.idea == "A shortener.\n\nShort."
    with pytest.raises(SousError, match="no interview 'x'; there are links"):
        one.find("x")


def test_changes_at_once_are_made_again_on_each_other(member: Callable[[str], Team]) -> None:
    one, two = interviews(member("a")), interviews(member("b"), "Bob")
    name = one.begin("links", "A shortener.", poke=False)
    between = [3]

    def slowly(there: SharedInterview) -> dict[str, bytes]:
        if between[0]:
            between[0] -= 1
            reply(two, name, f"Q{between[0]}?", "While the other one answers.")
        return file_of(SharedTurn("mine", "Mine?", "Yes.", "Ann", one.worker, 1 + len(there.turns)))

    there = one.put(name, slowly, "an answer")
    assert there
    assert [turn.at for turn in there.answered] == [1, 2, 3, 4]
    assert there.answered[-1].id == "mine"


def test_a_question_that_somebody_is_asked_is_nobody_elses(member: Callable[[str], Team]) -> None:
    one, two = interviews(member("a")), interviews(member("b"), "Bob")
    name = one.begin("links", "A shortener.", poke=False)
    turn = new_turn("Who?")
    one.put(name, lambda _: file_of(turn), "a question")
    claim = one.take(turn.id)
    assert claim
    two.look()
    assert (two.is_asked_elsewhere(turn.id), two.take(turn.id)) == ("Ann", None)
    assert one.is_asked_elsewhere(turn.id) == ""
    claim = one.renew(claim)
    assert claim

    one.answer(name, turn, "Me.", claim)
    there = two.find(name)
    assert (there.turns[turn.id].answer, two.is_asked_elsewhere(turn.id)) == ("Me.", "")
    assert one.put(name, lambda _: file_of(turn), "an answer", claim) is None, "the claim has ended"


def test_an_answer_to_what_somebody_else_was_asked_meanwhile_is_put_beside(member: Callable[[str], Team]) -> None:
    one, two = interviews(member("a")), interviews(member("b"), "Bob")
    name = one.begin("links", "A shortener.", poke=False)
    turn = new_turn("Who?")
    one.put(name, lambda _: file_of(turn), "a question")
    claim = one.take(turn.id)
    assert claim
    two.look()
    taken = two.claims.take(Claim(turn.id, two.worker, "Bob"), over=claim.commit)
    assert taken
    early = one.answer(name, turn, "Me.", claim)
    assert [(said.question, said.answer) for said in early.answered] == [("Who?", "Me.")]
    late = two.answer(name, turn, "You.", taken)
    assert [(said.by, said.answer) for said in late.answered] == [("Ann", "Me."), ("Bob", "You.")]
    after = one.answer(name, turn, "Both.")
    assert [said.answer for said in after.answered] == ["Me.", "You.", "Both."]


def test_who_is_gone_is_asked_no_more(member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = interviews(member("a")), interviews(member("b"), "Bob")
    one.begin("links", "A shortener.", poke=False)
    claim = one.take("abcd")
    two.look()
    monkeypatch.setattr("sous.team.lease.time.monotonic", lambda: LEASE * 1e6)
    two.look()
    assert claim
    assert two.is_asked_elsewhere("abcd") == ""
    assert two.take("abcd")
    assert one.renew(claim) is None


@pytest.mark.parametrize("is_away", [True, False])
def test_no_time_of_a_remote_that_is_away_counts(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch, *, is_away: bool
) -> None:
    one, two = interviews(member("a")), interviews(member("b"), "Bob")
    one.begin("links", "A shortener.", poke=False)
    assert one.take("abcd")
    two.look()
    if is_away:
        with monkeypatch.context() as cut:
            cut.setattr(two.repository, "address", f"{two.repository.address}-away")
            with pytest.raises(RemoteAway):
                two.look()
    later = time.monotonic() + 2 * LEASE
    monkeypatch.setattr("sous.team.lease.time.monotonic", lambda: later)
    two.look()
    assert two.is_asked_elsewhere("abcd") == ("Ann" if is_away else "")


def test_what_is_no_interview_is_left_out(member: Callable[[str], Team]) -> None:
    team = member("a")
    one = interviews(team)
    blob = git(team.root, "hash-object", "-w", "calc.py").strip()
    git(
        team.root,
        "push",
        "-q",
        "origin",
        f"{blob}:refs/sous/hone/blob",
        "HEAD:refs/sous/hone/code",
        "HEAD:refs/sous/hone/O",
    )
    assert one.look() == {}
