from __future__ import annotations

import pytest

from sous.plan.check import spec_headings
from sous.plan.hone import first_question, missing_sections, name_of, paragraphs


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
    ],
)
def test_several_questions_are_cut_to_the_first(answer: str, question: str | None) -> None:
    assert first_question(answer) == question


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
    assert spec_headings(spec) == ["Store", "API"]
