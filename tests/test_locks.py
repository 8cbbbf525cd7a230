"""Locks between processes: what is to be known where a disk has none."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.locks import locked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_a_disk_without_locks_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(_: int, __: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(SousError, match="No locks available; this disk supports no file locks"), locked(tmp_path / "x"):
        pass


def test_one_that_is_held_is_waited_for_no_longer_than_asked(tmp_path: Path) -> None:
    with locked(tmp_path / "x") as first, locked(tmp_path / "x", timeout=0.05) as second:
        assert (first, second) == (True, False)
