"""What an agent has no business with: git's own files, its branches, and the files of sous.

Put back as they were, as far as programs of the run changed them: what a neighbour or a person does
in the same repository meanwhile stays.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file, remove_tree, shown_path, write_file
from sous.folders import hold, is_link
from sous.git import Checkout, links_out, write_git
from sous.names import FOLDER, PLAN, SPEC, TODO
from sous.proc import ProgramFailed
from sous.runner.configured import is_anybodys, starts_nothing
from sous.runner.logs import bound
from sous.runner.refs import Refs, head_of, read_refs
from sous.runner.traced import GitCalls
from sous.runner.watched import (
    LINK,
    big_hooks,
    content_of,
    git_folders,
    is_below,
    is_kept,
    is_same,
    mode_of,
    own_files,
    watched_files,
)
from sous.state import checkout_state
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sous.runner.workplace import Workplace

_ABSENT = "0"  # the digit of the name that git has for what is not there
_STASHES = "logs/refs/stash"
_STATES = (  # that would change what a commit is
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "BISECT_LOG",
    "rebase-merge",
    "rebase-apply",
    "index.lock",
)
_DIGITS = 8  # of the digest in the name of a copy
_FEW = 3  # names that are listed


@dataclass(frozen=True)
class Guard:
    """How git's own files, its references and the files of sous were."""

    place: Workplace
    git_folder: Path
    common: Path
    files: dict[Path, tuple[bytes, int]]
    ours: dict[Path, bytes]
    refs: dict[str, str]
    head: str
    branch: str
    index: bytes | None
    states: frozenset[str]
    stashes: bytes = b""
    big_hooks: frozenset[Path] = frozenset()  # that are too big to be kept
    moved_beside: set[str] = field(default_factory=set)  # references, by nobody that git told of

    @classmethod
    def watch(cls, place: Workplace, also: Iterable[Path] = (), refs: Refs | None = None) -> Guard:
        """Note how all of it is, and `also` other files that are not to be changed.

        `refs`: what was read of them just now.
        """
        folder, common = git_folders(place)
        refs = refs or read_refs(place)
        index = folder / "index"
        return cls(
            place, folder, common,
            files={
                path: (content_of(path), mode_of(path))
                for path in (*watched_files(place, folder, common), *also)
            },
            ours={path: content_of(path) for path in own_files(place)},
            stashes=content_of(common / _STASHES) if (common / _STASHES).is_file() else b"",
            refs=refs.by_name, head=refs.head or head_of(place), branch=refs.branch,
            index=read_file(index, root=None) if index.is_file() else None,
            states=frozenset(name for name in _STATES if (folder / name).exists()),
            big_hooks=frozenset(big_hooks(folder, common)),
        )  # fmt: skip

    def with_files_of(self, before: Guard, other_than: Iterable[Path] = ()) -> Guard:
        """Return it with git's own files, hooks and stashes as they were noted before.

        `other_than`: files of the project, which are taken as they are now.
        """
        now = {path: self.files[path] for path in other_than if path in self.files}
        return replace(
            self, files={**before.files, **now}, stashes=before.stashes, big_hooks=before.big_hooks
        )

    def note(self) -> dict[str, Any]:
        """Return all of it for JSON."""
        return {
            "files": {
                str(path): [_packed(data), mode] for path, (data, mode) in self.files.items()
            },
            "ours": {str(path): _packed(data) for path, data in self.ours.items()},
            "refs": self.refs, "head": self.head, "branch": self.branch,
            "index": None if self.index is None else _packed(self.index),
            "states": sorted(self.states),
            "stashes": _packed(self.stashes),
            "big_hooks": sorted(map(str, self.big_hooks)),
        }  # fmt: skip

    @classmethod
    def again(cls, place: Workplace, noted: Mapping[str, Any]) -> Guard:
        """Return what was noted about files that are watched: a note can be forged."""
        folder, common = git_folders(place)
        files = {
            Path(path): (_unpacked(data), int(mode) & 0o777)
            for path, (data, mode) in noted["files"].items()
        }
        ours = {Path(path): _unpacked(data) for path, data in noted["ours"].items()}
        inside, own = (folder, common, place.root), (place.root / FOLDER,)
        watched = {path for path in files if is_below(path, inside) or path == place.top / ".git"}
        kept = {path for path in ours if path in place.own or is_below(path, own)}
        return cls(
            place, folder, common,
            files={path: files[path] for path in watched},
            ours={path: ours[path] for path in kept},
            refs=dict(noted["refs"]), head=str(noted["head"]), branch=str(noted["branch"]),
            index=None if noted["index"] is None else _unpacked(noted["index"]),
            states=frozenset(noted["states"]),
            stashes=_unpacked(noted.get("stashes", "")),
            big_hooks=frozenset(map(Path, noted.get("big_hooks", ()))),
        )  # fmt: skip

    def put_back_files(self) -> list[str]:
        """Put the files back; return in words what was changed. References and HEAD stay."""
        return [*self._git_files(GitCalls()), *self._own()]

    def put_back(
        self,
        calls: GitCalls = GitCalls(),  # noqa: B008  # it cannot change
        *,
        is_shared: bool = False,
    ) -> tuple[list[str], list[str]]:
        """Put all of it back that programs of the run changed; `calls`: what they asked git.

        `is_shared`: a person may work here meanwhile, so branch, index and a merge half done are
        put back only where git was asked for such here.
        Return in words what was tampered with, and what was undone without blame.

        A commit of the agent's own is undone, its work stays; ticks in todo.md are taken away.
        Raises SousError when the repository itself is gone.
        """
        if not (self.git_folder / "HEAD").is_file():
            raise SousError(
                f"{self.git_folder} is missing: something deleted the repository; restore it "
                "from a copy"
            )
        blamed = [*self._links(), *self._git_files(calls)]  # before git is run again
        blamed += self._stashes() if calls.dropped_stashes() else []
        undone = self._own(is_shared=is_shared)
        is_theirs = not is_shared or calls.were_in(self.place.top)
        now = read_refs(self.place)
        if is_theirs and (moved := self._head(now)):
            undone += moved
            now = read_refs(self.place)
        if self._references(now.by_name, calls, is_theirs=is_theirs):
            blamed.append("it changed branches or tags")
        if is_theirs and self.index is not None:
            self._put(self.git_folder / "index", self.index)
        return blamed, undone

    def _head(self, now: Refs) -> list[str]:
        """Go back to the branch, with nothing half done."""
        undone = []
        for name in _STATES:
            path = self.git_folder / name
            if name not in self.states and os.path.lexists(path):
                remove_tree(path)
        if (now.branch, now.head) != (self.branch, self.head):
            undone.append("it committed or changed the branch on its own")
            target = (
                ("symbolic-ref", "HEAD", self.branch)
                if self.branch
                else ("update-ref", "--no-deref", "HEAD", self.head, *filter(None, (now.head,)))
            )
            write_git(self.place.top, *target)
        return undone

    def _links(self) -> list[str]:
        """Take away links out of the repository that git would write through.

        What they replaced is lost.
        """
        gone = []
        for path in links_out(Checkout(self.place.top, self.git_folder, self.common)):
            remove_tree(path)
            gone.append(f"it made git's own {path.name} a link")
        return gone

    def told_beside(self) -> tuple[str, ...]:
        """Return in words which references moved that no program of the run asked git to move.

        They stay: a person or a neighbour may have done that, or an agent without git.
        """
        if not self.moved_beside:
            return ()
        names = sorted(one_line(one.removeprefix("refs/heads/")) for one in self.moved_beside)
        more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        return (f"{', '.join(names[:_FEW])}{more} moved meanwhile, not by git of this run",)

    def keep_changed(self, folder: Path) -> list[Path]:
        """Copy the files that are not as they were to a folder, under their names with `.before`.

        Return the copies.
        """
        copies = []
        now = {*watched_files(self.place, self.git_folder, self.common), *own_files(self.place)}
        before = {**{path: data for path, (data, _) in self.files.items()}, **self.ours}
        for path in sorted(now):
            if (
                path.is_file()
                and not path.is_symlink()
                and read_file(path, root=None) != before.get(path)
            ):
                copies.append(folder / f"{path.name}.before")
                write_file(copies[-1], read_file(path, root=None), root=None)
        return copies

    def _git_files(self, calls: GitCalls) -> list[str]:
        now = set(watched_files(self.place, self.git_folder, self.common))
        now |= set(big_hooks(self.git_folder, self.common)) - self.big_hooks
        changed = []
        for path in now - self.files.keys():
            if not self._is_new_submodules(path):
                remove_tree(path)
                changed.append(path)
        for path, (data, mode) in self.files.items():
            is_as_it_was = is_same(path, data, mode) and not self._is_behind_link(path)
            if not is_as_it_was and not is_anybodys(path, data, calls):
                self._put(path, data)
                if not path.is_symlink():
                    path.chmod(mode)
                changed.append(path)
        return [f"it changed {self._named(path)}" for path in sorted(changed)]

    def _is_new_submodules(self, path: Path) -> bool:
        """Tell whether a file is as git makes it for a submodule that was not there before."""
        modules = self.git_folder / "modules"
        inside = path.relative_to(modules).parts if path.is_relative_to(modules) else ()
        folders = (modules.joinpath(*inside[:end]) for end in range(1, len(inside)))
        if not inside or path.is_symlink() or any(one / "config" in self.files for one in folders):
            return False
        if path.name in ("config", "config.worktree"):
            return starts_nothing(path, self.place.top)
        return path.suffix == ".sample" or path.parent.name == "info"

    def _named(self, path: Path) -> str:
        in_git = is_below(path, (self.git_folder, self.common)) or path.name == ".git"
        return f"git's own {path.name}" if in_git else f"{path.name}, which the test command runs"

    def _stashes(self) -> list[str]:
        """Bring stashes back that were dropped; new ones stay."""
        log = self.common / _STASHES
        now = read_file(log, root=None) if log.is_file() else b""
        if not self.stashes or now.startswith(self.stashes):
            return []
        self._put(log, self.stashes)
        newest = self.stashes.splitlines()[-1].split(b" ")[1].decode()
        self._put(self.common / "refs" / "stash", f"{newest}\n".encode())
        return ["it dropped stashes"]

    def _own(self, *, is_shared: bool = False) -> list[str]:
        """Put the files of sous back, and keep a copy of what was there: it may be a person's."""
        changed: list[Path] = []
        copies: list[Path] = []
        folder = self.place.root / FOLDER
        if os.path.lexists(folder) and (is_link(folder) or not folder.is_dir()):
            remove_tree(folder)
            changed.append(folder)
        now = {*own_files(self.place), *(path for path in self.place.own if os.path.lexists(path))}
        for path in now - self.ours.keys():
            if not (is_shared and self._is_report(path)):
                copies += self._copied(path)
                remove_tree(path)
                changed.append(path)
        for path, data in self.ours.items():
            if not is_same(path, data, None) or self._is_behind_link(path):
                copies += self._copied(path)
                self._put(path, data)
                changed.append(path)
        if copies:
            bound(copies[0].parent)
        return [self._told(changed, copies)] if changed else []

    def _told(self, changed: Iterable[Path], copies: Iterable[Path]) -> str:
        """Return which files of sous were put back, and where what was there is kept."""
        names = ", ".join(path.relative_to(self.place.root).as_posix() for path in sorted(changed))
        kept = ", ".join(shown_path(one) for one in sorted(copies))
        there = f"; what was there is saved as {kept}" if kept else ""
        return f"it wrote to {names}, which agents may not change{there}"

    def _is_report(self, path: Path) -> bool:
        """Tell whether a file is a report, which a person may have had made meanwhile."""
        place = self.place
        planned = {place.plan, place.todo, *(place.root / name for name in (SPEC, PLAN, TODO))}
        return path in place.own and path not in planned and not path.is_symlink()

    def _copied(self, path: Path) -> list[Path]:
        """Copy a file to where the logs are, each content once; return the copy."""
        if not is_kept(path) or path.is_symlink() or self._is_behind_link(path):
            return []
        data = read_file(path, root=None)
        if not data:
            return []
        folder = checkout_state(self.place.origin.root) / "work"
        digest = hashlib.sha256(data).hexdigest()[:_DIGITS]
        copy = folder / f"{path.name}.{digest}.before"
        if copy.is_symlink() or (os.path.lexists(copy) and not copy.is_file()):
            remove_tree(copy)  # an agent laid something there
        write_file(copy, data, root=folder, durable=False)
        return [copy]

    def _put(self, path: Path, data: bytes) -> None:
        """Make a path the file or link that it was, whatever stands there.

        No link on the way to it is followed.
        """
        base = self._base_of(path)
        folder = base
        for name in path.relative_to(base).parts[:-1]:
            folder = folder / name
            if os.path.lexists(folder) and (is_link(folder) or not folder.is_dir()):
                remove_tree(folder)
        with hold(base, *path.relative_to(base).parts[:-1], create=True) as held:
            if not held.is_plain(path.name) and held.status(path.name) is not None:
                remove_tree(held.path / path.name)
            if data.startswith(LINK):
                held.remove(path.name)
                held.link(path.name, os.fsdecode(data.removeprefix(LINK)))
            else:
                held.write(path.name, data)

    def _is_behind_link(self, path: Path) -> bool:
        """Tell whether a folder on the way to a file is a link by now."""
        base = self._base_of(path)
        parents = path.relative_to(base).parents
        return any(is_link(base / inside) for inside in list(parents)[:-1])

    def _base_of(self, path: Path) -> Path:
        """Return the folder that a file is put back in: git's own, or that of the project."""
        bases = (self.git_folder, self.common, self.place.root, self.place.top)
        return next((base for base in bases if path.is_relative_to(base)), path.parent)

    def _references(self, now: Mapping[str, str], calls: GitCalls, *, is_theirs: bool) -> bool:
        """Restore branches and tags that programs of the run moved or deleted; tell if there are.

        `is_theirs`: the branch that is checked out is one of them.

        New branches do no harm; new tags and replacements stand for others.
        """
        changed = {
            name
            for name in now.keys() | self.refs.keys()
            if now.get(name) != self.refs.get(name)
            and not name.startswith("refs/remotes/")
            and name != "refs/stash"
            and (name in self.refs or name.startswith(("refs/replace/", "refs/tags/")))
        }
        heads = _heads(self.place) if changed else {}
        own = {self.branch} if is_theirs else set()
        wrong = {name for name in changed if name in own or calls.moved(name, heads)}
        self.moved_beside.update(changed - wrong)
        for name in wrong:
            known, there = self.refs.get(name), now.get(name, _ABSENT * len(self.head))
            words = (name, known, there) if known else ("-d", name, there)
            with contextlib.suppress(ProgramFailed):  # somebody moved it again
                write_git(self.place.top, "update-ref", *words)
        return bool(wrong - {self.branch})


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text)


def in_progress(place: Workplace) -> str | None:
    """Return what of git's is half done here: a merge, a rebase and the like."""
    folder, _ = git_folders(place)
    return next((name for name in _STATES[:-1] if (folder / name).exists()), None)


def _heads(place: Workplace) -> dict[str, str]:
    """Return the branches that the other work trees of the repository are on, by their folders."""
    raw = write_git(place.top, "worktree", "list", "--porcelain").decode("utf-8", "surrogateescape")
    found: dict[str, str] = {}
    for entry in raw.split("\n\n"):
        lines = entry.splitlines()
        folder = lines[0].removeprefix("worktree ") if lines else ""
        if folder and Path(folder).resolve() != place.top:
            branch = next((line for line in lines if line.startswith("branch ")), "")
            found[folder] = branch.removeprefix("branch ")
    return found
