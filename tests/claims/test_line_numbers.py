from __future__ import annotations

import re

import pytest

from sous.claims.line_numbers import (
    BEHIND_PATH,
    IN_BRACKETS,
    between_lines_and_path,
    between_path_and_lines,
    lines_apart,
    lines_of_anchor,
    list_in_cell,
    lists_of_lines,
    ranges_in,
)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("line 12", [(12, 12)]),
        ("Lines 12-20", [(12, 20)]),
        ("lines ~12 to ~20", [(12, 20)]),
        ("Lines 3, 8 and 12-14", [(3, 3), (8, 8), (12, 14)]),
        ("line(s) 7", [(7, 7)]),
        ("line numbers: 7", [(7, 7)]),
        ("ln. 7", [(7, 7)]),
        ("**Lines:** `7`", [(7, 7)]),
        ("Zeile 7 bis 9", [(7, 9)]),
        ("l\u00edneas 7 a 9", [(7, 9)]),
        ("\u7b2c12", [(12, 12)]),
        ("\u0441\u0442\u0440\u043e\u043a\u0438 7 \u0438 9", [(7, 7), (9, 9)]),
        ("L12", [(12, 12)]),
        ("L12-L20", [(12, 20)]),
        ("M14 (schema search), L1 (password), L2 (over-match)", []),
        ("H3 (see L40-L44) and L12, L2 (low)", [(40, 44), (12, 12)]),
        ("L12 (the loop)", [(12, 12)]),
        ("lines 20-12", [(20, 20)]),
        ("deadline 12", []),
        ("line 12px", []),
        ("x/L12", []),
    ],
)
def test_lines_in_words(text: str, ranges: list[tuple[int, int]]) -> None:
    lists = [match["list"] for matches in lists_of_lines(text) for match in matches]
    assert [one for said in lists for one in ranges_in(said)] == ranges


@pytest.mark.parametrize(
    ("text", "said"),
    [(":12", "12"), (":12-20", "12-20"), ("#L12-L20", "L12-L20"), (":48,65", "48,65"), (":12:5", "12"), (", 12", "12"),
     (":line 12", "12"), (":\u2248 12", None), (":x", None), (" 12", None)],
)  # fmt: skip
def test_lines_right_behind_a_path(text: str, said: str | None) -> None:
    match = re.fullmatch(BEHIND_PATH, text)
    assert (match["list"] if match else None) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("` (12-20)", "12-20"), ("**[12, 14]", "12, 14"), (" (in 12)", None), (" 12", None)],
)
def test_lines_in_brackets(text: str, said: str | None) -> None:
    match = IN_BRACKETS.match(text)
    assert (match["list"] if match else None) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [("` at ", True), ("** (", True), ("`, ", True), (" starting at ", True), (" \u043d\u0430 ", True), ("` calls ", False)],
)  # fmt: skip
def test_between_a_path_and_its_lines(text: str, expected: bool) -> None:
    assert bool(between_path_and_lines().fullmatch(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" of ", True), ("** in the file `", True), (" (", True), (" @ ", True), (" and ", False), (" offline ", False)],
)  # fmt: skip
def test_between_lines_and_their_path(text: str, expected: bool) -> None:
    assert bool(between_lines_and_path().fullmatch(text)) is expected


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [("Line", "12", "12"), ("Lines", "`12-14, 20`", "12-14, 20"), ("**Line numbers**", "~12", "~12"),
     ("Zeilen", "3 bis 4", "3 bis 4"), ("Count", "12", ""), ("Line", "12 of them", ""), ("", "12", "")],
)  # fmt: skip
def test_lines_in_a_cell(column: str, cell: str, said: str) -> None:
    assert list_in_cell(cell, column=column) == said


@pytest.mark.parametrize(
    ("anchor", "lines"),
    [("L12", (12, 12)), ("L12-L20", (12, 20)), ("L12-20", (12, 20)), ("12", None), ("L12-L", None), ("", None)],
)
def test_the_anchor_of_a_link(anchor: str, lines: tuple[int, int] | None) -> None:
    assert lines_of_anchor(anchor) == lines


def test_lines_apart_from_a_path_rise_and_are_no_years() -> None:
    text = "It ends (570-575), or there (156, 163); not (8, 5), (2019-2024), f(1, 2), (12)."
    assert [match["list"] for match in lines_apart(text)] == ["570-575", "156, 163"]
