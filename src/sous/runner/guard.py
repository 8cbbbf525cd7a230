"""What an agent has no business with: git's own files, its branches, and the files of sous. Put back as they were."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import write_file
from sous.git import git
from sous.names import FOLDER, PLAN, SPEC, TODO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.runner.checkpoint import Place

# What git obeys or runs (gitrepository-layout(5)), and the states that would change what a commit is.
_OBEYED = ("config", "config.worktree", "hooks", "info", "objects/info")
_STATES = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG", "rebase-merge", "rebase-apply", "index.lock")
_LARGEST = 10_000_000  # bytes of one file


@dataclass(frozen=True)
class Guard:
    """How git's own files, its references and the files of sous were."""

    place: Place
    git_folder: Path
    common: Path
    files: dict[Path, tuple[bytes, int]]
    ours: dict[Path, bytes]
    refs: dict[str, str]
    head: str
    branch: str
    index: bytes | None
    states: frozenset[str]

    @classmethod
    def watch(cls, place: Place) -> Guard:
        """Note how all of it is."""
        folder, common = _git_folders(place)
        index = folder / "index"
        return cls(
            place, folder, common,
            files={path: (path.read_bytes(), path.stat().st_mode & 0o777) for path in _watched(place, folder, common)},
            ours={path: path.read_bytes() for path in _own_files(place)},
            refs=_refs(place), head=head_of(place), branch=branch_of(place),
            index=index.read_bytes() if index.is_file() else None,
            states=frozenset(name for name in _STATES if (folder / name).exists()),
        )  # fmt: skip

    def put_back(self) -> tuple[list[str], list[str]]:
        """Put all of it back; return in words what was tampered with, and what was undone without blame.

        A commit of the agent's own is undone, its work stays; ticks in todo.md are taken away. Raises SousError when
        the repository itself is gone.
        """
        if not (self.git_folder / "HEAD").is_file():
            raise SousError(f"{self.git_folder} is gone: something deleted the repository; restore it from a copy")
        blamed = self._git_files()  # before git is run again
        undone = self._own()
        for name in _STATES:
            path = self.git_folder / name
            if name not in self.states and path.exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if branch_of(self.place) != self.branch or head_of(self.place) != self.head:
            undone.append("it committed or changed the branch on its own")
            target = (
                ("symbolic-ref", "HEAD", self.branch)
                if self.branch
                else ("update-ref", "--no-deref", "HEAD", self.head)
            )
            git(self.place.top, *target)
        if self._references():
            blamed.append("it changed branches or tags")
        if self.index is not None:
            write_file(self.git_folder / "index", self.index)
        return blamed, undone

    def _git_files(self) -> list[str]:
        now = set(_watched(self.place, self.git_folder, self.common))
        changed = []
        for path in now - self.files.keys():
            path.unlink()
            changed.append(path)
        for path, (data, mode) in self.files.items():
            if path not in now or path.read_bytes() != data or path.stat().st_mode & 0o777 != mode:
                if path.is_symlink() or path.is_dir():
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
                write_file(path, data)
                path.chmod(mode)
                changed.append(path)
        return [f"it changed git's own {path.name}" for path in sorted(changed)]

    def _own(self) -> list[str]:
        changed = []
        for path in set(_own_files(self.place)) - self.ours.keys():
            path.unlink()
            changed.append(path)
        for path, data in self.ours.items():
            if path.is_symlink() or not path.is_file() or path.read_bytes() != data:
                if path.is_symlink():
                    path.unlink()
                write_file(path, data)
                changed.append(path)
        names = ", ".join(path.relative_to(self.place.root).as_posix() for path in sorted(changed))
        return [f"it wrote to {names}, which is not its to keep"] if changed else []

    def _references(self) -> bool:
        now = _refs(self.place)
        own = self.branch
        wrong = {name for name in now.keys() | self.refs.keys() if now.get(name) != self.refs.get(name)}
        for name in wrong:
            known = self.refs.get(name)
            git(self.place.top, "update-ref", *((name, known) if known else ("-d", name)))
        return bool(wrong - {own})


def head_of(place: Place) -> str:
    """Return the commit that is checked out. Raises SousError where there is none."""
    try:
        return git(place.top, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    except SousError as exc:
        raise SousError(
            "there is no commit yet: `git add -A && git commit` first, so that there is a way back"
        ) from exc


def branch_of(place: Place) -> str:
    """Return the full name of the branch that is checked out; empty when none is."""
    try:
        return git(place.top, "symbolic-ref", "-q", "HEAD").decode().strip()
    except SousError:
        return ""


def _refs(place: Place) -> dict[str, str]:
    raw = git(place.top, "for-each-ref", "--format=%(refname) %(objectname)").decode("utf-8", "surrogateescape")
    return dict(line.split(" ") for line in raw.splitlines())


def _git_folders(place: Place) -> tuple[Path, Path]:
    raw = git(place.top, "rev-parse", "--absolute-git-dir", "--git-common-dir").decode("utf-8", "surrogateescape")
    own, common = raw.splitlines()
    return Path(own), (place.top / common).resolve()


def _watched(place: Place, folder: Path, common: Path) -> Iterator[Path]:
    pointer = place.top / ".git"  # of a worktree: says where its repository is
    if pointer.is_file():
        yield pointer
    for base in dict.fromkeys((folder, common)):
        for name in _OBEYED:
            path = base / name
            if path.is_dir() and not path.is_symlink():
                yield from (one for one in sorted(path.rglob("*")) if _is_kept(one))
            elif path.is_symlink() or path.is_file():
                yield path


def _is_kept(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.is_symlink() or (path.is_file() and path.stat().st_size < _LARGEST)
    return False


def _own_files(place: Place) -> Iterator[Path]:
    yield from (path for name in (SPEC, PLAN, TODO) if (path := place.root / name).is_file())
    folder = place.root / FOLDER
    inside = sorted(folder.rglob("*")) if folder.is_dir() and not folder.is_symlink() else []
    logs = folder / "run"
    yield from (one for one in inside if one.is_file() and not one.is_relative_to(logs))
