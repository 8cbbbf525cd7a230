"""Titles of one kind and word are siblings, each with the prompt below it and traits of where it stands."""

from __future__ import annotations

import pytest

from sous.plan.page import Page
from sous.plan.siblings import Siblings, TitleLines, grouped_titles, lines_of_steps
from sous.plan.titles import counted_titles

BODY = "\n\n```text\nWrite it.\n```\n\n"


READINGS = ("step", "prompt", "word phase")  # of a title: it is read in several ways


def groups(text: str) -> list[list[str]]:
    page = Page(text)
    read = [one for one in counted_titles(page) if one.title.kind == "heading" and one.word in READINGS]
    return [[one.title.text for one in group] for group in grouped_titles(page, read)]


def siblings(text: str) -> Siblings:
    page = Page(text)
    counted = list(counted_titles(page))
    steps = lines_of_steps(counted)
    known = TitleLines(steps, [one.title.line for one in counted], {}, sorted(steps))
    return Siblings(page, grouped_titles(page, counted)[0], known)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Step 1: A\n\n## Step 2: B\n", [["Step 1: A", "Step 2: B"]]),
        ("## Step 1: A\n\n## Phase 1: B\n", [["Step 1: A"], ["Phase 1: B"]]),
        ("## Step 1: A\n\n### Step 2: B\n", [["Step 1: A", "Step 2: B"]]),
        ("## Step 1: A\n\n### Step 1: B\n", [["Step 1: A"], ["Step 1: B"]]),
        ("## Prompt 1: A\n\n### Prompt 1: B\n", [["Prompt 1: A", "Prompt 1: B"]]),
    ],
    ids=["a word", "another word", "numbers go on a level deeper", "another level", "prompts of any level"],
)
def test_titles_of_one_kind_word_and_level_belong_together(text: str, expected: list[list[str]]) -> None:
    assert groups(text) == expected


def test_headings_called_steps_are_such_where_they_have_a_sibling() -> None:
    text = "# Step 1\n\n## Step 1: A\n\n## Step 2: B\n\n## Phase 1: C\n"
    assert lines_of_steps(counted_titles(Page(text))) == {2, 4}


def test_each_title_has_the_prompt_below_it_or_none() -> None:
    group = siblings(f"## Step 1: A{BODY}## Step 2: B\n\n## Step 3: C{BODY}")
    assert [(one.number, group.prompts[one][1].text) for one in group.members] == [
        ("1", "Write it."),
        ("3", "Write it."),
    ]
    assert [one.number for one in group.titles] == ["1", "2", "3"]


def test_a_title_that_is_said_again_counts_once_by_its_longer_name() -> None:
    group = siblings(f"## Step 1\n\n## Step 1: A{BODY}## Step 2: B{BODY}")
    assert [(one.number, one.text) for one in group.titles] == [("1", "A"), ("2", "B")]


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        (f"# Implementation plan\n\n## Task 1: A{BODY}## Task 2: B{BODY}", "planned"),
        (f"## Step 1: A\n\n### Part 1: B{BODY}## Step 2: C{BODY}", "holds"),
        (f"# Notes\n\n## Task 1: A{BODY}## Task 2: B{BODY}", ""),
    ],
)
def test_where_a_title_stands_are_traits_of_it(text: str, trait: str) -> None:
    traits = set(siblings(text).members[0].traits)
    assert traits & {"planned", "holds"} == ({trait} if trait else set())
