from __future__ import annotations

import pytest

from sous.plan.numerals import goes_back, is_running, number_of


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3", "3"),
        ("III", "3"),
        ("十二", "12"),
        ("二十", "20"),
        ("4\ufe0f\u20e3", "4"),
        ("②", "2"),
        ("Two", "2"),
        ("T001", "T001"),
        ("\uff13", "3"),
        ("A", "A"),
    ],
)
def test_a_number_is_read_in_any_writing(written: str, number: str) -> None:
    assert number_of(written) == number


@pytest.mark.parametrize(
    ("numbers", "runs"),
    [
        (["1", "2", "3"], True),
        (["1.1", "1.2", "2.1"], True),
        (["A", "B"], True),
        (["1", "1"], False),
        (["2", "1"], False),
        (["1"], False),
    ],
)
def test_numbers_run_where_they_rise_and_none_comes_twice(numbers: list[str], runs: bool) -> None:
    assert is_running(numbers) is runs


@pytest.mark.parametrize(
    ("numbers", "above", "goes"),
    [
        (["1", "2", "3"], [0, 0, 0], False),
        (["1", "2", "1", "2", "1", "2"], [0, 0, 9, 9, 20, 20], False),
        (["1", "1", "1"], [0, 9, 20], False),
        (["1", "2", "2", "3"], [0, 0, 0, 0], False),
        (["1", "4", "1", "1", "6"], [0, 0, 0, 0, 0], True),
        (["1.1", "A", "1.1", "A"], [0, 0, 0, 0], False),
    ],
)
def test_numbers_that_go_to_and_fro_under_one_heading(numbers: list[str], above: list[int], goes: bool) -> None:
    assert goes_back(numbers, above) is goes
