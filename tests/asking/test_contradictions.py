"""Which answers contradict each other, read from what a model says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sous.asking.contradictions import contradictions_in, interview_text, pairs_among, waits, worded
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
        ("- **3 and 2**: For ever?\n1 x 9: Beyond?", [("cccc", "bbbb")]),
        ("`3 & 2`: x", [("cccc", "bbbb")]),
        ("1. Answer 2 \u00d7 Answer 3 contradict: So?", [("bbbb", "cccc")]),
        ("I looked at all.\n\n2x3:\nFor ever?", [("bbbb", "cccc")]),
        ("(2 x 3) For ever?", [("bbbb", "cccc")]),
        ("NONE of 1 to 3 but this:\n2 vs. 3 - For ever?", [("bbbb", "cccc")]),
        ("2 people and 3 answers: fine. 2026-11: a date. 1-3 of them agree", []),
        ("* 3 x 2. For ever?\n2 x 3: The same again?", [("cccc", "bbbb")]),
        ("1 x 3: Of one person?\n0 x 2: None?\n2 x 2: Itself?", []),
        ("99999 x 2: Too large?", []),
    ],
)
def test_pairs_of_different_people_are_read_once(text: str, pairs: list[tuple[str, str]]) -> None:
    assert [turn.between for turn in contradictions_in(BEFORE, text)] == pairs


def test_what_was_decided_is_no_contradiction_again() -> None:
    assert contradictions_in(INTERVIEW, "2 x 3: For ever?\n3 x 4: Ten years?") == []


def test_what_was_decided_is_asked_again_once_somebody_answers_anew() -> None:
    anew = replace(INTERVIEW.turns["cccc"], answer="On paper.", at=5)
    there = replace(INTERVIEW, turns={**INTERVIEW.turns, "cccc": anew})
    assert [turn.between for turn in contradictions_in(there, "2 x 3: So?")] == [("bbbb", "cccc")]
    undecided = replace(there.turns["eeee"], answer="", at=0)
    asked = replace(there, turns={**there.turns, "eeee": undecided})
    assert contradictions_in(asked, "2 x 3: So?") == [], "it is asked still"


def test_the_question_of_a_pair_may_be_below_it_or_missing() -> None:
    found = contradictions_in(BEFORE, "**2 x 3:**\n\nFor ever, or a year?\n")
    assert [turn.question for turn in found] == ["For ever, or a year?"]
    assert contradictions_in(BEFORE, "2 x 3")[0].question == "Which of the two is right?"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("none.", ""),
        ("NONE, all agree", ""),
        ("None - the answers fit together.", ""),
        ("I compared all.\n\n**NONE**", ""),
        ("No two answers contradict each other.", ""),
        ("After comparing answers 1 to 3, none of them conflict.", ""),
        ("1 x 2: So?", ""),
        ("1 x 2: So?\n2 x 9: Beyond?", ""),
        ("All is fine.", "neither contradictions nor NONE"),
        ("Which database?", "neither contradictions nor NONE"),
        ("", "without any text"),
        ("2 x 9: Beyond?\n3 x 3: Itself?", "compared 2 x 9, 3 x 3, and there are 3 answers"),
    ],
)
def test_only_pairs_that_are_there_or_none_are_an_answer(text: str, wrong: str) -> None:
    told = pairs_among(3).missing(text)
    assert wrong in told if wrong and told else (told or "") == wrong


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
