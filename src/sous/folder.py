"""The folder `.sous` of a project: what sous keeps there is for this machine, but what is meant to be shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import write_file
from sous.names import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

_IGNORES = """\
# Made by sous: all of this folder is for this machine, but what is meant to be shared.
*
!findings.jsonl
"""


def own_folder(root: Path) -> Path:
    """Return the folder where sous keeps things in a project, made so that git leaves out what is not shared."""
    folder = root / FOLDER
    if folder.is_symlink():
        raise SousError(f"{folder} is a link; remove it, that is where sous keeps its own files")
    if not (folder / ".gitignore").is_file():
        write_file(folder / ".gitignore", _IGNORES.encode())
    return folder
