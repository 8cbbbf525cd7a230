"""Answers were paid for: they are there again, also those that an earlier version kept in a file each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sous.models.answers import begin_afresh, end_afresh, keep_answer, kept_answer
from sous.models.ask import Answer
from sous.models.price import Cost
from sous.state import state_folder
from sous.store import cache_store

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = Answer(text="It is well.\n", model="m", seconds=1.0, cost=Cost(None))


def text_of(key: str) -> str | None:
    answer = kept_answer(key)
    return answer.text if answer else None


def test_an_answer_is_kept_while_the_cache_is_emptied(home: Path) -> None:
    keep_answer("a" * 64, ANSWER)
    assert not cache_store().path.is_relative_to(state_folder())
    assert text_of("a" * 64) == ANSWER.text


def test_afresh_forgets_once(home: Path) -> None:
    keep_answer("a", ANSWER)
    assert begin_afresh(["a", "b"])
    assert kept_answer("a") is None
    keep_answer("a", ANSWER)
    assert not begin_afresh(["a", "b"])
    assert kept_answer("a")
    end_afresh(["a", "b"])
    assert begin_afresh(["a", "b"])


def test_answers_in_files_are_taken_over(home: Path) -> None:
    folder = state_folder() / "answers"
    folder.mkdir(parents=True)
    for number in range(5):
        (folder / (f"{number}" * 64)).write_text(json.dumps({"text": f"text {number}", "model": "m"}))
    (folder / ("5" * 64)).write_bytes(b"{")
    assert [text_of(f"{number}" * 64) for number in range(6)] == [*(f"text {number}" for number in range(5)), None]
    assert not folder.exists()
