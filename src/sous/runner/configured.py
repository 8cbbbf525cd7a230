"""Who may have changed git's configuration: a program of the run, or a neighbour or a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file
from sous.git import parse_config
from sous.git_config import starts_program
from sous.runner.watched import is_below

if TYPE_CHECKING:
    from pathlib import Path

    from sous.runner.traced import GitCalls


_ACTIVE = re.compile(r"submodule\..*\.active", re.DOTALL)  # as `git submodule add` writes


def is_anybodys(path: Path, before: bytes, calls: GitCalls) -> bool:
    """Tell whether a file of git's may have been changed by a neighbour or a person.

    That is a configuration in which nothing new starts a program, or where a fetch ends.
    """
    if path.name == "shallow":
        return not calls.fetched()
    if path.name not in ("config", "config.worktree") or not path.is_file() or path.is_symlink():
        return False
    try:
        was, now = parse_config(before), parse_config(read_file(path, root=None))
    except SousError:
        return False
    changed = {key for key, value in {*was} ^ {*now}}
    if not calls.set_entries():
        return not any(starts_program(key) and not _ACTIVE.fullmatch(key) for key in changed)
    return all(key.startswith("branch.") for key in changed)  # as `git push -u` writes


def starts_nothing(path: Path, top: Path) -> bool:
    """Tell whether a configuration of a submodule's starts no program, with its files in `top`."""
    try:
        entries = parse_config(read_file(path, root=None))
    except (OSError, SousError):
        return False
    return not any(
        starts_program(key)
        and (key != "core.worktree" or not is_below(path.parent / (value or ""), (top,)))
        for key, value in entries
    )
