from __future__ import annotations

import pytest

from sous.plan.verify import verify_lines

PROMPT = "```text\nWrite it.\n\n**Verify:** not this\n```\n\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("**Verify:**\n\n- one\n  goes on\n- [ ] two\n\ntext\n- no", ["one goes on", "two"]),
        ("**Verify:**\n\n1. one\n2. two\n\n---\n", ["one", "two"]),
        ("**Verify:** `pytest -q` passes", ["`pytest -q` passes"]),
        ("**Verify:**\n\nRun `pytest -q`;\nall pass.\n\nNotes.", ["Run `pytest -q`; all pass."]),
        ("**Verify:**\n\n```sh\npytest -q\n\nruff check\n```\n", ["`pytest -q`", "`ruff check`"]),
        ("### How to verify\n\n- x", ["x"]),
        ("Verification:\n- x", ["x"]),
        ("**Notes:**\n\n- x", []),
        ("**Verify:**\n\n---\n", []),
    ],
)
def test_how_a_step_is_verified_is_read_however_it_is_written(text: str, lines: list[str]) -> None:
    assert verify_lines((PROMPT + text).split("\n")) == lines


def test_nothing_before_the_prompt_verifies_it() -> None:
    assert verify_lines(["**Verify:**", "- x"]) == []
