"""Results of earlier runs under names of the user's choice: never part of the next bundle."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sous.bundle.sniff import kind_of_head
from sous.pages.kit import is_page

if TYPE_CHECKING:
    from pathlib import Path

_PAGES = (".html", ".htm")
_ENDINGS = (".md", ".txt", ".xml", ".json", *_PAGES)
_TAIL = 2048  # bytes; a provenance comment is shorter


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
