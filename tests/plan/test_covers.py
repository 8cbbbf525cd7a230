from __future__ import annotations

import pytest

from sous.plan.covers import headings_of, uncovered

SPEC = "# X\n\n## Requirements\n\n### {}\n\n- a\n\n### {}\n\n- b\n"


def missing(covers: str, *names: str) -> list[str]:
    return [one.text for one in uncovered(headings_of(SPEC.format(*names)), [covers])]


@pytest.mark.parametrize(
    "covers",
    [
        "Add, list and remove; Streaks",
        "Add, list, and remove, Streaks",
        "Requirements: Streaks / Add, list and remove",
        "Requirements",
        "all requirements",
        "**Streaks** and `Add, list and remove`",
    ],
)
def test_a_heading_is_found_however_it_is_joined(covers: str) -> None:
    assert missing(covers, "Add, list and remove", "Streaks") == []


@pytest.mark.parametrize(
    ("covers", "left"),
    [
        ("Requirements: Streaks", ["Streak reports"]),
        ("Requirements (Streaks)", ["Streak reports"]),
        ("Streak reports", ["Streaks"]),
        ("", ["Streaks", "Streak reports"]),
        ("Requirements > something else", ["Streaks", "Streak reports"]),
    ],
)
def test_what_is_not_named_is_missing(covers: str, left: list[str]) -> None:
    assert missing(covers, "Streaks", "Streak reports") == left


@pytest.mark.parametrize("covers", ["2.1-2.2", "\u00a72.1, \u00a72.2", "2.1 Streaks; 2.2"])
def test_numbers_name_a_heading(covers: str) -> None:
    assert missing(covers, "2.1 Streaks", "2.2 Checks") == []


TALK = [
    "Hors périmètre",
    "Außerhalb des Umfangs",
    "Nicht-Ziele",
    "Fuera de alcance (v1)",
    "Out of scope (v1)",
    "What it does not do",
    "Not included",
    "Testing plan",
    "Non-goals",
]


@pytest.mark.parametrize("name", TALK)
def test_talk_asks_for_nothing(name: str) -> None:
    assert missing("Streaks", "Streaks", name) == []


def test_what_is_below_talk_asks_for_nothing() -> None:
    spec = "# X\n\n## Architecture\n\n### Parts\n\ntext\n\n## Search\n\ntext\n"
    assert [one.text for one in headings_of(spec) if one.asks] == ["Search"]
