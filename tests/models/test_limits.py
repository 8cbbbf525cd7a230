"""What errors say of a limit: known wordings, words of other servers, and errors about other things."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from sous.models.causes import error_facts
from sous.models.limits import Size, TokenLimit, patterns, read_limit
from windows import Case, cases

SIZE = Size(19_000, 57_000, 60_000)


def read(text: str, status: int | None = 400) -> TokenLimit | None:
    return read_limit(text, status=status, size=SIZE)


@pytest.mark.parametrize("entry", [entry for entry, _ in patterns()], ids=lambda entry: entry["provider"])
def test_each_pattern_reads_the_wording_that_was_reported(entry: dict[str, Any]) -> None:
    found = read(entry["wording"])
    assert found is not None
    assert found.provider
    assert str(found.most or "") in entry["wording"]
    assert found.most is None or found.sent is None or found.sent + (found.answer or 0) > found.most


@pytest.mark.parametrize("case", [*cases(), *cases("unseen")], ids=lambda case: case.model)
def test_the_words_of_servers_are_read(case: Case) -> None:
    sent = {"tokens": 22_775, "characters": 57_000, "bytes": 60_000}[case.unit]
    body = case.filled(sent)
    try:
        data = json.loads(body)
    except ValueError:
        data = body
    error = Exception("Error code")
    vars(error).update(body=data)
    found = read(error_facts(error), case.status)
    assert found is not None
    if str(case.most) in body:
        assert (found.most, found.unit) == (case.most, case.unit)
    if case.answer:
        assert found.answer in (case.answer, None)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000.", 429),
        ("Rate limit reached for requests", 429),
        ("max_tokens: 10000 > 4096, which is the maximum allowed number of output tokens for claude-3", 400),
        ("max_tokens is too large: 32000. This model supports at most 4096 completion tokens", 400),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 400),
        ("Unsupported value: 'temperature' does not support 0.5 with this model", 400),
        ("The server had an error while processing your request after 600 seconds", 500),
        ("You exceeded your current quota, please check your plan and billing details", 429),
        ("This request requires more credits. You requested up to 65536 tokens, but can only afford 2000", 402),
        ("Too many images: at most 20 are allowed in a request", 400),
        ("Incorrect API key provided", 401),
        ("model not found", 404),
    ],
)
def test_other_errors_are_not_about_length(text: str, status: int) -> None:
    assert read(text, status) is None


@pytest.mark.parametrize(
    ("number", "value"),
    [("8192", 8192), ("8,192", 8192), ("8.192", 8192), ("8 192", 8192), ("8'192", 8192), ("8_192", 8192), ("8K", 8000)],
)
def test_numbers_may_be_written_in_any_form(number: str, value: int) -> None:
    found = read(f"the prompt of 22,775 tokens exceeds the limit of {number} tokens")
    assert found is not None
    assert (found.most, found.sent) == (value, 22_775)


@pytest.mark.parametrize(
    "text",
    [
        "输入长度超过限制, 最大 8192 个 tokens, 当前 22775",
        "Die Eingabe ist zu lang: 22775 Token, höchstens 8192",
        "Превышен максимальный размер контекста: 8192, получено 22775",
    ],
)
def test_other_languages_are_read_by_the_size_of_what_was_sent(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found.most == 8192


def test_the_status_is_no_length() -> None:
    found = read_limit("maximum context length is 8192\nError code: 400 - x", status=400, size=Size(800, 3000, 3000))
    assert found == TokenLimit(8192)


def test_a_server_that_names_no_model_class_is_no_error() -> None:
    assert read(error_facts(Exception(SimpleNamespace()))) is None
