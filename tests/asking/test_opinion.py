from __future__ import annotations

import pytest

from sous.asking.opinion import VERDICTS, Opinion, opinion_in, price_of_opinions, read_opinions
from sous.models.choose import choose_model


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1: real: it is", [(1, Opinion("real", "it is"))]),
        ("Finding 2: **not real** \u2013 guarded above", [(2, Opinion("not real", "guarded above"))]),
        ("- **3.** Unsure", [(3, Opinion("unsure", ""))]),
        ("1: real: a\n2: not real: b", [(1, Opinion("real", "a")), (2, Opinion("not real", "b"))]),
        ("1: really bad", []),
        ("I think 1 is real", []),
    ],
)
def test_opinions_are_read_in_the_forms_that_models_write(answer: str, expected: list[tuple[int, Opinion]]) -> None:
    assert list(read_opinions(answer)) == expected


@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_was_said_of_a_finding_is_found_again(verdict: str) -> None:
    said = Opinion(verdict, "because")
    assert opinion_in(f"## A fault\n\nIt is.\n\n**Second opinion (m (2)):** {said}\n") == verdict
    assert opinion_in(f"## A fault\n\nHe said **Second opinion (m):** {said}\n") == ""


def test_a_price_is_known_before_there_are_findings() -> None:
    expected, most = price_of_opinions(choose_model("gpt-4", {}))
    assert expected.dollars
    assert most.dollars
    assert 0 < expected.dollars < most.dollars
