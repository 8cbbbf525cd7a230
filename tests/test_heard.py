from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sous import heard
from sous.heard import Heard

if TYPE_CHECKING:
    import pytest


def said(data: bytes) -> tuple[Heard, list[bytes]]:
    """Have a job print something and end."""
    pieces: list[bytes] = []
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb") as job:
        found = Heard(stream, pieces.append)
        job.write(data)
        job.close()
        found.thread.join(10)
    return found, pieces


def test_all_is_heard_and_the_last_line_is_known() -> None:
    found, pieces = said("one\ntwo \u00e9\n\n".encode())
    assert found.text == "one\ntwo \u00e9\n\n"
    assert found.last_line == "two \u00e9"
    assert b"".join(pieces).decode() == found.text
    assert said(b"")[0].last_line == ""


def test_of_much_the_beginning_and_the_end_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "_KEPT_HEAD", 10)
    monkeypatch.setattr(heard, "_KEPT_TAIL", 5)
    found, pieces = said(b"0123456789" + b"x" * 200_000 + b"abcde")
    assert found.text == "0123456789\n\u2026 200,000 bytes left out \u2026\nabcde"
    assert found.printed == sum(map(len, pieces)) == 200_015
