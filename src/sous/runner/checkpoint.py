"""A checkpoint: all that a project holds and git does not ignore, as a tree of git's, to compare with and go back to.

It has an index of its own outside the repository: neither the user's index nor flags that an agent sets there matter.
Ignored files are never looked at. Big files that git does not track are known by size and time only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import git
from sous.mise_files import config_home
from sous.names import FOLDER, OWN_FILES, PLAN, SPEC, TODO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

BIG = 50_000_000  # bytes of one file
_JUNK = ("__pycache__/", "*.py[co]", ".pytest_cache/", ".aider*", ".coverage", ".DS_Store", "node_modules/")


class TooBig(SousError):
    """There are files that are too big to be the work of a step."""


@dataclass(frozen=True)
class Change:
    """A path, relative to the top of the repository, and what happened to it: A(dded), M(odified), D(eleted)."""

    path: str
    kind: str


@dataclass(frozen=True)
class Place:
    """A repository: its top folder, and in it the root of the project, whose own files of sous are left out."""

    top: Path
    root: Path

    @property
    def prefix(self) -> str:
        """What the root's paths begin with, seen from the top."""
        inside = self.root.relative_to(self.top).as_posix()
        return "" if inside == "." else f"{inside}/"

    def is_ours(self, path: str) -> bool:
        """Tell whether a path is what sous itself writes: such files are no dirt, and no work of an agent."""
        inside = path.removeprefix(self.prefix) if path.startswith(self.prefix) else ""
        own = inside in (*OWN_FILES, SPEC, PLAN, TODO) or inside.endswith((".partial", ".sous-tmp"))
        return own or inside.startswith(f"{FOLDER}/")


@dataclass(frozen=True)
class Checkpoint:
    """The state of a project at one moment; `big` are untracked files by size and time, which cannot be restored."""

    place: Place
    index: Path
    tree: str
    big: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def take(cls, place: Place, index: Path, *, tree: str = "HEAD") -> Checkpoint:
        """Note the state of a project, or come back to one that was noted (`tree`), in a new index file."""
        index.unlink(missing_ok=True)
        git(place.top, "read-tree", tree, index=index)
        _refresh(place, index)
        noted = cls(place, index, tree)
        return noted if tree != "HEAD" else noted.now(index)

    def changes(self) -> list[Change]:
        """Return what is not as it was, without files of ours."""
        _refresh(self.place, self.index)
        raw = _git_text(self.place, "diff-files", "-z", "--name-status", "--ignore-submodules", index=self.index)
        words = raw.split("\0")[:-1]
        found = [
            Change(path, "D" if kind == "D" else "M")
            for kind, path in zip(words[::2], words[1::2], strict=True)
            if not self.place.is_ours(path)
        ]
        found += [
            Change(path, "A") for path in self._untracked() if self.big.get(path) != _size_and_time(self._at(path))
        ]
        return sorted(found, key=lambda change: change.path)

    def now(self, index: Path, *, most: int | None = None) -> Checkpoint:
        """Return a checkpoint of the present, in its own index file. Raises TooBig for more than `most` new bytes."""
        changes = self.changes()
        sizes = {change.path: _size_and_time(self._at(change.path)) for change in changes if change.kind != "D"}
        heavy = {path: size for path, size in sizes.items() if size[0] > BIG}
        if most is not None and (heavy or sum(size[0] for size in sizes.values()) > most):
            path = max(sizes, key=lambda one: sizes[one][0])
            raise TooBig(f"{path} has {sizes[path][0]:,} bytes, which is no source text; nothing of it is kept")
        if index != self.index:
            shutil.copyfile(self.index, index)
        paths = [change.path for change in changes if change.path not in heavy]
        git(
            self.place.top, "update-index", "--add", "--remove", "-z", "--stdin", index=index, input=_nul(paths)
        )  # fmt: skip
        tree = git(self.place.top, "write-tree", index=index).decode().strip()
        return Checkpoint(self.place, index, tree, {**self.big, **heavy})

    def restore(self, only: Collection[str] | None = None) -> list[str]:
        """Make all paths (or `only` some) again as they were; return those that cannot be."""
        changes = [one for one in self.changes() if only is None or one.path in only]
        lost = [one.path for one in changes if one.path in self.big]
        for one in changes:
            if one.kind == "A" and one.path not in self.big:
                self._delete(one.path)
        back = [one.path for one in changes if one.kind != "A"]
        for path in back:  # a folder that stands where a file was
            if self._at(path).is_dir() and not self._at(path).is_symlink():
                with contextlib.suppress(OSError):
                    self._at(path).rmdir()
        git(self.place.top, "checkout-index", "-f", "-u", "-z", "--stdin", index=self.index, input=_nul(back))
        return lost

    def diff(self, later: Checkpoint) -> bytes:
        """Return the patch from here to a later checkpoint."""
        return git(self.place.top, "diff", "--binary", "--no-ext-diff", "--no-textconv", self.tree, later.tree)

    def _at(self, path: str) -> Path:
        return self.place.top / path

    def _untracked(self) -> Iterable[str]:
        junk = [argument for pattern in _JUNK for argument in ("-x", pattern)]
        junk += [f"--exclude-from={path}" for path in _users_ignores(self.place)]
        raw = _git_text(self.place, "ls-files", "-z", "--others", "--exclude-standard", *junk, index=self.index)
        return (path for path in raw.split("\0")[:-1] if not path.endswith("/") and not self.place.is_ours(path))

    def _delete(self, path: str) -> None:
        target = self._at(path)
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder in (self.place.top, self.place.root):
                return
            try:
                folder.rmdir()
            except OSError:
                return


def _users_ignores(place: Place) -> list[Path]:
    """Return the user's own file of patterns for all repositories, where there is one (gitignore(5))."""
    with contextlib.suppress(SousError):
        named = git(place.top, "config", "--global", "--path", "--get", "core.excludesFile")
        return [path for path in [Path(os.fsdecode(named).strip())] if path.is_file()]
    return [path for path in [config_home() / "git" / "ignore"] if path.is_file()]


def _refresh(place: Place, index: Path) -> None:
    with contextlib.suppress(SousError):  # it ends with an error where something changed
        git(place.top, "update-index", "-q", "--refresh", "--ignore-submodules", index=index)


def _git_text(place: Place, *args: str, index: Path) -> str:
    return os.fsdecode(git(place.top, *args, index=index))


def _nul(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else (0, 0)
