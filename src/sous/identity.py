"""The identity of a project: a moved folder keeps it, a copy or another clone has another.

No git is started: what a `.git` says is read as data. What tells projects apart is on the user's
disk and in no clone: device and inode of the repository's folder, and when that folder was made, as
an inode may be used again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.births import birth_time
from sous.errors import SousError
from sous.files import read_file
from sous.folders import is_link

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 4096  # bytes of a path in a file of git's


@dataclass(frozen=True)
class Identity:
    """The keys of a project's state: `project` for all its worktrees, `checkout` for one."""

    project: str
    checkout: str


def identity_of(root: Path) -> Identity:
    """Return who the project in `root` is; without git, the folder itself.

    Raises SousError for a folder that cannot be looked at.
    """
    root = root.resolve()
    try:
        for top in (root, *root.parents):
            found = _repository(top / ".git")
            if found is not None:
                inside = root.relative_to(top).as_posix()
                common, own = found
                return Identity(_key(common, inside), _key(own, inside))
        return Identity(_key(root, "no repository"), _key(root, "no repository"))
    except OSError as exc:
        raise SousError(f"cannot look at {root}: {exc.strerror}") from exc


def _repository(pointer: Path) -> tuple[Path, Path] | None:
    """Return the folders of a repository and of this checkout; None if `pointer` is no `.git`.

    A linked worktree belongs to its repository only if that points back: a `.git` can name
    anybody's.
    """
    if is_link(pointer):
        return None  # it may lead to any repository of the user's
    if (pointer / "HEAD").is_file():
        return pointer, pointer
    if not pointer.is_file():
        return None
    own = _path_in(pointer, "gitdir:")
    if own is None or not (own / "HEAD").is_file():
        return None
    common, back = _path_in(own / "commondir"), _path_in(own / "gitdir")
    if common is None or back is None or not _is_same(back, pointer):
        return pointer, pointer  # a submodule, or one that claims what is not its own
    return common, own


def _path_in(path: Path, before: str = "") -> Path | None:
    """Return the path that a file of git's holds, relative to the file's folder.

    None for anything else.
    """
    try:
        text = read_file(path, root=None, most=_LONGEST).decode("utf-8", "surrogateescape")
    except (OSError, SousError):
        return None
    named = text.removeprefix(before).strip()
    if not named or not text.startswith(before) or "\0" in named:
        return None
    return path.parent / named


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def _key(path: Path, inside: str) -> str:
    status = path.stat()
    words = [str(status.st_dev), str(status.st_ino), str(birth_time(path)), inside]
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]
