from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.asking.interview import Move
from sous.commands.answers import FromFile
from sous.plan.hone import Interview

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], "one"),
        ([("answer", "one")], "two"),
        ([("answer", "one"), ("answer", "two")], Move.BACK),
        ([("answer", "one"), ("answer", "two"), ("back", ""), ("answer", "three")], Move.ENOUGH),
        ([("answer", "another")], "one"),
    ],
    ids=["new", "one given", "two given", "all given", "of another file"],
)
def test_a_file_of_answers_goes_on_where_it_stopped(
    history: list[tuple[str, str]], expected: str | Move, tmp_path: Path
) -> None:
    path = tmp_path / "answers.txt"
    path.write_text("one\n\ntwo\n\nback\n\nthree\n")
    interview = Interview(tmp_path, "a.jsonl", "an idea", history=history)
    assert FromFile(path, interview).to("What?") == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [(["one"], Move.ENOUGH), (["one", "two"], "three"), (["two"], "one")],
    ids=["before it", "behind it", "of another file"],
)
def test_enough_that_an_interview_did_not_note_shifts_nothing(
    said: list[str], expected: str | Move, tmp_path: Path
) -> None:
    path = tmp_path / "answers.txt"
    path.write_text("one\n\nenough\n\ntwo\n\nthree\n")
    interview = Interview(tmp_path, "a.jsonl", "an idea", history=[("answer", one) for one in said])
    assert FromFile(path, interview).to("What?") == expected
