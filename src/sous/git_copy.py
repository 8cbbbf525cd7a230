"""What of a repository is copied for a view of it: all that is small, as plain files.

Its objects are only named.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from sous.git_place import failed, is_pointer, read_head, read_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sous.git_place import Checkout

_SMALL, _RULES, _LARGE = 1 << 16, 1 << 24, 1 << 28  # bytes
_MOST_REFERENCES = 500_000
_MOST_FOLDERS = 2_000  # of one object store; 258 are usual
_FANNED = 2  # digits of the folders of single objects
_DEEPEST = 5  # of object stores that name others (git's own limit)
_HEADS = (
    "ORIG_HEAD",
    "FETCH_HEAD",
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "BISECT_HEAD",
    "REBASE_HEAD",
)
_INDEX = (b"DIRC",)
_PACKED = (b"#", b"^", *(b"%x" % digit for digit in range(16)))


def copy_repository(checkout: Checkout, folder: Path, references: Iterable[str]) -> Path:
    """Fill the folder of a view; return what is git's folder there.

    Raises ProgramFailed for what git could hang on.
    """
    own = folder
    if checkout.own != checkout.common:
        own = folder / "worktrees" / "here"
        own.mkdir(parents=True)
        (own / "commondir").write_bytes(b"../..\n")
    for path in (folder / "objects" / "info", folder / "refs", folder / "info", own / "info"):
        path.mkdir(parents=True, exist_ok=True)
    head = read_head(checkout.own)
    if head is None:
        raise failed(f"{checkout.own} has no HEAD")
    (own / "HEAD").write_bytes(head)
    (folder / "objects" / "info" / "alternates").write_bytes(
        object_store_line(checkout.common / "objects")
    )
    for name in ("info/exclude", "info/attributes", "shallow"):
        _copy(checkout.common / name, folder / name, _RULES)
    _copy(checkout.own / "info" / "sparse-checkout", own / "info" / "sparse-checkout", _RULES)
    _copy(checkout.common / "packed-refs", folder / "packed-refs", _LARGE, begins=_PACKED)
    _copy_index(checkout.own, own)
    for reference in references:
        kind, _, name = reference.partition("/")
        source, target = (checkout.own, own) if kind == "own" else (checkout.common, folder)
        _copy_reference(source, target, name)
    return own


def references_of(checkout: Checkout, *, logs: bool) -> dict[str, object]:
    """Return the files that hold references, and what tells that one changed.

    Their paths begin with `own/` or `common/`. Anything but regular files is left out. Raises
    ProgramFailed.
    """
    bases = {
        "common": checkout.common,
        **({"own": checkout.own} if checkout.own != checkout.common else {}),
    }
    kinds = ("refs", "reftable", *(("logs",) if logs else ()))
    found = {
        f"{base}/{path}": stamp
        for base, folder in bases.items()
        for kind in kinds
        for path, stamp in _files_below(folder, kind)
    }
    base = "own" if "own" in bases else "common"
    for name in _HEADS:
        if (stamp := _stamp(checkout.own / name)) is not None:
            found[f"{base}/{name}"] = stamp
    return found


def stamps_of(checkout: Checkout) -> tuple[object, ...]:
    """Return what tells that anything else of a repository changed that a view holds."""
    common, own = checkout.common, checkout.own
    ours = (own / name for name in ("HEAD", "index", "config.worktree", "info/sparse-checkout"))
    names = (
        "packed-refs",
        "config",
        "shallow",
        "info/exclude",
        "info/attributes",
        "objects/info/alternates",
    )
    return tuple(_stamp(path) for path in (*ours, *(common / name for name in names)))


def _copy(source: Path, target: Path, most: int, *, begins: tuple[bytes, ...] = (b"",)) -> bytes:
    """Copy a file, if it is there, with its time, by which git knows what to compare again."""
    try:
        found = source.stat()
    except OSError:
        return b""
    data = read_regular(source, most)
    if not data:
        return b""
    if not data.startswith(begins):
        raise failed(f"{source} is damaged")
    target.write_bytes(data)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    return data


def _copy_index(own: Path, target: Path) -> None:
    """Copy the index, and of a split one the part that it names."""
    data = _copy(own / "index", target / "index", _LARGE, begins=_INDEX)
    for shared in own.glob("sharedindex.*") if data else ():
        try:
            name = bytes.fromhex(shared.name.partition(".")[2])
        except ValueError:
            continue
        if name and name in data:
            _copy(shared, target / shared.name, _LARGE, begins=_INDEX)


def _copy_reference(source: Path, target: Path, name: str) -> None:
    is_one = name.startswith("refs/") or name in _HEADS
    data = read_regular(source / name, _SMALL if is_one else _LARGE)
    if data is None or (is_one and name != "FETCH_HEAD" and not is_pointer(data)):
        return
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(data)


def _files_below(base: Path, name: str) -> Iterator[tuple[str, object]]:
    waiting, count = [name], 0
    while waiting:
        folder = waiting.pop()
        for entry in _entries(base / folder):
            path = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif entry.is_file(follow_symlinks=False) and not path.endswith(".lock"):
                yield path, _identity(entry.stat(follow_symlinks=False))
                count += 1
        if count > _MOST_REFERENCES:
            raise failed(f"{base / name} holds too many references; `git pack-refs --all` first")


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as scan:
            return list(scan)
    except OSError:
        return []


def _stamp(path: Path) -> object:
    try:
        return _identity(path.stat())
    except OSError:
        return None


def _identity(found: os.stat_result) -> object:
    return (
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_ino,
        stat.S_IFMT(found.st_mode),
    )


def object_store_line(objects: Path) -> bytes:
    """Return the line that names an object store.

    Raises ProgramFailed where git could hang on it or one it names.
    """
    waiting = [(Path(os.path.realpath(objects)), 0)]
    seen: set[Path] = set()
    while waiting:
        store, depth = waiting.pop()
        if store in seen or depth > _DEEPEST:
            continue
        seen.add(store)
        _check_store(store)
        named = read_regular(store / "info" / "alternates", _RULES) or b""
        waiting += [(path, depth + 1) for path in _stores(store, named)]
    text = os.fsencode(objects.as_posix())
    if b"\n" in text or text.startswith(b'"'):
        text = (
            b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
        )
    return text + b"\n"


def _stores(store: Path, named: bytes) -> Iterator[Path]:
    for line in named.split(b"\n"):
        if not line or line.startswith(b"#"):
            continue
        # asking there tells who we are
        is_elsewhere = os.name == "nt" and line[:2].replace(b"\\", b"/") == b"//"
        if line.startswith(b'"') or b"\0" in line or is_elsewhere:
            raise failed(
                f"{store / 'info' / 'alternates'} names objects in a way that is not followed"
            )
        yield Path(os.path.realpath(store / os.fsdecode(line)))


def _check_store(store: Path) -> None:
    """Look for what is neither a file nor a folder: git would hang on a FIFO."""
    waiting = [
        one.path
        for one in _entries(store)
        if len(one.name) == _FANNED or one.name in ("pack", "info")
    ]
    folders = 0
    while waiting and folders < _MOST_FOLDERS:
        folders += 1
        for entry in _entries(waiting.pop()):
            if entry.is_file():
                continue
            if entry.is_dir():
                waiting.append(entry.path)
            elif Path(entry.path).exists():
                raise failed(f"{entry.path} is not a regular file; remove it")
