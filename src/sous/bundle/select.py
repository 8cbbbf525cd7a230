"""Which files belong in a bundle: those git knows or would add, minus what the user leaves out."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.globs import Globs
from sous.bundle.lists import DEFAULT_IGNORES
from sous.errors import SousError, UsageProblem
from sous.files import TEMPORARY_SUFFIX
from sous.git import git
from sous.names import OWN_FILES
from sous.proc import ProgramFailed, ProgramMissing
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pathspec import GitIgnoreSpec


@dataclass(frozen=True)
class Scope:
    """What to pack: the folder that paths are relative to, and the parts of it (none: all)."""

    base: Path
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filters:
    """Globs that narrow the selection, and whether the default ones apply."""

    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    defaults: bool = True


def scope_of(paths: Iterable[str], cwd: Path) -> Scope:
    """Return the scope that PATH arguments mean: none is `cwd`; one folder is that folder; else paths below `cwd`.

    Raises UsageProblem for a path that is missing or lies outside `cwd`.
    """
    found = []
    for path in paths:
        full = Path(os.path.normpath(cwd / path))
        if not full.exists():
            raise UsageProblem(f"{path} does not exist; name a file or folder to pack")
        found.append(full)
    if len(found) == 1 and found[0].is_dir():
        return Scope(found[0])
    for full in found:
        if not full.is_relative_to(cwd):
            raise UsageProblem(f"{full} lies outside {cwd}; go to a folder above both and pack from there")
    return Scope(cwd, tuple(full.relative_to(cwd).as_posix() for full in found))


def select_files(scope: Scope, filters: Filters, *, root: Path, output: Path | None = None) -> list[str]:
    """Return the paths to pack, relative to `scope.base`, with `/`, each once, in the order of the bundle.

    Only regular files inside the folder, no links. Left out, unless an include glob or a part names them: our own
    reports and bundles in `root`, and `output`. Raises SousError when the folder cannot be read.
    """
    base = scope.base
    ignored = Globs((*(DEFAULT_IGNORES if filters.defaults else ()), *filters.ignore))
    included = Globs(filters.include)
    own = _own_files(base, root, output) - set(filters.include) - set(scope.parts)
    inside = _InsideCheck(base)
    chosen = {
        path
        for path in _list_files(base)
        if (not included or included.match(path, taken=included.only_negated()))
        and _in_parts(path, scope.parts)
        and not ignored.match(path)
        and path not in own
        and not path.endswith((".partial", TEMPORARY_SUFFIX))
        and inside.is_regular_file(path)
    }
    return sorted(chosen, key=_order)


def _order(path: str) -> tuple[tuple[int, str, str], ...]:
    """Sort folders before files at each level, then by name, ignoring case first."""
    *folders, name = path.split("/")
    return (*((0, folder.casefold(), folder) for folder in folders), (1, name.casefold(), name))


def _in_parts(path: str, parts: tuple[str, ...]) -> bool:
    return not parts or any(part in (".", path) or path.startswith(f"{part}/") for part in parts)


def _own_files(base: Path, root: Path, output: Path | None) -> set[str]:
    full = [root / name for name in OWN_FILES]
    full += [output] if output else []
    resolved = base.resolve()
    return {path.resolve().relative_to(resolved).as_posix() for path in full if path.resolve().is_relative_to(resolved)}


class _InsideCheck:
    """Tells regular files from links and the rest, also where a folder on the way is a link out of the tree."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._real_folders = {"": True}

    def is_regular_file(self, path: str) -> bool:
        try:
            mode = os.lstat(self._base / path).st_mode
        except (OSError, ValueError):  # tracked but deleted
            return False
        return stat.S_ISREG(mode) and self._is_real_folder(path.rpartition("/")[0])

    def _is_real_folder(self, folder: str) -> bool:
        known = self._real_folders.get(folder)
        if known is None:
            is_link = (self._base / folder).is_symlink()
            known = not is_link and self._is_real_folder(folder.rpartition("/")[0])
            self._real_folders[folder] = known
        return known


def _list_files(base: Path) -> Iterable[str]:
    try:
        listed = git(base, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".")
    except ProgramMissing:
        return _walk(base)
    except ProgramFailed as exc:
        if "not a git repository" not in exc.stderr:
            say(f"git cannot list {base} ({exc}); reading the folder and its .gitignore files instead")
        return _walk(base)
    return (os.fsdecode(path) for path in listed.split(b"\0") if path)


def _walk(base: Path) -> Iterator[str]:
    """Yield the files below `base` that no .gitignore on the way excludes; `.git` folders are never entered."""
    from pathspec import GitIgnoreSpec

    def walk(folder: str, specs: list[tuple[str, GitIgnoreSpec]]) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(base / folder), key=lambda entry: entry.name)
        except OSError as exc:
            if not folder:
                raise SousError(f"cannot read {base}: {exc.strerror}") from exc
            say(f"left out {folder}/: {exc.strerror}")
            return
        if any(entry.name == ".gitignore" and entry.is_file(follow_symlinks=False) for entry in entries):
            lines = (base / folder / ".gitignore").read_text("utf-8", "replace").splitlines()
            specs = [*specs, (folder, GitIgnoreSpec.from_lines(lines))]
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == ".git" or _is_ignored(path + "/" * is_folder, specs):
                continue
            if is_folder:
                yield from walk(path, specs)
            else:
                yield path

    return walk("", [])


def _is_ignored(path: str, specs: list[tuple[str, GitIgnoreSpec]]) -> bool:
    """Tell what the deepest .gitignore with an opinion says."""
    for folder, spec in reversed(specs):
        verdict = spec.check_file(path[len(folder) + 1 :] if folder else path).include
        if verdict is not None:
            return verdict
    return False
