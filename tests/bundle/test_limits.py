from __future__ import annotations

import pytest

from sous.bundle.limits import PartLimit, read_limit
from sous.errors import SousError
from sous.tokens import count_tokens

TEXT = "grün = \N{PILE OF POO}\nx = 1\n"


@pytest.mark.parametrize(
    ("said", "most", "unit"),
    [
        (1000, 1000, "bytes"),
        ("500kb", 512_000, "bytes"),
        (" 1.5 MB ", 1_572_864, "bytes"),
        ("100k-tokens", 100_000, "tokens"),
        ("1 token", 1, "tokens"),
        ("1.5m tokens", 1_500_000, "tokens"),
        ("128000tokens", 128_000, "tokens"),
        ("400k-chars", 400_000, "characters"),
        ("60000 Characters", 60_000, "characters"),
    ],
)
def test_sizes_as_people_write_them(said: int | str, most: int, unit: str) -> None:
    assert read_limit(said) == PartLimit(most, unit)


@pytest.mark.parametrize(
    "said", ["", "5", "0kb", "0.4 chars", "k-tokens", "-5 tokens", "100k", "1e3 tokens", "5gb", "9" * 400 + "kb", 0, -1]
)
def test_what_is_no_size_is_said_with_examples(said: int | str) -> None:
    with pytest.raises(SousError, match="100k-tokens or 400k-chars"):
        read_limit(said)


def test_each_unit_counts_what_it_says() -> None:
    assert PartLimit(9).of(TEXT) == len(TEXT.encode())
    assert PartLimit(9, "characters").of(TEXT) == len(TEXT) + 1  # an emoji is two to a browser
    assert PartLimit(9, "tokens").each([TEXT, ""]) == [count_tokens(TEXT), 0]
