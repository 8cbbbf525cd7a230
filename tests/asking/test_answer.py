"""From a raw reply to the text of a file: what is taken out, what is refused."""

from __future__ import annotations

import pytest

from sous.asking.answer import accepted
from sous.asking.expected import ANYTHING, DOCUMENT, FINDINGS, Expectation, readable
from sous.errors import UnusableAnswer
from sous.prompts.render import Prompt

READABLE = Expectation(readable)
GOOD = (
    "## Adding gives the difference\n\n- **Location:** `a.py:1-2`\n\n**Quote:**\n\n```python\nx\n```\n\nIt is wrong.\n"
)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("# A\n", "# A\n"),
        ("```markdown\n# A\n```", "# A\n"),
        ("```markdown\n# A\n\n## B\n\n## C\n\ntext\n```\nand more", "# A\n\n## B\n\n## C\n\ntext\n"),
    ],
    ids=["plain", "fenced", "fenced in part"],
)
def test_the_text_of_a_file_is_what_is_in_the_fence(reply: str, expected: str) -> None:
    assert accepted(reply, model="m", expectation=ANYTHING).text == expected


@pytest.mark.parametrize("reply", ["", " \n", "```markdown\n```", "<!-- nothing -->", "\u200b"])
def test_nothing_to_read_is_no_answer(reply: str) -> None:
    with pytest.raises(UnusableAnswer, match="^m sent an answer without any text"):
        accepted(reply, model="m", expectation=READABLE)


def test_what_is_missing_is_said_of_the_model() -> None:
    with pytest.raises(UnusableAnswer, match="^m sent no plan$"):
        accepted("Sorry.", model="m", expectation=Expectation(lambda _text: "sent no plan"))


def test_each_thing_that_was_taken_out_is_named_once() -> None:
    reply = f"\ufeff<think>\n## Idea\n</think>\nHere it is:\n\n```markdown\n{GOOD}```\n\nLet me know!<|im_end|>"
    found = accepted(reply, model="m", expectation=FINDINGS)
    assert found.text == GOOD
    assert found.without == ("control characters", "thinking", "end marks", "a fence")


def test_an_answer_as_asked_for_is_left_as_it_is() -> None:
    found = accepted(GOOD, model="m", expectation=FINDINGS)
    assert (found.text, found.without) == (GOOD, ())


def test_thinking_alone_is_said_to_be_no_answer() -> None:
    with pytest.raises(UnusableAnswer, match="^m sent only reasoning and no answer"):
        accepted(f"<think>\n{GOOD}", model="m", expectation=FINDINGS)


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, but I can't see any code. Please paste it here.\n",
        "Es tut mir leid, dabei kann ich nicht helfen.\n",
        "我无法完成这个请求。\n",
        "Je ne vois aucun fichier.\n\nVeuillez les envoyer.\n",
    ],
)
@pytest.mark.parametrize("expectation", [FINDINGS, DOCUMENT], ids=["report", "document"])
def test_an_excuse_is_known_by_its_shape(reply: str, expectation: Expectation) -> None:
    with pytest.raises(UnusableAnswer, match="^m did not do the task: "):
        accepted(reply, model="m", expectation=expectation)


@pytest.mark.parametrize("reply", ["## No findings\n", "No issues found.\n", "## No findings\n\nI read it all.\n"])
def test_that_nothing_was_found_is_an_answer(reply: str) -> None:
    assert accepted(reply, model="m", expectation=FINDINGS).text == reply


def test_an_answer_that_may_be_cut_and_has_no_finding_is_none() -> None:
    reply = "# Notes\n\nThe parser reads the file twice.\n"
    assert accepted(reply, model="m", expectation=FINDINGS).text == reply
    with pytest.raises(UnusableAnswer, match="^the answer of m is not complete: it ended oddly"):
        accepted(reply, model="m", expectation=FINDINGS, unfinished="it ended oddly")
    assert accepted(GOOD, model="m", expectation=FINDINGS, unfinished="it ended oddly").text == GOOD


def test_a_table_is_a_report() -> None:
    reply = "# Findings\n\n| File | Problem |\n|---|---|\n| a.py:3 | It subtracts. |\n"
    assert accepted(reply, model="m", expectation=FINDINGS).text == reply


@pytest.mark.parametrize(
    "reply", ["# A\n\n| File | Problem |\n|---|---|\n", "# Code Review\n", "# A\n\n## B\n", "```python\nx = 1\n```\n"]
)
def test_headings_or_code_alone_are_no_report(reply: str) -> None:
    with pytest.raises(UnusableAnswer, match="without any text"):
        accepted(reply, model="m", expectation=FINDINGS)


def test_a_loop_is_told_with_what_helps() -> None:
    with pytest.raises(UnusableAnswer, match="repeats itself again and again; another model or a lower temperature"):
        accepted(GOOD + "The code is not safe and should be fixed.\n\n" * 40, model="m", expectation=FINDINGS)


def test_the_task_sent_back_is_no_answer() -> None:
    task = "# The task\n\n" + "\n".join(f"Rule {number}: look at each function of the code." for number in range(9))
    with pytest.raises(UnusableAnswer, match="repeats its instructions"):
        accepted(f"{task}\n\n{GOOD}", model="m", expectation=FINDINGS, prompt=Prompt("code", task))


def test_an_odd_end_is_taken_where_the_text_is_complete() -> None:
    assert accepted(GOOD, model="m", expectation=FINDINGS, unfinished="it ended oddly").text == GOOD


def test_an_odd_end_in_the_midst_is_not_taken() -> None:
    with pytest.raises(UnusableAnswer, match="it ended oddly.*--accept-unfinished"):
        accepted(GOOD[:-12], model="m", expectation=FINDINGS, unfinished="it ended oddly")


def test_of_a_template_with_extract_only_the_code_is_taken() -> None:
    prompt = Prompt("", "do it", extract="first")
    found = accepted("Sure:\n\n```md\n# A\n\ntext\n```\n\nDone.", model="m", expectation=ANYTHING, prompt=prompt)
    assert (found.text, found.without) == ("# A\n\ntext\n", ("text around the code",))
