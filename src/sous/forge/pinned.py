"""The commit that links into the code are pinned to: the newest one that the remote has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.readers import PackedFile
from sous.claims.quotes import find_quote
from sous.claims.source import Source
from sous.errors import SousError
from sous.forge.remote import parse_remote
from sous.git import read_git

if TYPE_CHECKING:
    from pathlib import Path

    from sous.claims.source import FileLines
    from sous.forge.forge import Forge

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Pinned:
    """Finds lines of the work tree again in a commit.

    `commit` is None where the remote has none of ours.
    """

    def __init__(self, root: Path, forge: Forge, remote: str = "origin") -> None:
        there = parse_remote(_asked(root, "remote", "get-url", remote))
        self._root = root
        self._forge = forge
        self.commit = _newest_pushed(root, remote) if there == forge.repository else None
        self._prefix = _asked(root, "rev-parse", "--show-prefix") if self.commit else ""
        self._texts: dict[str, str | None] = {}

    def link(self, place: FileLines, quote: str = "") -> str | None:
        """Return the address of lines at the commit.

        None where they are not there as they are here.
        """
        if self.commit is None:
            return None
        then = self._then(place.path)
        if then is None:
            return None
        first, last = place.start, place.end
        if not self._is_same(place.path, then):
            found = (
                find_quote(Source(PackedFile(place.path, then), None), quote)
                if quote.strip()
                else []
            )
            if len(found) != 1:
                return None
            first, last = found[0].first + 1, found[0].last + 1
        return self._forge.permalink(self.commit, f"{self._prefix}{place.path}", first, last)

    def link_to_file(self, path: str) -> str | None:
        """Return the address of a file as it is here, None where the commit does not hold it so."""
        then = self._then(path) if self.commit else None
        if self.commit is None or then is None or not self._is_same(path, then):
            return None
        return self._forge.permalink(self.commit, f"{self._prefix}{path}", None, None)

    def _then(self, path: str) -> str | None:
        if path not in self._texts:
            try:
                raw = read_git(
                    self._root, "cat-file", "blob", f"{self.commit}:{self._prefix}{path}"
                )
                self._texts[path] = raw.decode("utf-8", "replace").replace("\r\n", "\n")
            except SousError:
                self._texts[path] = None
        return self._texts[path]

    def _is_same(self, path: str, then: str) -> bool:
        try:
            return (self._root / path).read_bytes().decode("utf-8", "replace").replace(
                "\r\n", "\n"
            ) == then
        except OSError:
            return False


def _newest_pushed(root: Path, remote: str) -> str | None:
    """Return the newest commit of ours that a branch of the remote holds."""
    head = _asked(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not _COMMIT.fullmatch(head):
        return None
    boundary = _asked(root, "rev-list", "--boundary", "HEAD", "--not", f"--remotes={remote}").split(
        "\n"
    )
    if boundary == [""]:
        known = _asked(root, "for-each-ref", "--count=1", f"refs/remotes/{remote}")
        return head if known else None
    older = [line[1:] for line in boundary if line.startswith("-")]
    return older[0] if older else None


def _asked(root: Path, *args: str) -> str:
    try:
        return read_git(root, *args).decode("utf-8", "replace").strip("\n")
    except SousError:
        return ""
