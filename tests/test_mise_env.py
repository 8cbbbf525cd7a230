"""What mise files set, also where they are large or say a thing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.mise_env import read_written

if TYPE_CHECKING:
    from pathlib import Path

PADDING = f"{'#' * 1_000_001}\n"


def test_a_file_of_variables_that_is_too_large_may_set_anything(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{PADDING}SOUS_MODEL=evil\n")
    (tmp_path / "mise.toml").write_text('[env]\n_.file = ".env"\n')
    written = read_written(tmp_path / "mise.toml", tmp_path)
    assert written.could_give("SOUS_MODEL", "evil")
    assert written.may_set("SOUS_MODEL")


def test_a_script_that_changes_behind_its_beginning_is_another(tmp_path: Path) -> None:
    (tmp_path / "mise.toml").write_text('[env]\n_.source = "s.sh"\n')
    found = []
    for last in ("true", "export SOUS_MODEL=evil"):
        (tmp_path / "s.sh").write_text(f"{PADDING}{last}\n")
        found.append(read_written(tmp_path / "mise.toml", tmp_path).others)
    assert found[0] != found[1]


@pytest.mark.parametrize("directive", ['_.source = "s.sh"', '_.file = "{{ env.X }}"', "_.plugin = {}"])
def test_what_a_directive_sets_is_stronger_than_a_plain_value(directive: str, tmp_path: Path) -> None:
    """Seen with mise 2026.9.15: of `SOUS_MODEL` and a script that sets it the script's value counts."""
    (tmp_path / "mise.toml").write_text(f'[env]\nSOUS_MODEL = "a"\n{directive}\n')
    written = read_written(tmp_path / "mise.toml", tmp_path)
    assert written.gives("SOUS_MODEL", "a")
    assert written.could_give("SOUS_MODEL", "evil")


def test_a_plain_value_alone_gives_no_other(tmp_path: Path) -> None:
    (tmp_path / "mise.toml").write_text('[env]\nSOUS_MODEL = "a"\n')
    assert not read_written(tmp_path / "mise.toml", tmp_path).could_give("SOUS_MODEL", "evil")
