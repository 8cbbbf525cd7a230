"""The lines of a plan, and which of them are code."""

from __future__ import annotations

import pytest

from sous.plan.page import Page, says_plan


def test_code_is_known_where_fences_are_sound() -> None:
    page = Page("a\n```\n\nb\n```\n# C\n")
    assert page.is_sound
    assert [at for at in range(6) if page.is_code(at)] == [1, 2, 3, 4]
    assert [at for at in range(6) if page.is_first_in_code(at)] == [3]
    assert page.heading_level(5) == 1
    assert not Page("```\na\n").is_sound


def test_comments_and_front_matter_are_hidden() -> None:
    page = Page("---\na: b\n---\n<!--\nc\n-->\nd\n")
    assert [at for at in range(7) if not page.hidden(at)] == [6]


def test_a_plan_in_one_fence_is_unwrapped() -> None:
    page = Page("Here:\n\n````markdown\n# A\n\n```py\nx\n```\n\n# B\n````\n").unwrapped()
    assert page
    assert [at for at in range(10) if page.is_code(at)] == [5, 6, 7]
    assert page.end == 10
    assert Page("```py\na\nb\nc\n```\n").unwrapped() is None


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Implementation Plan: REST API", True),
        ("Plan for the code review", True),
        ("Tasks and Folder Conventions", True),
        ("Roadmap (draft)", True),
        ("Task Generation Rules", False),
        ("Research Summary for the Plan Review", False),
        ("Report of the tasks", False),
    ],
)
def test_a_title_says_plan_where_that_is_what_it_names(title: str, said: bool) -> None:
    assert says_plan(title) is said
