from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sous.models.usage import usage_of
from sous.prompts.render import Prompt

PROMPT = Prompt("", "word " * 2_000, name="test")


def told(read: Any, written: Any = 10, details: Any = None) -> Any:
    return SimpleNamespace(input=read, output=written, details=details)


@pytest.mark.parametrize("read", [0, 1_900, 12_000, 55_000, None])
def test_a_count_that_can_be_is_believed(read: int | None) -> None:
    usage = usage_of(told(read), PROMPT, "text")
    assert (usage.read, usage.written, usage.doubt) == (read, 10, "")


def test_more_tokens_than_bytes_are_not_believed() -> None:
    usage = usage_of(told(10_000_000), PROMPT, "text")
    assert 1_900 < (usage.read or 0) < 2_100
    assert usage.doubt == ("the provider counted 10,000,000 tokens in, which cannot be; the cost is by our own count")


def test_more_written_than_came_is_not_believed() -> None:
    usage = usage_of(told(10_000_000, 50_000_000), PROMPT, "five words are no novel")
    assert (usage.written or 0) < 10
    assert "10,000,000 tokens in and 50,000,000 out" in usage.doubt


@pytest.mark.parametrize("count", [10**23, "abc", -5, 1.5, [1]])
def test_what_is_no_number_is_no_count(count: Any) -> None:
    usage = usage_of(told(count, count, {"cached_tokens": count}), PROMPT, "text")
    assert usage == (None, None, 0, 0, "")


def test_a_cache_that_is_larger_than_the_prompt_is_not_believed() -> None:
    usage = usage_of(told(2_000, 10, {"cached_tokens": 10_000_000}), PROMPT, "text")
    assert (usage.cached, usage.beside) == (0, 0)
