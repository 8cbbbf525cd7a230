"""The one git runner: whatever a repository's own configuration says, nothing of it is executed."""

from __future__ import annotations

import hashlib
import os
import threading
from typing import TYPE_CHECKING

from sous.proc import ProgramFailed, ProgramMissing, run

if TYPE_CHECKING:
    from pathlib import Path

# Everything git would run because a `.git/config` says so (git-config(1)); tried with hostile repositories in
# tests/test_git.py. `core.excludesFile=`: the same tree gives the same bundle on every machine.
_SAFE = (
    "--no-pager",
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.excludesFile=",
    "-c", "diff.external=",
    "-c", "core.sshCommand=",
    "-c", "core.askPass=",
    "-c", "protocol.allow=never",
    "-c", "submodule.recurse=false",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",  # a promisor remote may not be fetched from
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# Kept from the caller's GIT_* variables; others (GIT_DIR, GIT_INDEX_FILE, GIT_EXTERNAL_DIFF) would point elsewhere.
_KEPT = (
    "GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_EXEC_PATH",
    *(f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL", "DATE")),
)  # fmt: skip


def git(folder: Path | str, *args: str, index: Path | None = None, input: bytes | None = None) -> bytes:  # noqa: A002
    """Run `git ARGS` in `folder` and return its stdout; with another index file than the repository's own.

    Raises ProgramMissing where there is no git and ProgramFailed when it ends with an error.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    env |= _ENVIRONMENT | ({"GIT_INDEX_FILE": str(index)} if index else {})
    return run("git", *_SAFE, *args, cwd=folder, env=env, input=input, timeout=600)


class Later:
    """Runs `git ARGS` in `folder` while other work goes on."""

    def __init__(self, folder: Path | str, *args: str) -> None:
        self._result = b""
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(folder, args), daemon=True)
        self._thread.start()

    def _run(self, folder: Path | str, args: tuple[str, ...]) -> None:
        try:
            self._result = git(folder, *args)
        except Exception as exc:  # noqa: BLE001  # raised where the result is asked for
            self._error = exc

    def result(self) -> bytes:
        """Wait, and return or raise what `git` does."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result


def filters_off(folder: Path | str) -> list[str]:
    """Return the options that keep git from running the filters that configuration names, a repository's or another.

    For commands that compare the work tree: git would run `filter.NAME.clean` on files that changed.
    """
    try:
        asked = ("config", "--includes", "--name-only", "-z", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$")
        names = git(folder, *asked).decode("utf-8", "surrogateescape").split("\0")
    except ProgramFailed:  # there are none
        return []
    drivers = dict.fromkeys(name.rpartition(".")[0] for name in names if name)
    off = [f"{driver}.{what}" for driver in drivers for what in ("clean=", "smudge=", "process=", "required=false")]
    return [argument for one in off for argument in ("-c", one)]


def is_tracked_and_clean(path: Path) -> bool:
    """Tell whether git holds this file as it is now, so that overwriting it loses nothing.

    Compares blob hashes instead of asking `git status`, which would run the filters that a repository configures.
    False where there is no git, no repository or no commit.
    """
    folder = path.parent
    try:
        staged = git(folder, "ls-files", "-s", "-z", "--", f":(literal){path.name}").decode("utf-8", "surrogateescape")
        committed = git(folder, "ls-tree", "-z", "HEAD", "--", path.name).decode("utf-8", "surrogateescape")
        data = path.read_bytes()
    except (ProgramMissing, ProgramFailed, OSError):
        return False
    _, _, entry = staged.partition("\t")[0].partition(" ")  # "mode object stage"
    name = entry.partition(" ")[0]
    if not name or name not in committed.partition("\t")[0].split():
        return False
    return name in (_blob_hash(data, len(name)), _blob_hash(data.replace(b"\r\n", b"\n"), len(name)))


def is_tracked(path: Path) -> bool:
    """Tell whether git tracks this file, or may do so: True also where a repository cannot be asked."""
    try:
        return bool(git(path.parent, "ls-files", "-z", "--", f":(literal){path.name}"))
    except ProgramMissing:
        return any((folder / ".git").exists() for folder in path.absolute().parents)
    except ProgramFailed as exc:
        return "not a git repository" not in exc.stderr


def _blob_hash(data: bytes, length: int) -> str:
    """Return git's object name of a blob: SHA-1 (40 digits) or SHA-256 (64), as the repository uses."""
    head = b"blob %d\0" % len(data)
    return (hashlib.sha1 if length == 40 else hashlib.sha256)(head + data).hexdigest()  # noqa: PLR2004
