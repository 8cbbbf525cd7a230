"""The worktrees of the workers of `sous run` in a team: one each, outside of the project.

A worker has the lowest number that is free, and what a worker before left there is found again.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import read_git, write_git
from sous.identity import identity_of
from sous.locks import locked
from sous.proc import ProgramFailed
from sous.runner.clean import ignored_in
from sous.runner.refs import head_of
from sous.state import project_state, state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.runner.workplace import Workplace
    from sous.team.shared import Team

_MOST = 64  # workers of one checkout
_ADDING = 120  # seconds that one waits for others who make worktrees


def slot_folder(root: Path, slot: int) -> Path:
    """Return where the worktree of a worker is. Raises SousError."""
    return state_folder() / project_state(root, "workers", str(slot))


def is_at_work(root: Path, slot: int) -> bool:
    """Tell whether a worker of a checkout runs."""
    with locked(_lock(root, slot), timeout=0) as got:
        return not got


@contextlib.contextmanager
def free_slot(root: Path) -> Iterator[int]:
    """Yield the lowest number that no worker of the checkout has, kept from others meanwhile.

    Raises SousError.
    """
    for slot in range(1, _MOST + 1):
        with locked(_lock(root, slot), timeout=0) as got:
            if got:
                yield slot
                return
    raise SousError(f"{_MOST} workers run here already: wait for one")


def place_in(main: Workplace, slot: int, commit: str) -> Workplace:
    """Return the worktree of a worker, made at a commit if it is not there yet.

    What its tests need and git does not hold (.venv, node_modules) is that of `main`. Raises
    SousError.
    """
    folder = slot_folder(main.root, slot)
    with locked(state_folder() / project_state(main.root, "worktrees.lock"), timeout=_ADDING):
        if not _is_ours(folder, main.top):
            if folder.exists() and any(folder.iterdir()):
                raise SousError(f"{folder} is not a worktree of {main.top}: move it away")
            write_git(main.top, "worktree", "prune")  # one that was deleted by hand is still known
            options = ("add", "--quiet", "--force", "--detach")
            write_git(main.top, "worktree", *options, str(folder), commit)
    top = folder.resolve()
    root = top / main.prefix
    plan = root / main.plan.relative_to(main.root)
    linked = frozenset(ignored_in(main.top))
    return replace(main, top=top, root=root, plan=plan, home=main, linked=linked)


def _is_ours(folder: Path, top: Path) -> bool:
    return (folder / ".git").is_file() and (
        identity_of(folder.resolve()).project == identity_of(top).project
    )


def go_to(place: Workplace, commit: str) -> None:
    """Check a commit out in a worktree, on no branch. Raises SousError."""
    write_git(place.top, "switch", "--quiet", "--detach", commit)


def bring(team: Team, place: Workplace, commit: str) -> None:
    """Bring a commit that was fetched, and all it needs, into the repository of a worktree.

    No git of the repository talks to the remote: the objects are handed over. Raises SousError.
    """
    if _is_whole(place, commit):
        return
    there = {head_of(place), read_git(team.root, "rev-parse", "HEAD").decode().strip()}
    asked = "\n".join([commit, "--not", *sorted(there), ""]).encode()
    pack = team.repository.git("pack-objects", "--revs", "--stdout", "-q", input=asked)
    # what is interrupted leaves nothing: single objects would be a commit without its files
    write_git(place.top, "index-pack", "--stdin", "--fix-thin", input=pack)


def _is_whole(place: Workplace, commit: str) -> bool:
    """Tell whether a worktree's repository has a commit, and all its files."""
    try:
        read_git(place.top, "rev-list", "-n", "1", "--objects", "--quiet", f"{commit}^{{commit}}")
    except ProgramFailed:
        return False
    return True


def _lock(root: Path, slot: int) -> Path:
    return state_folder() / project_state(root, "workers", f"{slot}.lock")
