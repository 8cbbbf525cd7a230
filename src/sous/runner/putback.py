"""Puts single paths of a project back: what is new goes, what is in the way goes, files return."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from typing import TYPE_CHECKING

from sous.files import write_file
from sous.git import read_git

if TYPE_CHECKING:
    from pathlib import Path

    from sous.runner.workplace import Workplace


def delete_new(place: Workplace, path: str) -> bool:
    """Delete a file that is new, or make a new repository, with `/` behind it, a mere folder again.

    Folders that are left empty go too. Tell whether it could be deleted.
    """
    target = place.top / path
    try:
        if path.endswith("/"):
            _delete_repository(target / ".git")
        else:
            target.unlink(missing_ok=True)
    except OSError:
        return False
    for folder in target.parents:
        if folder in (place.top, place.root):
            break
        try:
            folder.rmdir()
        except OSError:
            break
    return True


def _delete_repository(git: Path) -> None:
    if git.is_dir():
        shutil.rmtree(git)
    else:
        git.unlink()


def open_folders(place: Workplace, path: str) -> None:
    """Make the folders of a path writable for us again."""
    for folder in _folders_of(place, path):
        with contextlib.suppress(OSError):
            mode = folder.stat().st_mode
            if folder.is_dir() and not folder.is_symlink() and not mode & stat.S_IWUSR:
                folder.chmod(mode | stat.S_IRWXU)


def clear_way(place: Workplace, path: str) -> None:
    """Remove an empty folder in the place of a file, or a file in the place of its folders."""
    target = place.top / path
    if target.is_dir() and not target.is_symlink():
        with contextlib.suppress(OSError):
            target.rmdir()
    for folder in _folders_of(place, path):
        if folder.is_symlink() or folder.is_file():
            folder.unlink()


def _folders_of(place: Workplace, path: str) -> list[Path]:
    """Return the folders that a path is in, the outermost first, below the repository's top."""
    inside = (place.top / path).relative_to(place.top)
    return [place.top / folder for folder in reversed(inside.parents[:-1])]


def write_blob(place: Workplace, path: str, blob: str, mode: int) -> None:
    """Write a file or link from git's object, with its mode."""
    data = read_git(place.top, "cat-file", "blob", blob)
    target = place.top / path
    if target.is_symlink() or stat.S_ISLNK(mode):
        target.unlink(missing_ok=True)
    if stat.S_ISLNK(mode):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(os.fsdecode(data))
    else:
        write_file(target, data, root=place.top)
        target.chmod(stat.S_IMODE(mode))
