"""A checkpoint: all files of a project that git does not ignore, as a git tree to go back to.

It has an index of its own outside the repository: neither the user's index nor flags that an agent
sets there matter. Ignored files are never looked at. Files that git does not track are kept to the
byte and with their mode; big ones are known by size and time only.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.errors import SousError
from sous.files import read_file, write_file
from sous.git import read_git, users_setting, write_git
from sous.mise_files import config_home

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sous.runner.workplace import Workplace
from sous.runner.loose import BIG, blobs_of, size_and_time
from sous.runner.putback import clear_way, delete_new, open_folders, write_blob

MOST = 200_000_000  # bytes that a step may add
_JUNK = (
    "__pycache__/",
    "*.py[co]",
    ".pytest_cache/",
    ".aider*",
    ".coverage",
    ".DS_Store",
    "node_modules/",
)
_ROUNDS = 3  # in which things are put back: the rules about what is ignored are among them


class TooBig(SousError):
    """There are files that are too big to be the work of a step."""


@dataclass(frozen=True)
class Change:
    """A path, relative to the repository's top, and its change: A(dded), M(odified), D(eleted)."""

    path: str
    kind: str


class KeptIndex(NamedTuple):
    """The bytes of an index file and its time, in memory: no program that is run can change them.

    By the time git knows which files it has to compare again.
    """

    data: bytes
    time: int

    @classmethod
    def of(cls, index: Path) -> KeptIndex:
        """Keep an index file that nothing else could write to yet."""
        time = index.stat().st_mtime_ns
        return cls(read_file(index, root=None), time)

    def write(self, index: Path) -> None:
        """Write the index into a file, with its time."""
        write_file(index, self.data, root=None, durable=False)
        os.utime(index, ns=(self.time, self.time))


@dataclass(frozen=True)
class Checkpoint:
    """The state of a project at one moment.

    `loose` are files that git does not track, each by its blob and its mode; `big` those of them
    that are too big for that, by size and time, which cannot be restored. `nested` are repositories
    inside this one, and `ignored` what git ignored: neither is looked into, whatever rules come
    later. `changed`: what differs from the state that it was made from, without files of ours.
    `knows_list`: the plan's list was there, so that what git ignored says whether it is. `kept`:
    the index as it was made. The file is in a folder that tests and agents can write to.
    """

    place: Workplace
    index: Path
    tree: str
    loose: dict[str, tuple[str, int]] = field(default_factory=dict)
    big: dict[str, tuple[int, int]] = field(default_factory=dict)
    nested: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    changed: tuple[Change, ...] = ()
    knows_list: bool = False
    kept: KeptIndex | None = field(default=None, repr=False, compare=False)

    @classmethod
    def take(cls, place: Workplace, index: Path, known: KnownTree | None = None) -> Checkpoint:
        """Note the state of a project, in a new index file.

        `known`: the tree of the commit that is checked out.
        """
        if known:
            known.kept.write(index)
            noted = cls(place, index, known.tree)
        else:
            noted = cls.at_head(place, index)
        others = noted.others()
        untracked = _files(others)
        sizes = {path: size_and_time(place.top / path) for path in untracked}
        loose = blobs_of(place, [path for path, size in sizes.items() if size[0] <= BIG])
        big = {path: size for path, size in sizes.items() if path not in loose}  # or not to be read
        changed = noted.changed_tracked()
        big |= (heavy := noted.heavy_of(changed, None))
        put = [one for one in changed if one.path not in heavy]
        tree = known.tree if known and not put else noted.with_files(put)
        nested, ignored = frozenset(_folders(others)), noted.now_ignored()
        kept = KeptIndex.of(index)
        return cls(place, index, tree, loose, big, nested, ignored, tuple(changed), kept=kept)

    @classmethod
    def at_head(cls, place: Workplace, index: Path) -> Checkpoint:
        """Return the commit that is checked out, in a new index file; it knows no other files."""
        index.unlink(missing_ok=True)
        write_git(place.top, "read-tree", "HEAD", index=index)
        return cls(place, index, "HEAD")

    @classmethod
    def again(cls, place: Workplace, index: Path, noted: Mapping[str, Any]) -> Checkpoint:
        """Come back to a state that was noted (see `note`), in a new index file."""
        index.unlink(missing_ok=True)
        write_git(place.top, "read-tree", str(noted["tree"]), index=index)
        _refresh(place, index)
        loose = {
            path: (str(blob), int(mode)) for path, (blob, mode) in noted.get("loose", {}).items()
        }
        big = {path: (int(size), int(time)) for path, (size, time) in noted.get("big", {}).items()}
        nested, ignored = (frozenset(map(str, noted.get(key, ()))) for key in ("nested", "ignored"))
        kept, tree = KeptIndex.of(index), str(noted["tree"])
        return cls(place, index, tree, loose, big, nested, ignored, kept=kept)

    def put_back_index(self) -> None:
        """Write the index file as it was made, whatever a program did to it since."""
        if self.kept:
            self.kept.write(self.index)

    def note(self) -> dict[str, Any]:
        """Return what `again` needs, for JSON."""
        return {
            "tree": self.tree,
            "loose": self.loose,
            "big": self.big,
            "nested": sorted(self.nested),
            "ignored": sorted(self.ignored),
        }

    def changes(self, others: Sequence[str] | None = None) -> list[Change]:
        """Return what is not as it was, without files of ours.

        A new repository inside this one ends in `/`. `others`: what `others()` says.
        """
        if others is None:
            others = self.others()
        found = self.changed_tracked()
        untracked = set(_files(others))
        found += [Change(path, "A") for path in untracked - self.loose.keys() - self.big.keys()]
        now = blobs_of(self.place, self.loose.keys() & untracked)
        found += [Change(path, "M") for path in now if now[path] != self.loose[path]]
        found += [
            Change(path, "M")
            for path in self.big.keys() & untracked
            if self.big[path] != self._size(path)
        ]
        known = self.loose.keys() | self.big.keys()
        found += [
            Change(path, "D") for path in known - untracked if not os.path.lexists(self._at(path))
        ]
        found += [Change(path, "A") for path in set(_folders(others)) - self.nested]
        return sorted(found, key=lambda change: change.path)

    def changed_tracked(self) -> list[Change]:
        """Return which files of the index are not as they were, without files of ours."""
        if _refresh(self.place, self.index):
            return []
        raw = os.fsdecode(
            write_git(self.place.top, "diff-files", "-z", "--name-status", index=self.index)
        )
        words = raw.split("\0")[:-1]
        return [
            Change(path, "D" if kind == "D" else "M")
            for kind, path in zip(words[::2], words[1::2], strict=True)
            if not self.place.is_ours(path)
        ]

    def now(self, index: Path, *, most: int | None = None) -> Checkpoint:
        """Return a checkpoint of the present, in its own index file.

        Raises TooBig for more than `most` new bytes.
        """
        others = self.others()
        changed = self.changes(others)
        changes = [one for one in changed if not one.path.endswith("/")]
        heavy = self.heavy_of(changes, most)
        if index != self.index:
            copy_index(self, index)
        loose = {path: blob for path, blob in self.loose.items() if os.path.lexists(self._at(path))}
        loose |= blobs_of(self.place, [change.path for change in changes if change.path in loose])
        put = [one for one in changes if one.path not in heavy and one.path not in self.loose]
        tree = replace(self, index=index).with_files(put)
        nested, ignored = frozenset(_folders(others)), self.ignored | self.now_ignored()
        big, knows_list = {**self.big, **heavy}, os.path.lexists(self.place.todo)
        return Checkpoint(
            self.place, index, tree, loose, big, nested, ignored, tuple(changed), knows_list,
            KeptIndex.of(index),
        )  # fmt: skip

    def with_files(self, changes: Sequence[Change]) -> str:
        """Have the index hold changed files as they are, and return its tree."""
        paths = [one.path for one in changes if one.kind != "D"]
        gone = [one.path for one in changes if one.kind == "D"]
        top, index = self.place.top, self.index
        if gone:  # named so, as git looks at no path behind a link that took a folder's place
            hashed = read_git(top, "rev-parse", "--show-object-format").strip()
            zeros = b"0 " + b"0" * (64 if hashed == b"sha256" else 40) + b"\t"
            lines = b"".join(zeros + os.fsencode(path) + b"\0" for path in gone)
            write_git(top, "update-index", "-z", "--index-info", index=index, input=lines)
        if paths:
            options = ("--add", "--remove", "--replace", "-z", "--stdin")
            write_git(top, "update-index", *options, index=index, input=_nul(paths))
        return write_git(top, "write-tree", index=index).decode().strip()

    def mixed(self, index: Path, files: Mapping[str, tuple[str, str]]) -> Checkpoint:
        """Return this state with some files of another, each with git's mode and name of it.

        A mode of zeros: the file is not there.
        """
        copy_index(self, index)
        gone_first = sorted(files.items(), key=lambda one: bool(one[1][0].strip("0")))
        lines = b"".join(
            f"{mode} {blob}\t".encode() + os.fsencode(path) + b"\0"
            for path, (mode, blob) in gone_first
        )
        options = ("--replace", "-z", "--index-info")
        write_git(self.place.top, "update-index", *options, index=index, input=lines)
        return replace(self, index=index, kept=KeptIndex.of(index))

    def heavy_of(self, changes: Sequence[Change], most: int | None) -> dict[str, tuple[int, int]]:
        """Return size and time of the big files.

        Raises TooBig if all are more than `most` bytes.
        """
        sizes = {change.path: self._size(change.path) for change in changes if change.kind != "D"}
        heavy = {path: size for path, size in sizes.items() if size[0] > BIG}
        if most is None or not (heavy or sum(size for size, _ in sizes.values()) > most):
            return heavy
        path = max(sizes, key=lambda name: sizes[name][0])
        raise TooBig(
            f"{path} has {sizes[path][0]:,} bytes, which is no source text; nothing of it is kept"
        )

    def restore(self, only: Collection[str] | None = None) -> list[str]:
        """Make all paths (or `only` some) again as they were; return those that cannot be."""
        lost: list[str] = []
        for _ in range(_ROUNDS):  # with `.gitignore` as it was, more may show
            changes = [change for change in self.changes() if change.path not in lost]
            if only is not None:
                changes = [change for change in changes if change.path in only]
            if not changes:
                break
            lost += [change.path for change in changes if change.path in self.big]
            lost += self._delete_new(changes)
            self._write_old([change.path for change in changes if change.kind != "A"])
        return lost

    def _delete_new(self, changes: Sequence[Change]) -> list[str]:
        """Delete what is new; return what cannot be deleted."""
        lost = []
        for change in changes:
            open_folders(self.place, change.path)
            if change.kind == "A" and not delete_new(self.place, change.path):
                lost.append(change.path)
        return lost

    def _write_old(self, paths: Iterable[str]) -> None:
        """Write the files that were there, but for big ones, of which we have no content."""
        back = [path for path in paths if path not in self.big]
        for path in back:
            clear_way(self.place, path)
        for path in self.loose.keys() & back:
            write_blob(self.place, path, *self.loose[path])
        tracked = _nul(path for path in back if path not in self.loose)
        options = ("-f", "-u", "-z", "--stdin")
        write_git(self.place.top, "checkout-index", *options, index=self.index, input=tracked)

    def untracked(self) -> list[str]:
        """Return files not in the index, without ignored ones, ours, and programs' leftovers."""
        return _files(self.others())

    def diff(self, later: Checkpoint, paths: Sequence[str] = ()) -> bytes:
        """Return the patch from here to a later checkpoint, of all or of some paths."""
        return read_git(self.place.top, "diff", "--binary", self.tree, later.tree, "--", *paths)

    @property
    def at_home(self) -> frozenset[str]:
        """What git ignores in the project itself: its dependencies are among it."""
        return self.place.linked if self.place.home else self.ignored

    def _at(self, path: str) -> Path:
        return self.place.top / path

    def _size(self, path: str) -> tuple[int, int]:
        return size_and_time(self._at(path))

    def now_ignored(self) -> frozenset[str]:
        """Return what git ignores as things are, folders of it with `/` behind them."""
        return frozenset(self._listed("--ignored", "--directory"))

    def others(self) -> list[str]:
        """Return what is not in the index: files, and with `/` behind them whole repositories.

        The index file is put back first: all that looks for changes begins here.
        """
        self.put_back_index()
        return [
            path
            for path in self._listed()
            if not self.place.is_ours(path) and not self.was_ignored(path)
        ]

    def _listed(self, *options: str) -> list[str]:
        junk = [argument for pattern in _JUNK for argument in ("-x", pattern)]
        junk += [f"--exclude-from={path}" for path in _users_ignores(self.place)]
        wanted = ("-z", "--others", "--exclude-standard", *options, *junk)
        return os.fsdecode(read_git(self.place.top, "ls-files", *wanted, index=self.index)).split(
            "\0"
        )[:-1]

    def was_ignored(self, path: str) -> bool:
        """Tell whether git ignored a path, or a folder that it is in."""
        parts = path.rstrip("/").split("/")
        folders = ("/".join(parts[:at]) + "/" for at in range(1, len(parts) + 1))
        return path in self.ignored or any(folder in self.ignored for folder in folders)


def copy_index(checkpoint: Checkpoint, index: Path) -> None:
    """Copy the index file of a state, with its time, by which git knows what to compare again."""
    if checkpoint.kept:
        checkpoint.kept.write(index)
    else:
        shutil.copyfile(checkpoint.index, index)
        shutil.copystat(checkpoint.index, index)


class KnownTree(NamedTuple):
    """The tree of a commit, and an index that holds it, with how its files are in the project."""

    commit: str
    tree: str
    kept: KeptIndex

    @classmethod
    def of(cls, commit: str, checkpoint: Checkpoint) -> KnownTree:
        """Keep the index of a state that is committed so."""
        kept = checkpoint.kept or KeptIndex.of(checkpoint.index)
        return cls(commit, checkpoint.tree, kept)


def _files(others: Iterable[str]) -> list[str]:
    return [path for path in others if not path.endswith("/")]


def _folders(others: Iterable[str]) -> list[str]:
    return [path for path in others if path.endswith("/")]


def _users_ignores(place: Workplace) -> list[Path]:
    """Return the user's own ignore file for all repositories, if there is one (gitignore(5))."""
    named = users_setting(place.top, "core.excludesfile")
    path = Path(named).expanduser() if named else config_home() / "git" / "ignore"
    return [path] if path.is_file() else []


def _refresh(place: Workplace, index: Path) -> bool:
    """Have an index know the files that are as it says; tell whether all are."""
    try:
        write_git(place.top, "update-index", "--ignore-submodules", "--refresh", index=index)
    except SousError:  # something changed, or cannot be read
        return False
    return True


def _nul(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)
