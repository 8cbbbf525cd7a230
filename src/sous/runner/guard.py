"""What an agent has no business with: git's own files, its branches, and the files of sous. Put back as they were."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import write_file
from sous.git import git
from sous.names import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        folder, common = git_folders(place)
        index = folder / "index"
        return cls(
            place, folder, common,
            files={path: (path.read_bytes(), path.stat().st_mode & 0o777) for path in _watched(place, folder, common)},
            ours={path: path.read_bytes() for path in _own_files(place)},
            refs=_refs(place), head=head_of(place), branch=branch_of(place),
            index=index.read_bytes() if index.is_file() else None,
            states=frozenset(name for name in _STATES if (folder / name).exists()),
        )  # fmt: skip

    def note(self) -> dict[str, Any]:
        """Return all of it for JSON."""
        return {
            "files": {str(path): [_packed(data), mode] for path, (data, mode) in self.files.items()},
            "ours": {str(path): _packed(data) for path, data in self.ours.items()},
            "refs": self.refs, "head": self.head, "branch": self.branch,
            "index": None if self.index is None else _packed(self.index), "states": sorted(self.states),
        }  # fmt: skip

    @classmethod
    def again(cls, place: Place, noted: Mapping[str, Any]) -> Guard:
        """Return what was noted."""
        return cls(
            place, *git_folders(place),
            files={Path(path): (_unpacked(data), int(mode)) for path, (data, mode) in noted["files"].items()},
            ours={Path(path): _unpacked(data) for path, data in noted["ours"].items()},
            refs=dict(noted["refs"]), head=str(noted["head"]), branch=str(noted["branch"]),
            index=None if noted["index"] is None else _unpacked(noted["index"]), states=frozenset(noted["states"]),
        )  # fmt: skip

    @property
    def is_beside(self) -> bool:
        """Whether this is a worktree of a repository in which somebody may work at the same time."""
        return self.git_folder != self.common

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
            is_same = path in now and path.stat().st_mode & 0o777 == mode
            if not is_same or (path.read_bytes() != data and not (self.is_beside and _only_branches(path, data))):
                if path.is_symlink() or path.is_dir():
                    _remove(path)
                write_file(path, data)
                path.chmod(mode)
                changed.append(path)
        return [f"it changed git's own {path.name}" for path in sorted(changed)]

    def _own(self) -> list[str]:
        changed = []
        now = {*_own_files(self.place), *(path for path in self.place.own if os.path.lexists(path))}
        for path in now - self.ours.keys():
            _remove(path)
            changed.append(path)
        for path, data in self.ours.items():
            if path.is_symlink() or not path.is_file() or path.read_bytes() != data:
                if path.is_symlink() or path.is_dir():
                    _remove(path)
                write_file(path, data)
                changed.append(path)
        names = ", ".join(path.relative_to(self.place.root).as_posix() for path in sorted(changed))
        return [f"it wrote to {names}, which is not its to keep"] if changed else []

    def _references(self) -> bool:
        """Put branches and tags back, but not what others may have moved: from afar, or in another worktree."""
        now = _refs(self.place)
        others = _checked_out_beside(self.place)
        wrong = {
            name
            for name in now.keys() | self.refs.keys()
            if now.get(name) != self.refs.get(name) and not name.startswith("refs/remotes/") and name not in others
        }
        if self.is_beside:  # only what is lost there is brought back
            wrong = {name for name in wrong if name not in now or name == self.branch}
        for name in wrong:
            known = self.refs.get(name)
            git(self.place.top, "update-ref", *((name, known) if known else ("-d", name)))
        return bool(wrong - {self.branch})


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _only_branches(path: Path, before: bytes) -> bool:
    """Tell whether a configuration differs only in what `git push -u` writes, which obeys nobody."""
    if path.name != "config":
        return False
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        listed = []
        for name, data in (("before", before), ("now", path.read_bytes())):
            Path(folder, name).write_bytes(data)
            try:
                raw = git(folder, "config", "--file", str(Path(folder, name)), "--no-includes", "--list", "-z")
            except SousError:
                return False
            listed.append([entry for entry in raw.split(b"\0") if not entry.lower().startswith(b"branch.")])
    return listed[0] == listed[1]


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


def _checked_out_beside(place: Place) -> set[str]:
    """Return the branches that other worktrees of the repository are on."""
    raw = git(place.top, "worktree", "list", "--porcelain").decode("utf-8", "surrogateescape")
    found: set[str] = set()
    for entry in raw.split("\n\n"):
        lines = entry.splitlines()
        if lines and Path(lines[0].removeprefix("worktree ")).resolve() != place.top:
            found |= {line.removeprefix("branch ") for line in lines if line.startswith("branch ")}
    return found


def git_folders(place: Place) -> tuple[Path, Path]:
    """Return the folder that git keeps for this checkout, and that of the whole repository."""
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
    yield from (path for path in place.own if path.is_file())
    folder = place.root / FOLDER
    inside = sorted(folder.rglob("*")) if folder.is_dir() and not folder.is_symlink() else []
    logs = folder / "run"
    yield from (one for one in inside if one.is_file() and not one.is_relative_to(logs))
