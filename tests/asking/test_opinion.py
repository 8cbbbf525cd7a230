from __future__ import annotations

import pytest

from sous.asking.opinion import Opinion, read_opinions


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
