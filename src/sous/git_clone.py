"""Somebody else's repository in a folder of ours, while it is read; nothing of it is started.

Fetched under the user's own configuration (log-in, proxies), written to disk under nobody's: no
filter, hook, submodule or template.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError, UsageProblem
from sous.files import remove_tree
from sous.git_address import check_address, without_password
from sous.git_config import as_environment, clean_environment, users_environment, wire_switches
from sous.git_view import nobodys
from sous.proc import ProgramFailed, run
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT, _LOCAL_TIMEOUT = 600, 120  # seconds
_MOST = 10_000_000  # bytes that git prints
_MOST_LISTED = 500_000_000  # bytes of a list of files
LARGEST = 2_000_000_000  # bytes of a repository's files, and of what comes for them
_POINTER = b"version https://git-lfs.github.com/spec/"
_POINTERS = range(100, 300)  # bytes that the pointer of an LFS object has
_ENDED = "fatal: fetch-pack: invalid index-pack output"  # its last words where it was ended
_SHORT = re.compile(r"(?P<owner>[A-Za-z0-9][\w-]*)/(?P<name>[\w.-]+?)(?:\.git)?")
_WHERE = re.compile(
    r"[a-z][a-z0-9+.-]*://[^/]*/|[\w.+-]+@[\w.-]+:(?=[^\\:])|[\w.-]+:(?=[^/\\:])", re.IGNORECASE
)
_PAGE = re.compile(
    r"(?P<address>https://github\.com/[\w.-]+/[\w.-]+)/(?:tree|commit)/(?P<ref>.+?)/?"
)
_REF = re.compile(r"(?![-/.@])(?!.*(?:\.\.|//|@\{|\.lock$|/$|\.$))[^\x00-\x20\x7f~^:?*\[\\]+")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FETCHED = "refs/sous/fetched"
_IN_ONE_FILE = (
    "fetch.unpackLimit",
    "1",
)  # so that a limit of a file's size holds for all that comes


@dataclass(frozen=True)
class RemotePlace:
    """A repository elsewhere; `ref`: a branch, a tag or a whole commit hash, "" for its default."""

    address: str
    ref: str = ""

    @property
    def shown(self) -> str:
        """What people are shown of it."""
        return without_password(self.address) + (f"@{clean(self.ref)}" if self.ref else "")


@dataclass(frozen=True)
class FetchedCommit:
    """A commit of a kept clone: its hash, and when it was made, in seconds since 1970.

    `submodules`: how many repositories it names that are not fetched.
    """

    name: str
    when: int
    submodules: int = 0


def is_address(text: str) -> bool:
    """Tell whether an argument is an address, not a path: `https://…`, `git@host:…`."""
    return "://" in text or bool(re.match(r"git@[\w.-]+:", text))


def read_place(text: str, *, ref: str | None = None, top: Path) -> RemotePlace:
    """Return the place that `owner/name[@ref]`, a URL, an address of ssh or a path names.

    `owner/name` is on GitHub. Raises UsageProblem for what git is not sent to.
    """
    if page := _PAGE.fullmatch(text):
        text, named = page["address"], page["ref"]
    else:
        start = found.end() if (found := _WHERE.match(text)) else 0
        rest, at, named = text[start:].partition("@")
        text, named = (text[:start] + rest, named) if at else (text, "")
    if ref and named and ref != named:
        raise UsageProblem(f"two refs are named, {clean(named)} and {clean(ref)}; leave one out")
    wanted = ref or named
    if wanted and not _REF.fullmatch(wanted):
        raise UsageProblem(f"{clean(wanted)!r} is not a name of a branch, tag or commit")
    if (short := _SHORT.fullmatch(text)) and not (top / text).exists():
        return RemotePlace(f"https://github.com/{short['owner']}/{short['name']}.git", wanted)
    try:
        return RemotePlace(check_address(text, top), wanted)
    except SousError as exc:
        raise UsageProblem(str(exc)) from exc


@contextlib.contextmanager
def cloned(place: RemotePlace) -> Iterator[Path]:
    """Yield a folder with the files of a repository, one commit deep; it is deleted afterwards.

    Raises SousError where it cannot be fetched.
    """
    with tempfile.TemporaryDirectory(prefix="sous-remote-", ignore_cleanup_errors=True) as made:
        top = Path(os.path.realpath(made)) / _name_of(place.address)
        _begin(top)
        try:
            _fetch(place, top)
        except ProgramFailed as exc:
            raise SousError(_away(place, exc)) from exc
        _take_fetched(top)
        _write_files(top)
        yield top


def fetch_kept(place: RemotePlace, top: Path, *, largest: int = LARGEST) -> FetchedCommit:
    """Bring the newest commit of a repository into a clone that is kept, without its files.

    `top` is a folder of ours, with nothing in it at first; `largest`: bytes that its files may
    have. Raises SousError where it cannot be fetched.
    """
    try:
        if (top / ".git" / "HEAD").is_file():
            try:
                commit = _fetched_into(place, top)
            except ProgramFailed as exc:  # what an ended git left in it; else it stays
                if _came_too_much(exc):
                    raise
                commit = _fetched_anew(place, top)
        else:
            commit = _fetched_anew(place, top)
    except ProgramFailed as exc:
        if _came_too_much(exc):
            raise _too_large(place, f"more than {largest / 1e6:,.0f} MB came for it") from exc
        raise SousError(_away(place, exc)) from exc
    size, submodules = _measured(top)
    if size > largest:
        raise _too_large(place, f"its files have {size / 1e6:,.0f} MB")
    # so that what is posted later finds the remote, and links to the commit
    _nobodys_git(top, "config", "remote.origin.url", without_password(place.address))
    _nobodys_git(top, "update-ref", "refs/remotes/origin/fetched", commit)
    when = _nobodys_git(top, "show", "-s", "--format=%ct", "HEAD")
    return FetchedCommit(commit, int(when), submodules)


def _came_too_much(failure: ProgramFailed) -> bool:
    """Tell whether the system ended what writes a pack, as one over the limit of a file's size."""
    fatal = [line for line in failure.stderr.splitlines() if line.startswith("fatal:")]
    return fatal == [_ENDED] or "File too large" in failure.stderr


def _too_large(place: RemotePlace, why: str) -> SousError:
    return SousError(f"{place.shown} is too large: {why}; allow more with --max-size, or leave it")


def _measured(top: Path) -> tuple[int, int]:
    """Return how many bytes the files of HEAD have, and how many submodules there are."""
    size = submodules = 0
    listed = _nobodys_git(top, "ls-tree", "-r", "-l", "-z", "HEAD", most=_MOST_LISTED)
    for entry in listed.split(b"\0"):
        fields = entry.partition(b"\t")[0].split()
        if len(fields) == 4:  # noqa: PLR2004  # mode, type, name, size
            submodules += fields[1] == b"commit"
            size += int(fields[3]) if fields[3].isdigit() else 0
    return size, submodules


def count_pointers(top: Path) -> int:
    """Return how many files of a folder are pointers to LFS objects, which are not fetched."""
    return sum(map(_is_pointer, top.rglob("*")))


def _is_pointer(path: Path) -> bool:
    with contextlib.suppress(OSError):
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_size in _POINTERS:
            return path.read_bytes().startswith(_POINTER)
    return False


@contextlib.contextmanager
def files_of_kept(top: Path) -> Iterator[Path]:
    """Have the files of a kept clone on disk while they are read."""
    _remove_files(top)
    try:
        _write_files(top)
        yield top
    finally:
        _remove_files(top)


def _fetched_into(place: RemotePlace, top: Path) -> str:
    _fetch(place, top)
    return _take_fetched(top)


def _fetched_anew(place: RemotePlace, top: Path) -> str:
    """Put a new clone into the place of whatever is there, once it has come."""
    fresh = top.with_name(f"{top.name}.new")
    _remove(fresh)
    top.parent.mkdir(parents=True, exist_ok=True)
    try:
        _begin(fresh)
        commit = _fetched_into(place, fresh)
        _remove(top)
        fresh.rename(top)
    finally:
        _remove(fresh)
    return commit


def _remove(folder: Path) -> None:
    if os.path.lexists(folder):
        remove_tree(folder)


def _begin(top: Path) -> None:
    _nobodys_git(top.parent, "init", "-q", "--template=", str(top))


def _take_fetched(top: Path) -> str:
    """Have HEAD be the commit that was fetched; return its hash."""
    commit = _nobodys_git(top, "rev-parse", "--verify", f"{_FETCHED}^{{commit}}").decode().strip()
    _nobodys_git(top, "update-ref", "HEAD", commit)
    _nobodys_git(top, "read-tree", "HEAD")
    return commit


def _write_files(top: Path) -> None:
    _nobodys_git(top, "checkout-index", "-q", "-f", "-a")


def _remove_files(top: Path) -> None:
    for path in top.iterdir():
        if path.name != ".git":
            remove_tree(path)


def _name_of(address: str) -> str:
    name = re.split(r"[/:\\]", address.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^\w-]", "-", name) or "remote"


def _fetch(place: RemotePlace, top: Path) -> None:
    flags = ("-q", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--no-recurse-submodules")
    spec = f"+{place.ref or 'HEAD'}:{_FETCHED}"
    try:
        _users_git(top, "fetch", *flags, "--depth=1", "--", place.address, spec)
    except ProgramFailed as exc:
        if _COMMIT.fullmatch(place.ref):  # a server that gives no single commit away
            every = "+refs/*:refs/sous/all/*"
            _users_git(top, "fetch", *flags, "--", place.address, every)
            _nobodys_git(top, "update-ref", _FETCHED, place.ref)
        elif "shallow" in exc.stderr:  # a server of files alone
            _users_git(top, "fetch", *flags, "--", place.address, spec)
        else:
            raise


def _users_git(top: Path, command: str, *args: str) -> bytes:
    env = {
        **dict(users_environment(top)),
        **as_environment([*wire_switches().items(), _IN_ONE_FILE]),
        "GIT_DIR": str(top / ".git"),
        "GIT_ALLOW_PROTOCOL": "file:http:https:ssh",
        "GIT_LFS_SKIP_SMUDGE": "1",
    }
    return _git(top, command, *args, env=env, timeout=_TIMEOUT)


def _nobodys_git(folder: Path, command: str, *args: str, most: int = _MOST) -> bytes:
    env = {**nobodys(folder.parent), **as_environment([("core.hooksPath", os.devnull)])}
    return _git(folder, command, *args, env=env, timeout=_LOCAL_TIMEOUT, most=most)


def _git(
    folder: Path, command: str, *args: str, env: dict[str, str], timeout: float, most: int = _MOST
) -> bytes:
    return run(
        "git", "--no-pager", command, *args,
        cwd=folder, env=clean_environment(env), input=b"", timeout=timeout, most=most,
    )  # fmt: skip


def _away(place: RemotePlace, failure: ProgramFailed) -> str:
    lines = clean(failure.stderr).splitlines()
    why = next((line for line in lines if line.startswith("fatal:")), lines[-1] if lines else "")
    reason = (why.removeprefix("fatal: ") or str(failure)).rstrip(".")
    if not place.ref and "remote ref HEAD" in reason:
        return f"cannot fetch {place.shown}: it is empty, or has no default branch; name one with @"
    return f"cannot fetch {place.shown}: {reason}. Check the address, the ref and your access"
