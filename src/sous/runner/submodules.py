"""Submodules that are checked out: no step can commit what is changed there, so it is undone."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import write_git
from sous.runner.checkpoint import Checkpoint
from sous.runner.clean import submodule_paths
from sous.runner.refs import head_of, read_refs
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Submodule:
    """A submodule as it was: its path from the top, its state, and what was checked out."""

    path: str
    state: Checkpoint
    head: str
    branch: str

    def put_back(self) -> bool:
        """Undo what was changed; tell whether something was."""
        place = self.state.place
        now = read_refs(place)
        moved = (now.head, now.branch) != (self.head, self.branch)
        if moved:
            if self.branch:
                write_git(place.top, "symbolic-ref", "HEAD", self.branch)
            write_git(place.top, "update-ref", *_how(self.branch), "HEAD", self.head)
            write_git(place.top, "reset", "--quiet", "--mixed")
        changed = bool(self.state.changes())
        if changed:
            self.state.restore()
        return moved or changed


def watch_submodules(place: Workplace, folder: Path) -> list[Submodule]:
    """Note the submodules of a project; their states are kept in index files in `folder`."""
    found = []
    for number, path in enumerate(submodule_paths(place.top)):
        top = (place.top / path).resolve()
        if (top / ".git").exists():
            inside = Workplace(top, top, top / place.plan.name)
            with contextlib.suppress(SousError):  # one without a commit, say
                state = Checkpoint.take(inside, folder / f"submodule{number}")
                now = read_refs(inside)
                found.append(Submodule(path, state, now.head or head_of(inside), now.branch))
    return found


def put_back_submodules(noted: Sequence[Submodule]) -> list[str]:
    """Undo what was changed in submodules; return in words where."""
    return [
        f"it changed the submodule {one.path}, which a step cannot commit"
        for one in noted
        if one.put_back()
    ]


def _how(branch: str) -> tuple[str, ...]:
    return () if branch else ("--no-deref",)
