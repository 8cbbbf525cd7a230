from __future__ import annotations

import pytest

from sous.tokens import count_each, count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("hello world", 2), ("<|endoftext|>", 7), ("\udce9", 1), ("a" * 8, 1)]
)
def test_tokens_are_those_of_o200k(text: str, tokens: int) -> None:
    """The numbers are tiktoken's for o200k_base, special tokens as ordinary text."""
    assert count_tokens(text) == tokens


def test_a_long_text_is_counted_in_pieces_and_comes_to_the_same() -> None:
    text = "".join(f"line {number} of a long text, with words\n" for number in range(10_000))
    assert len(text) > 1 << 18
    assert count_each([text]) == [sum(count_each(text.splitlines(keepends=True)))]


def test_texts_larger_than_a_group_keep_their_counts() -> None:
    large = "some words\n" * 500_000
    assert count_each(["hello world", large, "", "a b c"]) == [2, 1_500_000, 0, 3]


def test_one_word_of_megabytes_ends() -> None:
    assert 200_000 < count_each(["a" * 2_000_000])[0] < 300_000
