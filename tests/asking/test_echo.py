from __future__ import annotations

import pytest

from sous.asking.echo import is_echo
from sous.prompts.render import Prompt

LINES = [f"Rule {number}: look at each of the functions of the code, one by one." for number in range(12)]
PROMPT = Prompt("# Files\n\n" + "def add(a, b): return a + b\n" * 30, "\n\n# The task\n\n" + "\n".join(LINES))


@pytest.mark.parametrize(
    "text",
    [
        PROMPT.task,
        "\n".join(LINES[:6]),
        "> " + "\n> ".join(LINES[:3]),
        PROMPT.text,
        "Task:\n" + PROMPT.task + "\n## A\n",
    ],
    ids=["task", "half", "quoted", "all", "then more"],
)
def test_the_task_sent_back(text: str) -> None:
    assert is_echo(text, PROMPT)


@pytest.mark.parametrize(
    "text", [LINES[0], "## A\n\n" + "\n".join(LINES[:2]) + "\n\n" + "It is wrong. " * 40, "## A\n", ""]
)
def test_an_answer_that_quotes_a_line_is_none(text: str) -> None:
    assert not is_echo(text, PROMPT)
