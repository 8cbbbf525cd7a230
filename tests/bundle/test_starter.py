from __future__ import annotations

from typing import TYPE_CHECKING

from sous.bundle.starter import SETTINGS, write_settings
from sous.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_settings_change_nothing(tmp_path: Path) -> None:
    before = load_settings(tmp_path)
    assert write_settings(tmp_path) == tmp_path / ".mise.toml"
    assert load_settings(tmp_path) == before


def test_what_they_show_is_known(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in SETTINGS.splitlines() if " = " in line]
    (tmp_path / "mise.toml").write_text("\n".join(["[_.sous]", *lines]))
    assert load_settings(tmp_path).budget == 180_000


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mise.toml").write_text("")
    assert write_settings(tmp_path) is None
    assert not (tmp_path / ".mise.toml").exists()
