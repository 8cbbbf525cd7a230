from __future__ import annotations

import pytest

from sous.document.leads import lead_in


@pytest.mark.parametrize(
    ("text", "words", "code", "flag", "place"),
    [
        ("BUG-001 · P1 · It leaks", "It leaks", "BUG-001", "P1", ""),
        ("L-01【High】It leaks", "It leaks", "L-01", "High", ""),
        ("#3 It leaks", "It leaks", "#3", "", ""),
        ("**[HIGH]** It leaks", "It leaks", "", "HIGH", ""),
        ("🔴 **It leaks**", "It leaks**", "", "🔴", ""),
        ("`a.py:3` - It leaks", "It leaks", "", "", "a.py:3"),
        ("It leaks", "It leaks", "", "", ""),
        ("BUG-001", "BUG-001", "", "", ""),
    ],
)
def test_what_stands_before_words(text: str, words: str, code: str, flag: str, place: str) -> None:
    lead = lead_in(text)

    assert (text[lead.end :], lead.code, lead.flag, lead.place) == (words, code, flag, place)


@pytest.mark.parametrize(("text", "certain"), [("F-01 x", True), ("P0-1: x", True), ("UTF-8 x", False)])
def test_a_word_with_a_number_is_no_certain_code(text: str, certain: bool) -> None:
    assert lead_in(text).is_certain == certain
