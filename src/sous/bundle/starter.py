"""The first settings of a project, with what is mostly wanted as comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.files import write_file
from sous.root import MISE_FILES

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """\
[_.sous]
# What is packed; all options: sous bundle --help
# ignore = ["fixtures/**", "*.svg"]
# include = ["src/**", "docs/**"]
# style = "markdown"        # xml, markdown, plain, json
# line_numbers = false
# budget = 180_000          # tokens; files are reduced to it
# These need `sous trust`:
# model = "claude-sonnet-5"
# test = "pytest -q"
"""


def write_settings(root: Path) -> Path | None:
    """Write the settings to `.mise.toml`, and return where; None where there are mise files."""
    path = root / ".mise.toml"
    if any((root / name).exists() for name in MISE_FILES):
        return None
    write_file(path, SETTINGS.encode(), root=root)
    return path
