"""The one git runner: whatever a repository's own configuration says, nothing of it is executed.

What only reads is run in a private view (git_view.py), where that configuration is not read at all.
What changes a repository is run in it, with everything switched off that it names.
"""

from __future__ import annotations

import hashlib
import os
import threading
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file
from sous.git_config import (
    as_environment,
    clean_environment,
    filters_left_out,
    scoped_entries_of,
    switches,
    users_environment,
    users_part,
)
from sous.git_place import Checkout, check_rules, find_checkout, links_out, refuse_links_below
from sous.git_view import (
    parse_config,
    scoped_entries,
    users_entries,
    view_environment,
    view_of,
)
from sous.proc import ProgramFailed, run
from sous.programs import ProgramMissing, find_program
from sous.surroundings import carried

if TYPE_CHECKING:
    from pathlib import Path

    from sous.git_config import Scoped

__all__ = [
    "Checkout",
    "Later",
    "filtered_files",
    "find_checkout",
    "is_tracked",
    "is_tracked_and_clean",
    "links_out",
    "parse_config",
    "read_git",
    "setting_in",
    "users_setting",
    "write_git",
]  # fmt: skip

_READ_TIMEOUT, _WRITE_TIMEOUT = 60, 600  # seconds
_LOG_TIMEOUT = 20  # a commit may have any number of names
_MOST_READ = 200_000_000  # bytes of one answer
_DIFF = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
# What git may be asked, and what keeps it from starting programs that attributes or submodules
# name.
_READS: dict[str, tuple[str, ...]] = {
    "blame": ("--no-textconv",),
    "cat-file": (),
    "check-attr": (),
    "check-ignore": (),
    "check-ref-format": (),
    "diff": _DIFF,
    "for-each-ref": (),
    "log": ("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-mailmap"),
    "ls-files": (),
    "ls-tree": (),
    "merge-base": (),
    "remote": (),
    "rev-list": (),
    "rev-parse": (),
    "symbolic-ref": (),
}
# where settings of the user's own count, such as how lines end
_COMPARE = ("blame", "diff", "remote")
_WRITES: dict[str, tuple[str, ...]] = {
    "apply": (),
    "checkout-index": (),
    "commit-tree": (),
    "diff-files": _DIFF,
    "hash-object": (),
    "index-pack": (),
    "merge-tree": (),
    "merge": ("--no-verify-signatures", "--no-stat"),
    "pack-objects": (),
    "read-tree": ("--no-recurse-submodules",),
    "reset": ("--no-recurse-submodules",),
    "status": ("--ignore-submodules=all",),
    "switch": ("--no-recurse-submodules",),
    "symbolic-ref": (),
    "unpack-objects": (),
    "update-index": (),
    "update-ref": (),
    "var": (),
    "worktree": (),
    "write-tree": (),
}
_IDENTITY = tuple(
    f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL", "DATE")
)


def read_git(
    folder: Path | str,
    command: str,
    *args: str,
    index: Path | None = None,
    input: bytes | None = None,  # noqa: A002
    warnings: list[str] | None = None,
) -> bytes:
    """Run a git command that changes nothing in `folder` and return its stdout.

    With another index than the own one. `warnings` gets what it wrote on stderr, in English.

    Raises ProgramMissing where there is no git and ProgramFailed when it ends with an error.
    """
    flags = _READS[command]
    checkout = _checkout(folder)
    check_rules(checkout.top, folder)
    with view_of(checkout, logs=any("@{" in argument for argument in args)) as view:
        needs_user = command in _COMPARE or os.name == "nt"
        more = users_part(users_entries(checkout.top), view.known) if needs_user else []
        env = view_environment(view, checkout, index, more)
        words = ("git", "--no-pager", command, *flags, *args)
        timeout = _LOG_TIMEOUT if command == "log" else _READ_TIMEOUT
        return run(
            *words,
            cwd=folder,
            env=env,
            input=input,
            timeout=timeout,
            most=_MOST_READ,
            warnings=warnings,
        )


def write_git(
    folder: Path | str,
    command: str,
    *args: str,
    index: Path | None = None,
    input: bytes | None = None,  # noqa: A002
) -> bytes:
    """Run a git command in the repository of `folder` itself and return its stdout.

    With another index than its own.

    Filters that only the repository's configuration names are not run, those of the user's own are.
    Raises ProgramMissing and ProgramFailed.
    """
    flags = _WRITES[command]
    checkout = _checkout(folder)
    refuse_links_below(checkout)
    users, theirs = _configuration(checkout)
    fixed = switches(users, theirs) | ({"core.splitIndex": "false"} if index else {})
    env = _environment(checkout) | as_environment(fixed.items())
    env |= {"GIT_INDEX_FILE": str(index)} if index else {}
    return run(
        "git",
        "--no-pager",
        command,
        *flags,
        *args,
        cwd=folder,
        env=env,
        input=input,
        timeout=_WRITE_TIMEOUT,
    )


def users_setting(folder: Path | str, key: str) -> str | None:
    """Return what the user's own configuration, or the system's, says of a key in lower case."""
    return dict(users_entries(_checkout(folder).top)).get(key)


def setting_in(folder: Path | str, key: str) -> str | None:
    """Return the value of a key (in lower case) that git uses in the repository of `folder`."""
    users, theirs = _configuration(_checkout(folder))
    return dict([*users, *theirs]).get(key)


def filtered_files(folder: Path | str) -> list[tuple[str, str]]:
    """Return the tracked files that need a git filter that we do not run, and its name."""
    checkout = _checkout(folder)
    names = filters_left_out(*_configuration(checkout))
    if not names:
        return []
    tracked = read_git(checkout.top, "ls-files", "-z")
    words = os.fsdecode(
        read_git(checkout.top, "check-attr", "-z", "--stdin", "filter", input=tracked)
    ).split("\0")
    return [
        (path, name) for path, name in zip(words[::3], words[2::3], strict=False) if name in names
    ]


def _checkout(folder: Path | str) -> Checkout:
    try:
        return find_checkout(folder)
    except ProgramFailed:
        if find_program("git") is None:
            raise ProgramMissing("git not found; install it or put it on PATH") from None
        raise


def _environment(checkout: Checkout) -> dict[str, str]:
    """Return the environment for a git in the repository itself, ignoring `core.worktree`."""
    kept = {name: value for name in _IDENTITY if (value := os.environ.get(name)) is not None}
    place = {
        "GIT_WORK_TREE": str(checkout.top),
        "GIT_CEILING_DIRECTORIES": str(checkout.top.parent),
    }
    return clean_environment({**kept, **dict(users_environment(checkout.top)), **place})


def _configuration(checkout: Checkout) -> Scoped:
    """Return the user's entries and those of a repository, included files too.

    Raises SousError for a git too old.
    """
    env = _environment(checkout) | as_environment({"sous.asks": "true"}.items())
    return scoped_entries(checkout, env, lambda: _asked_configuration(checkout.top, env))


def _asked_configuration(top: Path, env: dict[str, str]) -> Scoped:
    raw = run("git", "config", "--list", "--show-scope", "-z", cwd=top, env=env, timeout=20)
    if b"command\0sous.asks\ntrue\0" not in raw:
        raise SousError("git is too old: 2.31 or newer can be told what not to run; install that")
    return scoped_entries_of(raw)


class Later:
    """Runs `read_git` in `folder` while other work goes on."""

    def __init__(self, folder: Path | str, command: str, *args: str) -> None:
        self._result = b""
        self._error: Exception | None = None
        self._thread = threading.Thread(
            target=carried(self._run), args=(folder, command, *args), daemon=True
        )
        self._thread.start()

    def _run(self, folder: Path | str, command: str, *args: str) -> None:
        try:
            self._result = read_git(folder, command, *args)
        except Exception as exc:  # noqa: BLE001  # raised where the result is asked for
            self._error = exc

    def result(self) -> bytes:
        """Wait, and return or raise what `read_git` does."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result


def is_tracked_and_clean(path: Path) -> bool:
    """Tell whether git holds this file as it is now, so that overwriting it loses nothing.

    Compares blob hashes: where a filter stands between file and blob, nothing is said to be clean.
    False where there is no git, no repository or no commit.
    """
    folder = path.parent
    try:
        staged = read_git(folder, "ls-files", "-s", "-z", "--", f":(literal){path.name}").decode(
            "utf-8", "surrogateescape"
        )
        committed = read_git(folder, "ls-tree", "-z", "HEAD", "--", path.name).decode(
            "utf-8", "surrogateescape"
        )
        data = read_file(path, root=None)
    except (SousError, OSError):
        return False
    _, _, entry = staged.partition("\t")[0].partition(" ")  # "mode object stage"
    name = entry.partition(" ")[0]
    if not name or name not in committed.partition("\t")[0].split():
        return False
    return name in (
        _blob_hash(data, len(name)),
        _blob_hash(data.replace(b"\r\n", b"\n"), len(name)),
    )


def is_tracked(path: Path) -> bool:
    """Tell whether git tracks this file, or might: True also if the repository cannot be asked."""
    try:
        return bool(read_git(path.parent, "ls-files", "-z", "--", f":(literal){path.name}"))
    except ProgramMissing:
        return any((folder / ".git").exists() for folder in path.absolute().parents)
    except ProgramFailed as exc:
        return "not a git repository" not in exc.stderr


def _blob_hash(data: bytes, length: int) -> str:
    """Return git's name of a blob: SHA-1 (40 digits) or SHA-256 (64), as the repository uses."""
    head = b"blob %d\0" % len(data)
    return (hashlib.sha1 if length == 40 else hashlib.sha256)(head + data).hexdigest()  # noqa: PLR2004
