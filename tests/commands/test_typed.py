from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
import pytest

from sous.commands.typed import drop_typed_ahead, is_waiting, typed_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    pytest.skip("terminals of POSIX", allow_module_level=True)


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as stdin; what is written to it is typed."""
    import pty

    leader, follower = pty.openpty()
    with os.fdopen(follower, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield leader
    os.close(leader)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("one\ntwo\n\n", "one\ntwo"),
        ("pasted\n\nmore\n\n", "pasted\n\nmore"),
        ("skip\n", "skip"),
        ("\n", ""),
        ("last\n\x04", "last"),
    ],
)
def test_an_answer_ends_with_an_empty_line_that_is_not_pasted(keyboard: int, typed: str, answer: str) -> None:
    os.write(keyboard, typed.encode())
    assert typed_lines(("skip",)) == answer


def test_an_end_that_comes_at_once_is_no_answer(keyboard: int) -> None:
    os.write(keyboard, b"\x04")
    with pytest.raises(click.Abort):
        typed_lines()


def test_what_was_typed_before_a_question_is_dropped(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    drop_typed_ahead()
    os.write(keyboard, b"stray\n\n")
    drop_typed_ahead()
    assert capsys.readouterr().err == "input typed before this question is ignored\n"
    assert not is_waiting(0)
    os.write(keyboard, b"meant\n\n")
    assert typed_lines() == "meant"
