"""The `charset` that .editorconfig files give a file, as editors read it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.globs import Globs
from sous.errors import SousError
from sous.files import read_file

if TYPE_CHECKING:
    from sous.bundle.select import File

_LARGEST = 100_000  # bytes of a file


def editors_charset(file: File) -> str | None:
    """Return the charset of the nearest .editorconfig in the packed folder that gives one."""
    folder = os.path.dirname(file.full)  # noqa: PTH120  # as the paths of files are made
    while len(folder) >= len(file.base):
        sections, is_root = _sections(folder)
        path = file.full[len(folder) + 1 :].replace(os.sep, "/")
        for glob, charset in reversed(sections):
            if _matches(glob, path):
                return charset
        if is_root:
            break
        folder = os.path.dirname(folder)  # noqa: PTH120
    return None


def _matches(glob: str, path: str) -> bool:
    try:
        return Globs([glob if "/" in glob else f"**/{glob}"]).match(path)
    except SousError:
        return False


@lru_cache(maxsize=256)
def _sections(folder: str) -> tuple[list[tuple[str, str]], bool]:
    """Return the globs of a file with their charset, and whether those above do not count."""
    try:
        text = read_file(Path(folder, ".editorconfig"), root=Path(folder), most=_LARGEST)
    except (OSError, SousError):
        return [], False
    found, is_root, glob = [], False, ""
    for line in text.decode("utf-8-sig", "replace").splitlines():
        if line.startswith("[") and line.rstrip().endswith("]"):
            glob = line.strip()[1:-1]
            continue
        key, _, value = (part.strip().lower() for part in line.partition("="))
        if key == "root" and not glob:
            is_root = value == "true"
        elif key == "charset" and glob:
            found.append((glob, value))
    return found, is_root
