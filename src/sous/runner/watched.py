"""The files of a repository that a run watches: what git obeys or runs, and the files of sous."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sous.files import read_file
from sous.git import find_checkout
from sous.names import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sous.runner.workplace import Workplace

# What git obeys or runs (gitrepository-layout(5)).
_OBEYED = (
    "config", "config.worktree", "hooks", "info/exclude", "info/attributes", "info/sparse-checkout",
    "info/grafts",
    "objects/info/alternates", "commondir", "gitdir", "shallow",
)  # fmt: skip
_OBEYED_INSIDE = ("config", "config.worktree", "hooks", "info", "commondir")  # of a submodule
LINK = b"\0link\0"  # before where a link leads, in place of what a file holds
_LARGEST = 10_000_000  # bytes of one file


def content_of(path: Path) -> bytes:
    """Return what a file holds, or where a link leads."""
    return LINK + os.fsencode(path.readlink()) if path.is_symlink() else read_file(path, root=None)


def mode_of(path: Path) -> int:
    """Return the rights of a file or link."""
    return path.lstat().st_mode & 0o777


def is_same(path: Path, data: bytes, mode: int | None) -> bool:
    """Tell whether a file or link is as it was; a mode of None is not compared."""
    if not path.is_symlink() and not path.is_file():
        return False
    return content_of(path) == data and (mode is None or path.is_symlink() or mode_of(path) == mode)


def git_folders(place: Workplace) -> tuple[Path, Path]:
    """Return the folder that git keeps for this checkout, and that of the whole repository."""
    found = find_checkout(place.top)
    return found.own, found.common


def watched_files(place: Workplace, folder: Path, common: Path) -> Iterator[Path]:
    """Yield what git obeys in a checkout: `folder` is its own, `common` the repository's."""
    pointer = place.top / ".git"  # of a worktree: says where its repository is
    if pointer.is_file():
        yield pointer
    for base in dict.fromkeys((folder, common)):
        for name in _OBEYED:
            yield from _files_of(base / name)
    yield from _of_submodules(folder / "modules")  # a worktree has its own


def _files_of(path: Path) -> Iterator[Path]:
    """Yield a file or link, or what lies below a folder."""
    if path.is_dir() and not path.is_symlink():
        yield from (one for one in sorted(path.rglob("*")) if is_kept(one))
    elif path.is_symlink() or path.is_file():
        yield path


def _of_submodules(folder: Path) -> Iterator[Path]:
    """Yield what git obeys in the repositories of submodules: their work is a person's."""
    if folder.is_symlink():
        yield folder
    elif (folder / "HEAD").is_file() or (folder / "config").is_file():
        for name in _OBEYED_INSIDE:
            yield from _files_of(folder / name)
        yield from _of_submodules(folder / "modules")
    elif folder.is_dir():
        for one in sorted(folder.iterdir()):
            yield from _of_submodules(one)


def big_hooks(folder: Path, common: Path) -> Iterator[Path]:
    """Yield the hooks that are too big to be kept."""
    for base in dict.fromkeys((folder, common)):
        hooks = base / "hooks"
        if hooks.is_dir() and not hooks.is_symlink():
            found = (path for path in hooks.iterdir() if path.is_file() and not path.is_symlink())
            yield from (path for path in found if not is_kept(path))


def is_kept(path: Path) -> bool:
    """Tell whether a file is small enough that its content is kept; links are."""
    with contextlib.suppress(OSError):
        return path.is_symlink() or (path.is_file() and path.stat().st_size < _LARGEST)
    return False


def own_files(place: Workplace) -> Iterator[Path]:
    """Yield the files of sous that there are: plan, list, reports, and what is in its folder."""
    yield from (path for path in place.own if path.is_file() or path.is_symlink())
    folder = place.root / FOLDER
    inside = sorted(folder.rglob("*")) if folder.is_dir() and not folder.is_symlink() else []
    kept = (one for one in inside if one.is_file() or one.is_symlink())
    yield from (one for one in kept if one.is_symlink() or one.stat().st_size < _LARGEST)


def is_below(path: Path, folders: Iterable[Path]) -> bool:
    """Tell whether a path is in one of some folders, however it is written."""
    real = Path(os.path.normpath(path))
    return any(
        real.is_relative_to(folder) and real.parent.resolve().is_relative_to(folder.resolve())
        for folder in folders
    )
