from __future__ import annotations

import pytest

from sous.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("hello world", 2), ("<|endoftext|>", 7), ("\udce9", 1), ("a" * 8, 1)]
)
def test_tokens_are_those_of_o200k(text: str, tokens: int) -> None:
    """The numbers are tiktoken's for o200k_base, special tokens as ordinary text."""
    assert count_tokens(text) == tokens
