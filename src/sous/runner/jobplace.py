"""A folder of its own for a step that is carried out beside others: the project at one commit.

It has a repository of its own, which only borrows the project's objects: what an agent does to
branches, index, stashes, hooks or configuration there is done to nobody else.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from sous.errors import SousError
from sous.files import read_file, remove_tree, write_file
from sous.git import find_checkout, write_git
from sous.proc import ProgramFailed
from sous.runner.clean import (
    bring_ignored,
    copy_submodules,
    dependencies,
    make_repository,
    root_in,
)
from sous.runner.workplace import Workplace
from sous.state import checkout_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_USAGE = 129  # git's exit code for options that it does not know
_CONFLICT = 1
_SPECIAL = re.compile(r"([\\*?\[#! ])")
_IDENTITY = re.compile(r"(.*) <(.*)> \d+ [+-]\d+\Z", re.DOTALL)


class Merged(NamedTuple):
    """Two states put together: the tree, and the paths where both changed the same lines."""

    tree: str
    conflicts: tuple[str, ...]


def job_folder(home: Workplace, slug: str) -> Path:
    """Return where the place of a step is."""
    return checkout_state(home.root) / "jobs" / slug


def make_place(
    home: Workplace,
    slug: str,
    tip: str,
    *,
    refs: Mapping[str, str],
    linked: frozenset[str],
    programs: Iterable[Path] = (),
    config: str = "",
) -> Workplace:
    """Check a commit of the project out for a step.

    `refs`: the references that its repository has; `linked`: what git ignores in the project, whose
    dependencies are linked; `programs`: files that git ignores and the test command names;
    `config`: more lines for its configuration.
    """
    drop_place(home, slug)
    folder = job_folder(home, slug)
    top, index = folder / home.top.name, folder / "index"
    folder.mkdir(parents=True)
    write_git(home.top, "read-tree", tip, index=index)
    options = ("-a", "-f", "-q", f"--prefix={top.as_posix()}/")
    write_git(home.top, "checkout-index", *options, index=index)
    root = root_in(top, home.prefix).resolve()
    make_repository(top, index, tip, refs, find_checkout(home.top).common)
    bring_ignored(home.top, top, linked, programs)
    copy_submodules(home.top, top)
    found = place_at(home, top, linked)
    for path in home.own:
        copy = root / path.relative_to(home.root)
        if path.is_file() and not path.is_symlink():
            write_file(copy, read_file(path, root=home.root), root=root, durable=False)
    links = "".join(map(_exclude, dependencies(home.top, linked)))
    _write_own(top / ".git" / "info" / "exclude", _own_excludes(home) + links)
    known = read_file(top / ".git" / "config", root=None).decode()
    _write_own(top / ".git" / "config", known + config)
    return found


def place_at(home: Workplace, top: Path, linked: frozenset[str] = frozenset()) -> Workplace:
    """Return the place of a step of which the top folder is known."""
    top = top.resolve()
    root = top / home.root.relative_to(home.top)
    plan = root / home.plan.relative_to(home.root)
    return Workplace(top, root, plan, plan if home.ticks else None, home, linked)


def drop_place(home: Workplace, slug: str) -> None:
    """Delete the place of a step."""
    folder = job_folder(home, slug)
    if os.path.lexists(folder):
        remove_tree(folder)


def bring_home(place: Workplace, home: Workplace, tree: str, base: str) -> None:
    """Copy what is new in a tree into the project's repository, where git names it anew."""
    wanted = f"{tree}\n^{base}\n".encode()
    pack = write_git(place.top, "pack-objects", "--revs", "--stdout", "-q", input=wanted)
    write_git(home.top, "unpack-objects", "-q", input=pack)


def merged_onto(home: Workplace, base: str, tree: str, tip: str) -> Merged:
    """Put what a tree changed since `base` onto `tip`. Raises SousError where git is too old."""
    made = write_git(home.top, "commit-tree", tree, "-p", base, "-m", "step").decode().strip()
    options = ("--write-tree", "--name-only", "-z", "--no-messages")
    try:
        raw = write_git(home.top, "merge-tree", *options, tip, made)
    except ProgramFailed as exc:
        if exc.code == _USAGE:
            raise SousError(
                "this needs git 2.38 or newer, which can merge without a checkout: install that, "
                "or do without --jobs and --revert"
            ) from exc
        if exc.code != _CONFLICT:
            raise
        raw = exc.stdout
    tree, *names = os.fsdecode(raw).split("\0")
    return Merged(tree.strip(), tuple(dict.fromkeys(filter(None, names))))


def _exclude(path: str) -> str:
    return "/" + _SPECIAL.sub(r"\\\1", path) + "\n"


def _own_excludes(home: Workplace) -> str:
    """Return what the project's repository ignores by its own list, which no commit holds."""
    path = find_checkout(home.top).common / "info" / "exclude"
    try:
        return read_file(path, root=None).decode("utf-8", "surrogateescape").rstrip("\n") + "\n"
    except (OSError, SousError):
        return ""


def identity(home: Workplace) -> str:
    """Return the configuration that says who commits, as in the project."""
    said = write_git(home.top, "var", "GIT_AUTHOR_IDENT").decode("utf-8", "replace").strip()
    match = _IDENTITY.match(said)
    if match is None:
        return ""
    name, email = (re.sub(r'(["\\])', r"\\\1", one) for one in match.groups())
    return f'[user]\n\tname = "{name}"\n\temail = "{email}"\n'


def _write_own(path: Path, text: str) -> None:
    write_file(path, text.encode("utf-8", "surrogateescape"), root=None, durable=False)
