from __future__ import annotations

import datetime as dt
import email.utils
from types import SimpleNamespace
from typing import Any

import pytest

from sous.models.failure import explain, status_of

CHOICE: Any = SimpleNamespace(name="m", model=SimpleNamespace(needs_key="openai"))


def error(status: int | None = None, *, code: str | None = None, after: str | None = None) -> Exception:
    found = Exception("boom")
    response = SimpleNamespace(headers={} if after is None else {"retry-after": after})
    vars(found).update({"code": code, "response": response}, **({} if status is None else {"status_code": status}))
    return found


@pytest.mark.parametrize(
    ("found", "passing"),
    [
        (error(429), True), (error(500), True), (error(503), True), (error(529), True), (error(408), True),
        (error(429, code="insufficient_quota"), False), (error(400), False), (error(401), False),
        (error(400, code="context_length_exceeded"), False), (error(501), False),
        (ConnectionResetError(), True), (TimeoutError(), True), (PermissionError(), False), (ValueError("x"), False),
    ],
)  # fmt: skip
def test_only_what_may_pass_is_tried_again(found: Exception, passing: bool) -> None:
    assert explain(found, CHOICE).passing == passing


def test_seconds_to_wait_are_read_as_number_and_as_date() -> None:
    assert explain(error(429, after="2.5"), CHOICE).after == 2.5
    moment = dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=60)
    after = explain(error(429, after=email.utils.format_datetime(moment, usegmt=True)), CHOICE).after
    assert after is not None
    assert 50 < after <= 60


@pytest.mark.parametrize("after", ["", "soon", "-5", "nan", "inf", "1e99", "Mon, 99 Foo 2026"])
def test_odd_times_to_wait_do_no_harm(after: str) -> None:
    found = explain(error(429, after=after), CHOICE).after
    assert found is None or found >= 0


def test_the_status_of_the_error_behind_a_plugins_own_counts() -> None:
    found = ValueError("429: too many")
    found.__cause__ = error(429)  # as llm-mistral does
    assert status_of(found) == 429
    assert explain(found, CHOICE).passing


@pytest.mark.parametrize(
    ("module", "status", "expected"), [("llm_gemini", 503, 503), ("llm_gemini", 200, None), ("x", 503, None)]
)
def test_the_status_of_a_response_that_gemini_made_words_of(module: str, status: int, expected: int | None) -> None:
    names: dict[str, Any] = {"__name__": module, "response": SimpleNamespace(status_code=status)}
    exec("def execute():\n    http_response = response\n    1 / 0", names)  # noqa: S102
    with pytest.raises(ZeroDivisionError) as found:
        names["execute"]()
    assert status_of(found.value) == expected
