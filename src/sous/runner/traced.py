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
# what changes references that its words do not name: always, or with one of these words
_UNNAMED = {"fast-import", "fetch", "filter-branch", "pull", "replace"}
_IN_BULK = {
    "push": {"--all", "--branches", "--mirror", "--prune", "--tags"},
    "rebase": {"--update-refs"},
    "update-ref": {"--stdin"},
    "remote": {"add", "prune", "remove", "rename", "rm", "set-head", "update"},
}
_MOVES_ITS_OWN = {"am", "cherry-pick", "commit", "merge", "rebase", "reset", "revert"}
_SETTINGS = {"branch", "clone", "config", "push", "sparse-checkout", "submodule"}
_KEEPS_STASHES = {"apply", "create", "list", "show", "store"}
_TELLS = {"", "get-url", "show"}  # words of `git remote`
_GLUED = "bBcC"  # letters of options that have a branch behind them
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
    folder: str = ""  # of git, where an option or a variable names one

    def after(self) -> list[str]:
        """Return the words behind the command."""
        at = self.words.index(self.command) + 1 if self.command in self.words else 0
        return self.words[at:]

    def verb(self) -> str:
        """Return the first word behind the command that is no option."""
        return next((word for word in self.after() if not word.startswith("-")), "")

    def is_in_bulk(self) -> bool:
        """Tell whether it may change references that its words do not name."""
        wanted = _IN_BULK.get(self.command, set())
        return (
            self.command in _UNNAMED
            or any(word in wanted for word in self.words)
            or any(one.startswith(word) for word in self.words for one in wanted if word[3:])
            or (self.command == "rebase" and any("updaterefs" in one.lower() for one in self.words))
        )

    def named(self) -> set[str]:
        """Return what may be the names of references that it changes."""
        words = self.words
        if self.command in _MOVES_ITS_OWN:
            plain = [word for word in self.after() if not word.startswith("-")]
            words = plain[1:] if self.command == "rebase" else []  # the branch to begin at
        short = [word for word in words if re.match("-[^-]", word)]
        glued = [word[at + 1 :] for word in short for at, char in enumerate(word) if char in _GLUED]
        return {name for word in (*words, *glued) for name in _SPLIT.split(word)}

    def makes_anew(self) -> bool:
        """Tell whether it goes to a branch that it moves first."""
        options = (word for word in self.words if re.match(r"-[a-zA-Z]*[BC]|--force", word))
        return self.command in ("checkout", "switch") and any(options)

    def drops_stashes(self) -> bool:
        """Tell whether it may."""
        match self.command:
            case "stash":
                return self.verb() not in _KEEPS_STASHES
            case "reflog":
                return self.verb() in ("delete", "drop", "expire")
            case "update-ref":
                return any("stash" in word or word.startswith("--st") for word in self.words)
        return False


def trace_environment(path: Path) -> Mapping[str, str]:
    """Return the variables that have git write to a file what it is asked."""
    return {
        "GIT_TRACE2_EVENT": str(path),
        "GIT_TRACE2_EVENT_NESTING": "1",
        "GIT_TRACE2_ENV_VARS": "GIT_DIR",
    }


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
            if one.folder and _is_folder_of(one, common):
                found.append(one)
                continue
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
        names = _names_of(reference)
        anywhere: set[str] = set()  # work trees that went back to a branch without its name
        for one in self.calls:
            goes_back = any(word == "-" or "@{-" in word for word in one.words)
            is_own = one.command in _MOVES_ITS_OWN or one.command == "update-ref"
            if is_own and (one.tree in anywhere or heads.get(one.tree) == reference):
                return True
            if goes_back and one.command in ("checkout", "switch"):
                anywhere.add(one.tree)
            if _may_move(one, names, goes_back=goes_back):
                return True
        return False

    def were_in(self, top: Path) -> bool:
        """Tell whether a call in a work tree may have changed its HEAD or index."""
        return not self.is_whole or any(
            one.tree and one.command not in _LOOKS and Path(one.tree).resolve() == top.resolve()
            for one in self.calls
        )

    def dropped_stashes(self) -> bool:
        """Tell whether a call may have."""
        return not self.is_whole or any(one.drops_stashes() for one in self.calls)

    def set_entries(self) -> bool:
        """Tell whether a call may have changed the configuration of the repository."""
        return not self.is_whole or any(
            one.command in _SETTINGS or (one.command == "remote" and one.verb() not in _TELLS)
            for one in self.calls
        )

    def fetched(self) -> bool:
        """Tell whether a call may have fetched."""
        commands = {"fetch", "pull", "fetch-pack"}
        return not self.is_whole or any(
            one.command in commands or (one.command == "remote" and one.verb() in ("add", "update"))
            for one in self.calls
        )


def _may_move(one: Asked, names: set[str], *, goes_back: bool) -> bool:
    """Tell whether a call moves a reference of these names, or one without a name."""
    if goes_back and (one.command in ("branch", "rebase") or one.makes_anew()):
        return True
    return one.command in _MOVE_OTHERS and bool(one.is_in_bulk() or names & one.named())


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
                words = [str(word) for word in event.get("argv", [])][1:]
                found[sid] = Asked(words, folder=_folder_in(words))
            case "cmd_name" if sid in found:
                found[sid].command = str(event.get("name", ""))
            case "def_repo" if sid in found:
                found[sid].tree = str(event.get("worktree", ""))
            case "def_param" if sid in found and event.get("param") == "GIT_DIR":
                found[sid].folder = str(event.get("value", ""))
    return found.values()


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _folder_in(words: list[str]) -> str:
    """Return the folder of git that options name."""
    for at, word in enumerate(words):
        if word.startswith("--git-dir"):
            return word.partition("=")[2] or "".join(words[at + 1 : at + 2])
    return ""


def _is_folder_of(one: Asked, common: Path) -> bool:
    """Tell whether a call named the folder of a repository, or of one of its work trees."""
    folder = Path(one.tree or ".", one.folder)
    return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(common))


def _is_of(tree: str, common: Path) -> bool:
    """Tell whether a work tree is of a repository; one that has gone may have been."""
    folder = Path(tree)
    try:
        return not folder.is_dir() or find_checkout(folder).common == common
    except (ProgramFailed, OSError):
        return False
