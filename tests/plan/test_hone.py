from __future__ import annotations

import pytest

from sous.plan.covers import headings_of
from sous.plan.hone import first_question, is_asked_before, missing_sections, name_of, paragraphs


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("Who uses it?", "Who uses it?"),
        ("Thanks! Who uses it? And when?", "Thanks! Who uses it?"),
        ("1. Who uses it?\n2. When?\n3. Why?", "Who uses it?"),
        ("**Question 3:** Who uses it?", "Who uses it?"),
        ("Who uses it?\n\na) me\nb) you\n\nAnd when?", "Who uses it?\n\na) me\nb) you"),
        ("Who uses it?\n- only me?\n- all?", "Who uses it?"),
        ("Is `a?b=c` or http://x.example/?q=1 a link? Or both?", "Is `a?b=c` or http://x.example/?q=1 a link?"),
        ("Tell me who uses it.\n\nAnd when.", "Tell me who uses it."),
        ("誰が使いますか\uff1fいつ\uff1f", "誰が使いますか\uff1f"),
        ("DONE", None),
        ("**DONE.**\nThanks for all.", None),
        ("", None),
        ("Are you DONE?", "Are you DONE?"),
        ('Should a link like "what?" be kept, or refused?', 'Should a link like "what?" be kept, or refused?'),
        (
            "Is `a? b` one (or is it two? or three?) or not? And when?",
            "Is `a? b` one (or is it two? or three?) or not?",
        ),
        ("Meint \u201eWas?\u201c eine Frage? Und wann?", "Meint \u201eWas?\u201c eine Frage?"),
        ("It isn't clear: who's the user? What's next?", "It isn't clear: who's the user?"),
        ("Great, that is all that I need to know. DONE", None),
        ("Thank you! Who? I see, all is said.\n\n`DONE`.", None),
        ("I have enough information to write the specification.", None),
        ("Thanks, I now have everything I need.", None),
        ("I have enough to begin, but who uses it?", "I have enough to begin, but who uses it?"),
        ("# Links\n\n## Requirements\n\n" + "Make short links. Why? So.\n" * 40 + "\n## Data\n\nNone.\n", None),
    ],
)
def test_several_questions_are_cut_to_the_first(answer: str, question: str | None) -> None:
    assert first_question(answer) == question


def test_a_question_is_the_same_whatever_its_marks() -> None:
    turns = [("Who uses **it**?", "me")]
    assert is_asked_before("who uses it ?", turns)
    assert not is_asked_before("Who else uses it?", turns)


def test_an_answer_is_a_paragraph() -> None:
    assert paragraphs("one\r\nstill one\r\n\r\n\r\ntwo\n \n\nthree") == ["one\nstill one", "two", "three"]


def test_a_name_is_a_safe_file_name() -> None:
    assert name_of("A URL shortener: ../../etc, with statistics and more") == "a-url-shortener-etc-with-statistics"
    assert name_of("短縮") == "idea"


def test_what_a_developer_needs_is_looked_for() -> None:
    assert missing_sections("# X\n\n## Requirements\n\n## Tests\n") == [
        "architecture",
        "data handling",
        "error handling",
    ]


def test_headings_that_ask_for_something_are_those_with_text() -> None:
    spec = (
        "# X\n\n## 1. Overview\n\ntalk\n\n## Parts\n\n### Store\n\ntext\n\n```\n## no heading\n```\n\n"
        "## API\n\n```\nGET /\n```\n"
    )
    assert [heading.text for heading in headings_of(spec) if heading.asks] == ["Store", "API"]
