"""What of a pull request is in no review: its own settings decide what is packed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sous.bundle.named import is_binary_name
from sous.git import read_git
from sous.terminal import shown_name

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_NAMED = 10  # files


def unreviewed(root: Path, since: str, packed: Collection[str]) -> list[str]:
    """Return the changed files that are still there and in no bundle, but for binary ones."""
    names = read_git(
        root, "diff", "--relative", "--name-only", "-z", "--diff-filter=d", since, "--"
    )
    changed = (os.fsdecode(name) for name in names.split(b"\0") if name)
    return [name for name in changed if name not in packed and not is_binary_name(name)]


def note_of(names: Collection[str]) -> str:
    """Return what a comment says of them; empty for none."""
    if not names:
        return ""
    named = ", ".join(f"`{shown_name(name).replace('`', '?')}`" for name in [*names][:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"Changed and not reviewed, since settings, ignore files or default patterns leave them "
        f"out: {named}{more}.\n"
    )
