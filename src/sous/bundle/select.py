"""Which files belong in a bundle: those git knows or would add, minus what the user leaves out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.globs import Globs
from sous.bundle.ignore import IgnoreFiles
from sous.bundle.listing import list_files
from sous.bundle.lists import DEFAULT_IGNORES
from sous.bundle.order import path_key
from sous.errors import UsageProblem
from sous.files import TEMPORARY_SUFFIX
from sous.names import OWN_FILES
from sous.root import holds_home

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Scope:
    """What to pack: the folder that paths are relative to, and the parts of it (none: all)."""

    base: Path
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filters:
    """Globs that narrow the selection, whether the default ones apply, and which ignore files hold."""

    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    defaults: bool = True
    files: IgnoreFiles = field(default_factory=IgnoreFiles)


def scope_of(paths: Iterable[str], cwd: Path) -> Scope:
    """Return the scope that PATH arguments mean: none is `cwd`; one folder is that folder; else paths below `cwd`.

    Raises UsageProblem for a path that is missing or lies outside `cwd`.
    """
    if ".git" in cwd.parts:
        raise UsageProblem(f"{cwd} is inside .git, and is not packed; go to the project's folder")
    found = []
    for path in paths:
        full = Path(os.path.normpath(cwd / path))
        if not full.exists():
            raise UsageProblem(f"{path} does not exist; name a file or folder to pack")
        found.append(full)
    for full in found:
        if holds_home(full) or ".git" in full.parts:
            raise UsageProblem(f"{full} is your home folder or inside .git, and is not packed; name what is meant")
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
    chosen = {
        path
        for path in list_files(base, filters.files)
        if (not included or included.match(path, taken=included.only_negated()))
        and _in_parts(path, scope.parts)
        and not ignored.match(path)
        and path not in own
        and not path.endswith((".partial", TEMPORARY_SUFFIX))
    }
    return sorted(chosen, key=path_key)


def _in_parts(path: str, parts: tuple[str, ...]) -> bool:
    return not parts or any(part in (".", path) or path.startswith(f"{part}/") for part in parts)


def _own_files(base: Path, root: Path, output: Path | None) -> set[str]:
    full = [root / name for name in OWN_FILES]
    full += [output] if output else []
    resolved = base.resolve()
    return {path.resolve().relative_to(resolved).as_posix() for path in full if path.resolve().is_relative_to(resolved)}
