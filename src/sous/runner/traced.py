"""What git was asked by the programs of a run: git itself tells (trace2), each call with its words.

So nobody is blamed for what a neighbour or a person did in the same repository meanwhile. It is no
fence: who empties the environment is not seen, and is kept in by a sandbox.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file, remove_file
from sous.git_place import find_checkout
from sous.proc import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LARGEST = 50_000_000  # bytes of a trace that are read
_MOVE_OTHERS = {
    "am", "bisect", "branch", "checkout", "cherry-pick", "commit", "fast-import", "fetch",
    "filter-branch", "merge", "notes", "pull", "push", "rebase", "remote", "replace", "reset",
    "revert", "switch", "symbolic-ref", "tag", "update-ref", "worktree",
}  # fmt: skip
# what changes references that its words do not name
_IN_BULK = {"--stdin", "--all", "--mirror", "--prune", "--tags", "--update-refs"}
_UNNAMED = {"fast-import", "fetch", "filter-branch", "pull", "remote", "replace"}
_SETTINGS = {"branch", "clone", "config", "push", "remote", "sparse-checkout", "submodule"}
_STASHES = {"stash", "reflog", "update-ref"}
_SPLIT = re.compile(r"[:+^~@=,{}*]|\.\.")


# what leaves HEAD, index and references as they are
_LOOKS = {
    "blame", "cat-file", "check-ignore", "config", "describe", "diff", "diff-files", "diff-index",
    "diff-tree", "for-each-ref", "grep", "help", "log", "ls-files", "ls-tree", "merge-base",
    "name-rev", "rev-list", "rev-parse", "shortlog", "show", "show-ref", "status", "var", "version",
}  # fmt: skip


@dataclass
class Asked:
    """One call of git: its words, its command, and the work tree that it was in, if it says so."""

    words: list[str] = field(default_factory=list)
    command: str = ""
    tree: str = ""


def trace_environment(path: Path) -> Mapping[str, str]:
    """Return the variables that have git write to a file what it is asked."""
    return {"GIT_TRACE2_EVENT": str(path), "GIT_TRACE2_EVENT_NESTING": "1"}


def trace_in(folder: Path) -> Path:
    """Return the trace of the programs that this process starts, in a folder of logs."""
    return folder / f"git-{os.getpid()}.trace"


def forget_trace(path: Path) -> None:
    """Begin anew."""
    with contextlib.suppress(SousError, OSError):
        remove_file(path)


@dataclass(frozen=True)
class GitCalls:
    """The calls of git by the programs of a run, in one repository.

    `is_whole`: False where there may be others, as they were too many to be read.
    """

    calls: tuple[Asked, ...] = ()
    is_whole: bool = True

    @classmethod
    def read(cls, path: Path, common: Path) -> GitCalls:
        """Return the calls of a trace that may have been in the repository at `common`."""
        try:
            data = read_file(path, root=None, most=_LARGEST)
        except FileNotFoundError:
            return cls()
        except (OSError, SousError):
            return cls(is_whole=False)
        trees: dict[str, bool] = {}
        found = []
        for one in _calls(data):
            if one.tree not in trees:
                trees[one.tree] = not one.tree or _is_of(one.tree, common)
            if trees[one.tree]:
                found.append(one)
        return cls(tuple(found))

    def moved(self, reference: str, heads: Mapping[str, str]) -> bool:
        """Tell whether a reference was named in a call that changes such, or may have been meant.

        `heads`: the branches that work trees of the repository are on, by their folders.
        """
        if not self.is_whole:
            return True
        moving = [one for one in self.calls if one.command in _MOVE_OTHERS]
        names = _names_of(reference)
        return any(
            one.command in _UNNAMED
            or _IN_BULK & set(one.words)
            or heads.get(one.tree) == reference
            or any(names & set(_SPLIT.split(word)) for word in one.words)
            for one in moving
        )

    def were_in(self, top: Path) -> bool:
        """Tell whether a call in a work tree may have changed its HEAD or index."""
        return not self.is_whole or any(
            one.tree and one.command not in _LOOKS and Path(one.tree).resolve() == top.resolve()
            for one in self.calls
        )

    def dropped_stashes(self) -> bool:
        """Tell whether a call may have."""
        return not self.is_whole or any(one.command in _STASHES for one in self.calls)

    def set_entries(self) -> bool:
        """Tell whether a call may have changed the configuration of the repository."""
        return not self.is_whole or any(one.command in _SETTINGS for one in self.calls)

    def fetched(self) -> bool:
        """Tell whether a call may have fetched."""
        commands = {"fetch", "pull", "fetch-pack", "remote"}
        return not self.is_whole or any(one.command in commands for one in self.calls)


def _names_of(reference: str) -> set[str]:
    """Return how a reference may be called."""
    parts = reference.split("/")
    return {"/".join(parts[at:]) for at in range(min(3, len(parts)))}


def _calls(data: bytes) -> Iterable[Asked]:
    found: dict[str, Asked] = {}
    for line in data.splitlines():
        event = _event(line)
        sid = str(event.get("sid", ""))
        match event.get("event"):
            case "start":
                found[sid] = Asked([str(word) for word in event.get("argv", [])][1:])
            case "cmd_name" if sid in found:
                found[sid].command = str(event.get("name", ""))
            case "def_repo" if sid in found:
                found[sid].tree = str(event.get("worktree", ""))
    return found.values()


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _is_of(tree: str, common: Path) -> bool:
    """Tell whether a work tree is of a repository; one that has gone may have been."""
    folder = Path(tree)
    try:
        return not folder.is_dir() or find_checkout(folder).common == common
    except (ProgramFailed, OSError):
        return False
