"""What is known of a file is known again, as long as nothing that reads it has changed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from sous.analyst import known

if TYPE_CHECKING:
    from pathlib import Path


def test_another_version_shows_no_old_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts also depend on rooms below this one, such as the table of languages."""
    before = known.key_of("a.py", "x = 1\n", is_whole=True, by="ruff")
    monkeypatch.setattr(known, "__version__", "0.0.0")
    assert known.key_of("a.py", "x = 1\n", is_whole=True, by="ruff") != before


@pytest.mark.parametrize("name", ["rules.yaml", "read.py"])
def test_a_changed_rule_or_reader_shows_no_old_findings(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key() -> str:
        known._reader.cache_clear()
        return known.key_of("a.py", "x = 1\n", is_whole=True, by="ruff")

    folder = tmp_path / "analyst"
    shutil.copytree(known._FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = key()
    with monkeypatch.context() as patched:
        patched.setattr(known, "_FOLDER", folder)
        assert key() == before
        (folder / name).write_bytes((folder / name).read_bytes() + b"# changed\n")
        assert key() != before
    assert key() == before
