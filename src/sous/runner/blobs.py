"""What files of git hold: any number of them by one question, each looked at whether it is it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import read_git

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MOST = 5_000_000  # bytes of a text that is looked at


def read_texts(top: Path, blobs: Iterable[str]) -> dict[str, str]:
    """Return the texts of blobs by their names; those that are missing are left out.

    Raises SousError for an object that is not what its name says: somebody wrote it by hand.
    """
    names = list(dict.fromkeys(blobs))
    if not names:
        return {}
    data = read_git(top, "cat-file", "--batch", input="".join(f"{one}\n" for one in names).encode())
    found: dict[str, str] = {}
    at = 0
    for name in names:
        end = data.index(b"\n", at)
        head = data[at:end].split(b" ")
        if len(head) != 3:  # noqa: PLR2004  # it is missing
            at = end + 1
            continue
        size = int(head[2])
        content = data[end + 1 : end + 1 + size]
        at = end + 2 + size
        if _name_of(content, len(name)) != name:
            raise SousError(f"git's object {name[:12]} does not match its name")
        found[name] = content[:_MOST].decode("utf-8", "replace")
    return found


def _name_of(data: bytes, length: int) -> str:
    made = hashlib.sha1 if length == 40 else hashlib.sha256  # noqa: PLR2004
    return made(b"blob %d\0" % len(data) + data).hexdigest()
