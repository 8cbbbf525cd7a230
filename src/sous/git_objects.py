"""Objects of git as bytes: a commit, a tree or a blob that we write needs no process of its own."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_FILE, _FOLDER = b"100644", b"40000"
Entries = dict[bytes, "tuple[bytes, str]"]  # of a tree: a name, its mode and what it is


def write_object(store: Path, kind: str, data: bytes, *, algorithm: str) -> str:
    """Write an object into a folder of objects, unless it is there; return its name.

    `algorithm`: sha1 or sha256, as the repository has it. Raises SousError.
    """
    whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
    name = hashlib.new(algorithm, whole, usedforsecurity=False).hexdigest()
    path = store / name[:2] / name[2:]
    if not path.is_file():
        write_file(path, zlib.compress(whole, 1), root=None, durable=False)
    return name


def entries_of_tree(data: bytes, *, algorithm: str) -> Entries:
    """Return the entries of a tree, as git keeps it."""
    found: Entries = {}
    size, at = hashlib.new(algorithm, usedforsecurity=False).digest_size, 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        at = end + 1 + size
        found[name] = (mode, data[end + 1 : at].hex())
    return found


def tree_of(entries: Entries) -> bytes:
    """Return a tree, as git keeps it: in the order of names, a folder's with a slash."""
    ordered = sorted(
        entries.items(), key=lambda one: one[0] + (b"/" if one[1][0] == _FOLDER else b"")
    )
    return b"".join(
        b"%s %s\0%s" % (mode, name, bytes.fromhex(one)) for name, (mode, one) in ordered
    )


def changed_tree(
    folder: str,
    files: Mapping[str, bytes | None],
    *,
    read: Callable[[str], Entries],
    write: Callable[[str, bytes], str],
) -> str:
    """Write the tree of a folder with some files changed, None: removed; return its name.

    `read` gives the entries of a folder by its path, none where it is not there; a folder without
    files is left out, and its name is "" then. Raises SousError where a file stands in the way.
    """
    entries = dict(read(folder))
    below: dict[str, dict[str, bytes | None]] = {}
    for path, data in files.items():
        first, slash, rest = path.partition("/")
        if slash:
            below.setdefault(first, {})[rest] = data
        elif data is None:
            entries.pop(_named(first), None)
        else:
            entries[_named(first)] = (_FILE, write("blob", data))
    for name, inner in below.items():
        path, key = f"{folder}{name}/", _named(name)
        if key in entries and entries[key][0] != _FOLDER:
            raise SousError(f"{folder}{name} is not a folder, and files of ours belong into it")
        changed = changed_tree(path, inner, read=read, write=write)
        entries.pop(key, None)
        if changed:
            entries[key] = (_FOLDER, changed)
    return write("tree", tree_of(entries)) if entries or not folder else ""


def _named(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
