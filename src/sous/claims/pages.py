"""Which pages are ours: known by their hash, since the tag in them can be in anybody's page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sous.bundle.remembered import hash_of
from sous.errors import SousError
from sous.git import is_tracked_and_clean
from sous.state import read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path


def _state_name(path: Path) -> str:
    name = str(path.resolve()).encode("utf-8", "surrogateescape")
    return f"pages/{hashlib.sha256(name).hexdigest()[:32]}.json"


def remember_page(path: Path) -> None:
    """Keep what the page in `path` is."""
    try:
        write_state(_state_name(path), {"path": str(path), "sha256": hash_of(path)}, durable=False)
    except (SousError, OSError):
        return  # the next page then needs another name


def why_page_kept(path: Path, generator: str) -> str:
    """Return why a page may not be replaced; `generator`: the tag of what is to be written.

    "" for one that we wrote and nobody changed, or that git has as it is.
    """
    if path.exists() and not path.is_file():
        return "is not a regular file"
    if not path.exists():
        return ""
    try:
        with path.open("rb") as stream:
            head = stream.read(1000)
    except OSError as exc:
        return f"cannot be read: {exc.strerror}"
    if generator.encode() not in head:
        return "exists and is not a page of sous"
    is_ours = read_state(_state_name(path)).get("sha256") == hash_of(path) or is_tracked_and_clean(
        path
    )
    return "" if is_ours else "is not the page that sous wrote here before"
