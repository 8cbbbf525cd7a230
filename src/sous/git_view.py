"""A private view of a repository for git to read: its objects and refs, but our configuration.

git never sees the repository's own configuration there, so whatever attributes name, there is no
program behind it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sous.git_config import (
    as_environment,
    clean_environment,
    entries_of,
    harmless,
    plain_entries,
    users_environment,
    users_files,
    view_text,
)
from sous.git_copy import copy_repository, references_of, stamps_of
from sous.git_place import failed, read_regular
from sous.proc import ProgramFailed, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sous.git_config import Entry, Scoped
    from sous.git_place import Checkout

Known = TypeVar("Known")

_CONFIG = 1 << 22  # bytes
_MOST_VIEWS, _MOST_CONFIGS = 32, 256  # of one process, which may go through many repositories


@dataclass
class View:
    """What git is pointed at instead of a repository: `git_dir`, and the settings made there."""

    folder: Path
    git_dir: Path
    known: frozenset[str]
    seen: object
    users: int = 0
    is_old: bool = False

    def end_use(self) -> None:
        """Delete it when it is out of date and nobody uses it."""
        if self.is_old and not self.users:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class _Process:
    """The views of one process, in a folder that goes with it."""

    number: int = -1
    folder: Path = field(default_factory=Path)
    views: dict[tuple[Checkout, bool], View] = field(default_factory=dict)
    configs: dict[bytes, list[Entry]] = field(default_factory=dict)
    users: dict[tuple[tuple[str, str], ...], list[Entry]] = field(default_factory=dict)
    scoped: dict[object, Scoped] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


_ours = _Process()
if hasattr(os, "register_at_fork"):
    # a thread that held the lock is not in the child
    os.register_at_fork(after_in_child=lambda: setattr(_ours, "lock", threading.RLock()))


@contextmanager
def view_of(checkout: Checkout, *, logs: bool) -> Iterator[View]:
    """Yield a view of a repository as it is now; with `logs` where its references were, too.

    Raises ProgramFailed.
    """
    with _ours.lock:
        try:
            view = _current(checkout, logs=logs)
        except OSError as exc:
            raise failed(f"cannot make a view of {checkout.own}: {exc}") from exc
        view.users += 1
    try:
        yield view
    finally:
        with _ours.lock:
            view.users -= 1
            view.end_use()


def users_entries(top: Path) -> list[Entry]:
    """Return the user's own and the system's configuration."""
    with _ours.lock:
        known, env = _process().users, dict(users_environment(top))
        key = tuple(env.items())
        if key not in known:
            _forget_oldest(known, _MOST_CONFIGS)
            known[key] = entries_of(_ask("--list", env=env))
        return known[key]


def parse_config(data: bytes) -> list[Entry]:
    """Return the entries of a configuration file, as git reads it; none of what is included.

    A plain one is read without git, which would take as long as listing a small project. Raises
    ProgramFailed.
    """
    if (plain := plain_entries(data)) is not None:
        return plain
    with _ours.lock:
        known = _process().configs
        if data not in known:
            _forget_oldest(known, _MOST_CONFIGS)
            known[data] = entries_of(
                _ask("--file", "-", "--no-includes", "--list", data=data, env=nobodys(_ours.folder))
            )
        return known[data]


def scoped_entries(checkout: Checkout, env: dict[str, str], ask: Callable[[], Scoped]) -> Scoped:
    """Return the user's and the repository's entries, as `ask` found them.

    It is asked again when a byte of the files changed that decide what is the repository's: a time
    stamp can be forged. And each time where they include others.
    """
    contents = _contents(checkout, env)
    if contents is None:
        return ask()
    key = (checkout, tuple(env.items()), contents)
    with _ours.lock:
        found = _ours.scoped.get(key)
    if found is None:
        found = ask()
        includes = any(name.startswith(("include.", "includeif.")) for name, _ in found[1])
        if not includes and _contents(checkout, env) == contents:
            with _ours.lock:
                _forget_oldest(_ours.scoped, _MOST_VIEWS)
                _ours.scoped[key] = found
    return found


def _contents(checkout: Checkout, env: dict[str, str]) -> tuple[bytes | None, ...] | None:
    """Return what the files of a configuration hold; None where one of them cannot be read."""
    theirs = (checkout.common / "config", checkout.own / "config.worktree")
    try:
        return tuple(read_regular(path, _CONFIG) for path in (*theirs, *users_files(env)))
    except ProgramFailed:
        return None


def nobodys(folder: Path) -> dict[str, str]:
    """Return the variables for a git without any configuration of the user's or the system's."""
    empty, nowhere = str(folder / "empty"), str(folder / "nowhere")
    return {"GIT_CONFIG_GLOBAL": empty, "GIT_CONFIG_SYSTEM": empty, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ATTR_NOSYSTEM": "1", "HOME": nowhere, "XDG_CONFIG_HOME": nowhere}  # fmt: skip


def view_environment(
    view: View, checkout: Checkout, index: Path | None, more: list[tuple[str, str]]
) -> dict[str, str]:
    """Return the environment of a git that reads in a view.

    `more` are entries over those of the view.
    """
    kept = {
        **nobodys(view.folder.parent),
        "GIT_DIR": str(view.git_dir),
        "GIT_WORK_TREE": str(checkout.top),
        "GIT_INDEX_FILE": str(index or view.git_dir / "index"),
    }
    return clean_environment({**kept, **as_environment(more)})


def _ask(*args: str, env: dict[str, str], data: bytes | None = None) -> bytes:
    """Ask `git config` in a folder that is in no repository."""
    nowhere = str(_process().folder / "nowhere")
    kept = clean_environment({**env, "GIT_DIR": nowhere})
    return run("git", "config", "-z", *args, cwd=nowhere, env=kept, input=data, timeout=20)


def _process() -> _Process:
    """Return what belongs to this process; one that was forked begins anew."""
    if _ours.number != os.getpid():
        _ours.number, _ours.users, _ours.views = os.getpid(), {}, {}
        _ours.folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="sous-git-")))
        (_ours.folder / ".gitignore").write_bytes(b"*\n")  # should it lie in a work tree
        (_ours.folder / "empty").touch()
        (_ours.folder / "nowhere").mkdir()
        atexit.register(forget_views)
    return _ours


def forget_views() -> None:
    """Delete all views of this process."""
    if _ours.number == os.getpid():
        shutil.rmtree(_ours.folder, ignore_errors=True)
        _ours.number = -1


def _current(checkout: Checkout, *, logs: bool) -> View:
    views, key = _process().views, (checkout, logs)
    references = references_of(checkout, logs=logs)
    seen = (stamps_of(checkout), references)
    known = views.get(key)
    if known is not None and known.seen == seen:
        return known
    made = _make(checkout, seen, references)
    for old in (views.pop(key, None), *_forget_oldest(views, _MOST_VIEWS)):
        if old is not None:
            old.is_old = True
            old.end_use()
    views[key] = made
    return made


def _forget_oldest(known: dict[Any, Known], most: int) -> list[Known]:
    """Make room for one more; return what has to go for it."""
    return [known.pop(key) for key in list(known)[: max(0, len(known) - most + 1)]]


def _make(checkout: Checkout, seen: object, references: Iterable[str]) -> View:
    entries = harmless(_entries(checkout))
    folder = Path(tempfile.mkdtemp(dir=_process().folder))
    try:
        (folder / "config").write_bytes(view_text(entries).encode("utf-8", "surrogateescape"))
        own = copy_repository(checkout, folder, references)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return View(folder, own, frozenset(key for key, _ in entries), seen)


def _entries(checkout: Checkout) -> list[Entry]:
    data = read_regular(checkout.common / "config", _CONFIG) or b""
    entries = parse_config(data) if data.strip() else []
    if any(key == "extensions.worktreeconfig" for key, _ in entries):
        beside = read_regular(checkout.own / "config.worktree", _CONFIG) or b""
        entries = [*entries, *(parse_config(beside) if beside.strip() else [])]
    return entries
