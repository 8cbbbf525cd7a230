from __future__ import annotations

import pytest

from sous.document.ranges import MarkedLines, fault_in, marked_ranges, skipped, unread_in

LINES = ["# Plan", "", "Do a", "  tests", "", "Do b", "---"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("3-4: title line 3, prompt 4-4", MarkedLines(3, 4, 3, 4, 4)),
        ("- 3-4: title 3; text lines 4", MarkedLines(3, 4, 3, 4, 4)),
        ("lines 6: title line 6", MarkedLines(6, 6, 6)),
        ("`3 to 4: title line: 3`", MarkedLines(3, 4, 3)),
        ("3-4: title line 3, prompt 4-4 (Do a)", MarkedLines(3, 4, 3, 4, 4)),
        ("1. **3-4**: title line **3**, prompt **4-4**", MarkedLines(3, 4, 3, 4, 4)),
        ("| 3..4 | title 3 | prompt 4 |", MarkedLines(3, 4, 3, 4, 4)),
        ("12. 3-4: title line 3 prompt 4-4", MarkedLines(3, 4, 3, 4, 4)),
    ],
)
def test_a_line_of_an_answer_is_a_range(answer: str, found: MarkedLines) -> None:
    assert marked_ranges(f"Here they are:\n\n{answer}\n\nThat is all 12-40.\n") == [found]


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        ([], "no lines"),
        ([MarkedLines(3, 9, 3)], "of 7"),
        ([MarkedLines(4, 3, 4)], "of 7"),
        ([MarkedLines(3, 4, 6)], "title outside"),
        ([MarkedLines(6, 7, 7)], "no words"),
        ([MarkedLines(3, 4, 3, 2, 4)], "text outside"),
        ([MarkedLines(6, 6, 6), MarkedLines(3, 4, 3)], "out of order"),
        ([MarkedLines(3, 6, 3), MarkedLines(6, 6, 6)], "overlap"),
    ],
)
def test_ranges_that_cannot_be_are_refused(ranges: list[MarkedLines], says: str) -> None:
    assert says in str(fault_in(ranges, LINES))


def test_ranges_in_order_have_no_fault_and_what_is_skipped_is_known() -> None:
    ranges = [MarkedLines(3, 4, 3, 4, 4), MarkedLines(6, 6, 6)]
    assert fault_in(ranges, LINES) is None
    assert list(skipped(ranges, LINES)) == [(1, 1), (7, 7)]


def test_ranges_that_all_begin_below_their_headings_are_one_too_late() -> None:
    lines = ["## A", "Do a", "## B", "Do b", "Test b"]
    late = [MarkedLines(2, 2, 2), MarkedLines(4, 5, 4)]
    assert "below its heading" in str(fault_in(late, lines))
    assert fault_in([MarkedLines(1, 2, 1), MarkedLines(4, 5, 4)], lines) is None


@pytest.mark.parametrize(
    "line",
    [
        "6-7: titre ligne 6, texte 7-7",
        "6-7: Do b",
        "6-7 title 6",
        "| 6-7 | 6 | 7-7 |",
        "6-7: title line 6, prompt lines: from 7 to 7",
        "6-7: title line 6, prompt 7-7, prompt 6-6",
    ],
)
def test_a_range_in_another_form_is_not_lost(line: str) -> None:
    answer = f"3-4: title line 3, prompt 4-4\n{line}\n"
    assert marked_ranges(answer) == [MarkedLines(3, 4, 3, 4, 4)]
    assert "6-7" in str(unread_in(answer))


@pytest.mark.parametrize("line", ["These are lines 3-4.", "Lines 1-2 are an introduction.", "12-40", "3: x", ""])
def test_prose_around_ranges_is_no_range(line: str) -> None:
    assert unread_in(f"{line}\n3-4: title line 3, prompt 4-4\n{line}") is None
