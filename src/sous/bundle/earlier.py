"""Results of earlier runs under names of the user's choice: never part of the next bundle.

What a file says of itself can be written by anybody: one that git tracks is the project's own, so
that no clone has files that a review never sees.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.remembered import is_as_packed
from sous.bundle.sniff import kind_of_head
from sous.errors import SousError
from sous.git import read_git
from sous.pages.kit import is_page

if TYPE_CHECKING:
    from sous.bundle.select import File

_PAGES = (".html", ".htm")
_ENDINGS = (".md", ".txt", ".xml", ".json", *_PAGES)
_TAIL = 2048  # bytes; a provenance comment is shorter


class EarlierResults:
    """Tells results of earlier runs from files of the project."""

    def __init__(self) -> None:
        self._tracked: dict[str, set[str]] = {}

    def has(self, file: File) -> bool:
        """Tell whether a file is a result: it says so, and git does not track it.

        A bundle that was packed here is one although somebody committed it.
        """
        path = Path(file.full)
        if not may_be_earlier_result(file.name) or not is_earlier_result(path):
            return False
        if file.base not in self._tracked:
            self._tracked[file.base] = tracked_below(Path(file.base))
        return file.name not in self._tracked[file.base] or is_as_packed(path)


def tracked_below(folder: Path) -> set[str]:
    """Return the files that git tracks in a folder; none where it is in no repository."""
    try:
        raw = read_git(folder, "ls-files", "-z")
    except SousError:
        return set()
    return {os.fsdecode(one) for one in raw.split(b"\0") if one}


def may_be_earlier_result(name: str) -> bool:
    """Tell whether a path is called as results are. A README is never a report."""
    return name.lower().endswith(_ENDINGS) and not name.rpartition("/")[2].lower().startswith(
        "readme."
    )


def is_earlier_result(path: Path) -> bool:
    """Tell whether a file is a bundle, a page of ours, or a report that ends in our comment."""
    if not may_be_earlier_result(path.name):
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
            if path.name.lower().endswith(_PAGES):
                return is_page(head)
            if kind_of_head(head) in ("sous", "repomix"):
                return True
            stream.seek(max(0, os.fstat(stream.fileno()).st_size - _TAIL))
            tail = stream.read()
    except OSError:
        return False
    return b'\n<!-- sous {"task": "' in tail and tail.rstrip().endswith(b"} -->")
