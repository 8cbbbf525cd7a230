"""Plans whose titles are not counted."""

from __future__ import annotations

import pytest

from sous.plan.loose import loose_steps
from sous.plan.page import Page

BODY = "Write the parser, tests first, and wire it into main."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Parser\n\n1. text\nCopy\nEdit\n{BODY}\n", "Parser"),
        (f"## Groupe 1 - Base\n\n**Prompt :**\n\n> {BODY}\n", "Groupe 1 - Base"),
        (f"## Parser\n\n```text\n{BODY}\n```\n", "Parser"),
    ],
)
def test_a_step_is_read(text: str, title: str) -> None:
    assert [(step.title, step.prompt) for step in loose_steps(Page(text))] == [(title, BODY)]


def test_a_drawing_is_no_step() -> None:
    assert loose_steps(Page("## Design\n\n```text\nsrc/\n├── a.py\n├── b.py\n└── c.py\n```\n")) == []


def test_a_title_in_the_first_line_is_where_its_step_begins() -> None:
    assert [step.line for step in loose_steps(Page(f"## Parser\n\n```text\n{BODY}\n```\n"))] == [0]


@pytest.mark.parametrize("block", ["rates_of_the_agent name", "parser/{name}/by_code -> parser"])
def test_a_formula_is_no_step(block: str) -> None:
    assert loose_steps(Page(f"## 2.1 Rates\n\n```text\n{block}\n```\n")) == []


def test_what_a_sentence_shows_is_no_step() -> None:
    assert loose_steps(Page(f"It goes to the places that follow.\n\n```text\n{BODY}\n```\n")) == []


def test_the_only_block_of_a_long_document_is_an_example() -> None:
    assert loose_steps(Page("It says so.\n\n" * 9 + f"## Message\n\n```text\n{BODY}\n```\n")) == []


def test_the_only_block_of_a_long_document_that_says_prompt_is_one() -> None:
    text = "It says so.\n\n" * 20 + f"## Reader\n\n```prompt\n{BODY}\n```\n"
    assert [(step.title, step.prompt) for step in loose_steps(Page(text))] == [("Reader", BODY)]


@pytest.mark.parametrize("title", ["## Sort the names.", "Sort the names in one go.", "#### Sort, then print."])
def test_titles_that_all_end_as_a_sentence_are_titles(title: str) -> None:
    text = "# Work\n\n" + f"{title}\n\n```text\n{BODY}\n```\n\n" * 4
    assert len(loose_steps(Page(text))) == 4


def test_sentences_among_titles_and_text_are_none() -> None:
    block = f"\n\n```text\n{BODY}\n```\n\n"
    assert [step.title for step in loose_steps(Page(f"## Reader{block}## Sorter{block}It prints this.{block}"))] == [
        "Reader",
        "Sorter",
    ]
    assert loose_steps(Page(f"Words.\n\nMore words.\n\nIt prints this.{block}" * 2)) == []


def test_blocks_of_text_that_tell_nothing_are_prompts_where_the_document_is_of_prompts() -> None:
    text = "# {}\n\n## A\n\n```text\n{} after a run of the probe\nno rows\n```\n\n## B\n\n```text\nno errors were found\n```\n"
    assert loose_steps(Page(text.format("Results", "done"))) == []
    assert len(loose_steps(Page(text.format("Prompts", "done")))) == 2
    told = text.format("Results", "Say what came out of it.\ndone").replace("found", "found. Stop.")
    assert len(loose_steps(Page(told))) == 2
