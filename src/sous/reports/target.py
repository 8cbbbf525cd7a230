"""Where a result may go: decided before a model is paid, so that nothing a user had is overwritten."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sous.errors import SousError
from sous.files import refuse_dangerous, shown_path
from sous.git import is_tracked_and_clean
from sous.reports.provenance import is_unchanged


@dataclass(frozen=True)
class Target:
    """A file that may be written, and whether git holds the version that is there now."""

    path: Path
    in_git: bool = False


def check_target(path: Path, *, root: Path, force: bool, named: bool) -> Target:
    """Return the target for `path`, or raise SousError when something of the user's would be lost.

    `named`: the user gave the path with `-o`, so it may lie anywhere. A file may be replaced when it does not exist, is
    empty, was made by us and not changed since, or is tracked by git without changes; with `force` always.
    """
    refuse_dangerous(path, root=root, named=named)
    if force or not path.exists() or path.stat().st_size == 0:
        return Target(path)
    if is_tracked_and_clean(Path(os.path.realpath(path))):
        return Target(path, in_git=True)
    if is_unchanged(read_existing(path)):
        return Target(path)
    raise SousError(
        f"{shown_path(path)} exists and was not written by sous, or was changed since: nothing was sent. "
        "Use --force to replace it, or -o FILE to write elsewhere"
    )


def read_existing(path: Path) -> str:
    """Return the text of a file that is there. Raises SousError."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError as exc:
        raise SousError(f"cannot read {path}: {exc.strerror}; write elsewhere with -o") from exc
