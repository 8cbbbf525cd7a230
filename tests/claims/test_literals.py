from __future__ import annotations

import pytest

from sous.claims.literals import literals_in, value_of


def test_a_literal_is_a_number_or_a_string_behind_its_name() -> None:
    assert [tuple(one[:2]) for one in literals_in("the version is 0.9.0, retries = 12, line is 40")] == [
        ("version", "0.9.0"), ("retries", "12"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "value"),
    [("const LIMIT: usize = 40;", "40"), ('"LIMIT": "a",', "a"), ("LIMIT = other(4)", ""), ("x = 4", "")],
)
def test_the_value_behind_a_name(line: str, value: str) -> None:
    assert value_of("LIMIT", line) == value
