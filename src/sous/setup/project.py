"""What of the project sous needs: git and who commits, settings and their trust, the forge."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sous.bundle.ignore import ignored_by_git
from sous.errors import SousError
from sous.forge.access import open_forge
from sous.forge.remote import find_repository
from sous.git import setting_in
from sous.git_place import find_checkout
from sous.names import FOLDER
from sous.proc import ProgramFailed
from sous.settings import is_trusted_as_it_is, load_settings, project_layers
from sous.setup.begin import WRITTEN
from sous.setup.check import Check, looked
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COMMITTED = (".mise.toml", FOLDER)


def check_project(root: Path) -> Iterator[Check]:
    """Yield what was found in the project at `root`."""
    in_git = _is_in_git(root)
    if not in_git:
        yield Check("project", "note", f"{root} is not a git repository", "git init")
    else:
        yield Check("project", "ok", f"{root}, in git")
        yield from looked("commits", lambda: [_identity(root)])
        yield from looked("ignored", lambda: [_kept_out_of_git(root)])
    yield from looked("settings", lambda: [_settings(root)])
    if in_git:
        yield from looked("forge", lambda: [_forge(root)])


def _is_in_git(root: Path) -> bool:
    try:
        find_checkout(root)
    except ProgramFailed:
        return False
    return True


def _identity(root: Path) -> Check:
    """Tell in whose name `sous run` would commit."""
    asked = {
        key: setting_in(root, f"user.{key}") or os.environ.get(f"GIT_COMMITTER_{key.upper()}")
        for key in ("name", "email")
    }
    missing = [key for key, value in asked.items() if not value]
    if missing:
        return Check(
            "commits",
            "note",
            f"git does not know your {' and '.join(missing)}, which `sous run` needs",
            f"git config --global user.{missing[0]} …",
        )
    return Check("commits", "ok", one_line(f"as {asked['name']} <{asked['email']}>"))


def _kept_out_of_git(root: Path) -> Check:
    """Tell whether what sous writes would be committed by `git add -A`."""
    ignored = ignored_by_git(root, (*WRITTEN, *_COMMITTED))
    others = [name for name in WRITTEN if name not in ignored]
    hidden = [name for name in _COMMITTED if name in ignored]
    if hidden:
        lines = " and ".join(f"!/{name}" for name in hidden)
        found = f"git ignores {' and '.join(hidden)}, meant to be committed"
        return Check("ignored", "note", found, f"write {lines} into .gitignore")
    if not others:
        return Check("ignored", "ok", "git ignores bundle and reports")
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return Check("ignored", "note", f"git does not ignore {others[0]}{more}", "sous init")


def _settings(root: Path) -> Check:
    try:
        load_settings(root)
        has_own = any(layer.values for layer in project_layers(root))
        if not has_own:
            return Check("settings", "ok", "the project has none of its own")
        if is_trusted_as_it_is(root):
            return Check("settings", "ok", "the project's own, trusted")
    except SousError as error:
        return Check("settings", "fix", str(error))
    return Check("settings", "note", "the project has its own, not trusted yet", "sous trust")


def _forge(root: Path) -> Check:
    """Tell whether issues could be posted; nothing is sent to the forge."""
    try:
        repository = find_repository(root, None)
    except SousError as error:
        what, _, advice = str(error).partition("; ")
        return Check("forge", "note", what, advice)
    try:
        open_forge(repository, root, quiet=True)
    except SousError as error:
        what, _, advice = str(error).partition(": ")
        return Check("forge", "note", what, advice)
    return Check("forge", "ok", f"{repository.host}, logged in")
