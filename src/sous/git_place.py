"""Where the repository around a folder is, found without git, which obeys what it finds there."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.names import FOLDER
from sous.proc import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

_SMALL = 1 << 16  # bytes of HEAD, `.git` as a file, commondir
_CONFIGURATION = 10_000_000  # bytes
_WORK_TREE = re.compile(r"^[ \t]*worktree[ \t]*=(.*)$", re.MULTILINE | re.IGNORECASE)
_RULES = (".gitignore", ".gitattributes", ".mailmap")
_WRITTEN = ("refs", "logs", "worktrees", "info")  # folders where git writes
_HEAD = re.compile(rb"ref:[ \t]*refs/|[0-9a-f]{40}(?:[0-9a-f]{24})?\s*\Z")


@dataclass(frozen=True)
class Checkout:
    """A work tree: its top folder, git's folder for it, and that of the whole repository.

    The last two differ in a linked worktree. `core.worktree` is not followed: the top is where
    `.git` is.
    """

    top: Path
    own: Path
    common: Path


def find_checkout(folder: Path | str) -> Checkout:
    """Return the checkout that a folder lies in.

    Raises ProgramFailed with git's own words where there is none.

    A bare repository is none: it has no work tree, and one that lies in a clone is only files of
    the clone.
    """
    start = Path(os.path.realpath(folder))
    for top in _upwards(start):
        own = _git_folder(top / ".git")
        if own is None:
            continue
        found = Checkout(top, own, common_folder(own))
        _refuse_foreign(found)
        if any(start.is_relative_to(one) for one in (top / ".git", found.own, found.common)):
            raise failed("this operation must be run in a work tree")
        return found
    raise failed("not a git repository (or any of the parent directories): .git")


def _refuse_foreign(found: Checkout) -> None:
    """Raise ProgramFailed if `.git` leads to a repository that does not name this work tree."""
    if not _is_of_work_tree(found):
        raise failed(
            f"{found.top / '.git'} leads to {found.own}, which does not name this folder. If both "
            "are yours: "
            f"`git worktree repair`, or `git config core.worktree {found.top}` there"
        )
    for base in dict.fromkeys((found.own, found.common)):
        for entry in _links_in(base):
            if entry.name != "hooks" and _leads_out(Path(entry.path), found):
                raise failed(f"{entry.path} is a link out of the repository; remove it")


def _is_of_work_tree(found: Checkout) -> bool:
    pointer = found.top / ".git"
    if pointer.is_dir() and not pointer.is_symlink():
        # a folder with `commondir` would borrow another repository
        return found.own == found.common
    if found.own.is_relative_to(found.top):
        return found.common == found.own or _is_named_back(found)
    return _is_named_back(found) or _is_configured_for(found)


def _is_named_back(found: Checkout) -> bool:
    """Tell whether a linked worktree is one of the repository that it names."""
    named = read_regular(found.own / "gitdir", _SMALL)
    if named is None or found.own.parent != found.common / "worktrees":
        return False
    return _is_same(found.own / os.fsdecode(named.rstrip(b"\r\n")), found.top / ".git")


def _is_configured_for(found: Checkout) -> bool:
    """Tell whether the repository's configuration names the work tree, as for submodules."""
    text = os.fsdecode(read_regular(found.own / "config", _CONFIGURATION) or b"")
    named = [one.strip().strip('"') for one in _WORK_TREE.findall(text)]
    return any(_is_same(found.own / one, found.top) for one in named)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def refuse_links_below(found: Checkout) -> None:
    """Raise ProgramFailed for a link out of the repository where git writes refs and reflogs."""
    for path in links_out(found):
        raise failed(f"{path} is a link out of the repository; remove it")


def links_out(found: Checkout) -> Iterator[Path]:
    """Yield the links out of the repository, but for hooks, that git would write through."""
    for base in dict.fromkeys((found.own, found.common)):
        waiting = [base]
        while waiting:
            folder = waiting.pop()
            links = (Path(entry.path) for entry in _links_in(folder) if entry.name != "hooks")
            yield from (path for path in links if _leads_out(path, found))
            waiting += [
                folder / name for name in _folders_in(folder) if folder != base or name in _WRITTEN
            ]


def _links_in(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as scan:
            return [entry for entry in scan if entry.is_symlink()]
    except OSError:
        return []


def _folders_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as scan:
            return [entry.name for entry in scan if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _leads_out(link: Path, found: Checkout) -> bool:
    real = Path(os.path.realpath(link))
    return not any(real.is_relative_to(base) for base in (found.own, found.common))


def failed(why: str) -> ProgramFailed:
    """Return the error of a git that was not started, or would have ended so."""
    return ProgramFailed(
        f"git failed with exit code 128: fatal: {why}", code=128, stderr=f"fatal: {why}"
    )


def read_regular(path: Path, most: int) -> bytes | None:
    """Return what a regular file holds, links followed; None where there is none.

    Raises ProgramFailed for a FIFO, a device, a folder, a file with more than `most` bytes and one
    that cannot be read.
    """
    try:
        number = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise failed(f"cannot read {path}: {exc.strerror}") from exc
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise failed(f"{path} is not a regular file; remove it")
        if found.st_size > most:
            raise failed(f"{path} is too big ({found.st_size:,} bytes)")
        with os.fdopen(number, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(number)


def check_rules(top: Path, folder: Path | str) -> None:
    """Raise ProgramFailed for a FIFO where git reads a file: it would wait forever."""
    start = Path(os.path.realpath(folder))
    for inside in (start, *start.parents):
        for path in (folder / name for folder in (inside, inside / FOLDER) for name in _RULES):
            if path.is_fifo():
                raise failed(f"{path} is not a regular file; remove it")
        if inside == top:
            break


def is_pointer(content: bytes) -> bool:
    """Tell whether a ref's file contains an object name or another ref's name, as HEAD must."""
    return bool(_HEAD.match(content))


def read_head(own: Path) -> bytes | None:
    """Return what HEAD holds, None where it is no HEAD.

    A link to a reference (before git 1.8) is put in words.
    """
    path = own / "HEAD"
    if path.is_symlink() and (target := os.fsencode(path.readlink())).startswith(b"refs/"):
        return b"ref: " + target + b"\n"
    content = read_regular(path, _SMALL)
    return content if content is not None and is_pointer(content) else None


def common_folder(own: Path) -> Path:
    """Return the folder of the whole repository, which a linked worktree names in `commondir`."""
    named = read_regular(own / "commondir", _SMALL)
    if named is None:
        return own
    return Path(os.path.realpath(own / os.fsdecode(named.rstrip(b"\r\n"))))


def _upwards(start: Path) -> list[Path]:
    """Return the folders where git looks for `.git`: below ceilings, and on one file system."""
    named = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    ceilings = [Path(os.path.realpath(one)) for one in named if one]
    found = [start]
    for folder in start.parents:
        if folder in ceilings or not _is_same_device(start, folder):
            break
        found.append(folder)
    return found


def _is_same_device(start: Path, folder: Path) -> bool:
    if os.name == "nt" or "GIT_DISCOVERY_ACROSS_FILESYSTEM" in os.environ:
        return True
    try:
        return start.stat().st_dev == folder.stat().st_dev
    except OSError:
        return True


def _git_folder(path: Path) -> Path | None:
    """Return the folder that `.git` is or names. Raises ProgramFailed where it names none."""
    try:
        kind = path.stat().st_mode
    except OSError:
        return None
    if stat.S_ISDIR(kind):
        own = Path(os.path.realpath(path))
        return own if _is_git_folder(own) else None
    if not stat.S_ISREG(kind):
        return None
    content = read_regular(path, _SMALL) or b""
    if not content.startswith(b"gitdir: "):
        raise failed(f"invalid gitfile format: {path}")
    own = Path(os.path.realpath(path.parent / os.fsdecode(content[8:].rstrip(b"\r\n"))))
    if not _is_git_folder(own):
        raise failed(f"not a git repository: {own}")
    return own


def _is_git_folder(own: Path) -> bool:
    common = common_folder(own)
    return (
        (common / "objects").is_dir() and (common / "refs").is_dir() and read_head(own) is not None
    )
