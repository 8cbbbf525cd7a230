"""How the titles of one file are written, and what is left of them without it."""

from __future__ import annotations

import pytest

from sous.document.gather import read_outline
from sous.document.markdown import parse
from sous.items.habits import habits_of


@pytest.mark.parametrize(
    ("titles", "bare"),
    [
        (["[cart] it leaks", "[shop] it hangs"], ["it leaks", "it hangs"]),
        (["[cart] it leaks", "it hangs", "it dies"], ["[cart] it leaks", "it hangs", "it dies"]),
        (["it leaks (high)", "it hangs (low)"], ["it leaks", "it hangs"]),
        (["it leaks (again)", "it hangs (twice)"], ["it leaks (again)", "it hangs (twice)"]),
        (["Bug: it leaks", "Bug: it hangs"], ["it leaks", "it hangs"]),
    ],
)
def test_what_several_titles_share_is_no_part_of_them(titles: list[str], bare: list[str]) -> None:
    headings = read_outline(parse("".join(f"## {title}\n\n" for title in titles))).headings
    habits = habits_of(headings)
    assert [habits.said_in(heading, "").title for heading in headings] == bare


def test_a_severity_at_the_end_is_one() -> None:
    headings = read_outline(parse("## it leaks (high)\n\n## it hangs (low)\n")).headings
    assert [habits_of(headings).said_in(heading, "").severity for heading in headings] == ["high", "low"]
