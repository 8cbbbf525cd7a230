"""Commits the very tree that was tested, and tells what git tracks but has not committed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import read_git, write_git
from sous.runner.checkpoint import Checkpoint, KeptIndex, KnownTree
from sous.runner.proof import shown
from sous.runner.step_commits import message_of, title_of

if TYPE_CHECKING:
    from pathlib import Path

    from sous.plan.shape import Planned
    from sous.runner.config import RunConfig
    from sous.runner.workplace import Workplace


def commit(
    place: Workplace,
    step: Planned,
    proved: Checkpoint,
    config: RunConfig,
    head: str,
    *,
    landed_with: str = "",
    cost: float | None = None,
) -> KnownTree:
    """Commit the very tree that was tested, with the tick, onto `head`; return what is there.

    `landed_with`: the steps that landed the same change, where nothing is left but the tick;
    `cost`: what the agent says that it spent, in US dollars.
    """
    message = message_of(
        step, place.plan.name, config.agent.name, config.test or "",
        landed_with=landed_with, cost=cost,
    )  # fmt: skip
    reason = f"sous run: {title_of(step)}"
    return commit_state(place, proved, message, reason, head, is_tick_only=bool(landed_with))


def commit_state(
    place: Workplace,
    proved: Checkpoint,
    message: str,
    reason: str,
    head: str,
    *,
    is_tick_only: bool = False,
) -> KnownTree:
    """Commit a state with the list as it is; `reason` is for the reflog.

    `is_tick_only`: the state is that of `head`, so nothing is committed where git ignores the list.
    Signing is left to whoever merges: nobody can be asked. Raises SousError where HEAD is not at
    `head` any more, and where anything but the list would differ from that state.
    """
    todo, index = place.todo, proved.index
    proved.put_back_index()
    if todo.is_file() and not todo.is_symlink() and not _is_ignored(place, todo, proved):
        path = os.fsencode(todo.relative_to(place.top).as_posix()) + b"\0"
        write_git(place.top, "update-index", "--add", "-z", "--stdin", index=index, input=path)
    tree = write_git(place.top, "write-tree", index=index).decode().strip()
    _refuse_unproved(place, proved, tree)
    if is_tick_only and tree == proved.tree:
        return KnownTree(head, tree, KeptIndex.of(index))
    text = message.encode("utf-8", "replace")
    raw = write_git(place.top, "commit-tree", tree, "-p", head, "-F", "-", input=text)
    made = raw.decode().strip()
    write_git(place.top, "update-ref", "-m", reason, "HEAD", made, head)
    write_git(place.top, "reset", "--quiet", "--mixed")
    return KnownTree(made, tree, KeptIndex.of(index))


def _refuse_unproved(place: Workplace, proved: Checkpoint, tree: str) -> None:
    """Raise SousError where a tree is not the proved one, but for the list."""
    options = ("--name-only", "--no-renames", "--ignore-submodules=none", "-z")
    raw = os.fsdecode(read_git(place.top, "diff", *options, proved.tree, tree, "--"))
    other = [path for path in raw.split("\0")[:-1] if place.top / path != place.todo]
    if other:
        raise SousError(
            f"nothing is committed: {shown(other)} would differ from what was tested; something "
            "wrote to git's index while the step was committed"
        )


def dirt(place: Workplace) -> list[str]:
    """Return changed paths that git tracks but has not committed, without sous's own files."""
    raw = os.fsdecode(
        write_git(place.top, "status", "--porcelain=v1", "-z", "--untracked-files=no")
    )
    entries = iter(raw.split("\0")[:-1])
    found = []
    for entry in entries:
        if entry[0] in "RC":
            next(entries, None)
        if not place.is_ours(entry[3:]):
            found.append(entry[3:])
    return found


def _is_ignored(place: Workplace, path: Path, proved: Checkpoint) -> bool:
    if proved.knows_list:
        return proved.was_ignored(path.relative_to(place.top).as_posix())
    try:
        read_git(place.top, "check-ignore", "-q", "--", str(path))
    except SousError:
        return False
    return True
