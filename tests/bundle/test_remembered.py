from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from sous.bundle.remembered import hash_of, is_as_packed, is_recorded, remember, remember_made

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "output.txt"
    path.write_text("a bundle\n")
    return path


def touched(path: Path) -> None:
    """Give a file another identity, as a copy or a checkout does."""
    os.utime(path, (1, 1))


def test_a_bundle_is_known_by_its_hash_where_its_time_changed(bundle: Path) -> None:
    remember(bundle, None)
    touched(bundle)
    assert is_as_packed(bundle)


def test_a_bundle_that_was_changed_is_no_longer_ours(bundle: Path) -> None:
    remember(bundle, None)
    bundle.write_text("b bundle\n")
    assert is_recorded(bundle)
    assert not is_as_packed(bundle)


@pytest.mark.parametrize("before", [False, True])
def test_what_went_to_stdout_is_known_in_any_file(bundle: Path, before: bool) -> None:
    remember_made(hashlib.sha256(bundle.read_bytes()).hexdigest() if before else hash_of(bundle))
    assert not is_recorded(bundle)
    assert is_as_packed(bundle)
