"""Which answers contradict each other, read from what a model says."""

from __future__ import annotations

import pytest

from sous.asking.contradictions import PAIRS, contradictions_in, interview_text, waits, worded
from sous.team.interviews import SharedInterview, SharedTurn

TURNS = [
    SharedTurn("aaaa", "Who?", "Me.", "Ann", "w1", 1),
    SharedTurn("bbbb", "How long?", "A year.", "Bob", "w2", 2),
    SharedTurn("cccc", "Where?", "In a file,\nfor ever.", "Ann", "w1", 3),
    SharedTurn("eeee", "Which holds?", "Ten years.", "Bob", "w2", 4, ("bbbb", "cccc"), ("Bob",)),
    SharedTurn("dddd", "How much?"),
]
INTERVIEW = SharedInterview("links", "Short links.", turns={turn.id: turn for turn in TURNS})
BEFORE = SharedInterview("links", "Short links.", turns={turn.id: turn for turn in (*TURNS[:3], TURNS[4])})


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("NONE", []),
        ("2 x 3: For ever, or a year?", [("bbbb", "cccc")]),
        ("- **3 and 2**: For ever?\n1 x 9: Beyond?", []),
        ("`3 & 2`: x", []),
        ("* 3 x 2. For ever?\n2 x 3: The same again?", [("cccc", "bbbb")]),
        ("1 x 3: Of one person?\n0 x 2: None?\n2 x 2: Itself?", []),
        ("99999 x 2: Too large?", []),
    ],
)
def test_pairs_of_different_people_are_read_once(text: str, pairs: list[tuple[str, str]]) -> None:
    assert [turn.between for turn in contradictions_in(BEFORE, text)] == pairs


def test_what_was_decided_is_no_contradiction_again() -> None:
    assert contradictions_in(INTERVIEW, "2 x 3: For ever?\n3 x 4: Ten years?") == []


@pytest.mark.parametrize(
    ("text", "is_one"), [("none.", True), ("1 x 2: So?", True), ("All is fine.", False), ("", False)]
)
def test_only_pairs_or_none_are_an_answer(text: str, is_one: bool) -> None:
    assert (PAIRS.missing(text) is None) == is_one


def test_a_model_reads_who_said_what_and_what_others_are_asked() -> None:
    text = interview_text(INTERVIEW)
    assert "Question 2: How long?\n\nAnswer 2 (Bob): A year.\n\nQuestion 3" in text
    assert text.endswith("# Asked of somebody else, and not answered yet\n\n- How much?\n")


def test_both_answers_are_shown_and_what_was_decided() -> None:
    asked = worded(INTERVIEW, TURNS[3])
    assert "- Bob, to 'How long?': A year.\n- Ann, to 'Where?': In a file, for ever.\nWhich holds?" in asked
    assert asked.endswith("Bob decided: Ten years.\nSay which is right, or skip to agree.")
    assert worded(INTERVIEW, TURNS[4]) == "How much?"


def test_it_is_told_what_a_spec_waits_for() -> None:
    found = waits(INTERVIEW, lambda one: "Cleo" if one == "dddd" else "")
    assert found == ["Cleo is asked 'How much?'", "Ann has not seen that Bob decided 'Which holds?'"]
