"""Which files belong in a bundle: those git knows or would add, minus what the user leaves out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.globs import Globs, include_globs
from sous.bundle.ignore import IgnoreFiles
from sous.bundle.listing import list_files, list_folders
from sous.bundle.lists import DEFAULT_IGNORES
from sous.bundle.naming import safe_names
from sous.bundle.order import path_key
from sous.folders import TEMPORARY_SUFFIX
from sous.names import OWN_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sous.bundle.listing import Identity
    from sous.bundle.recipe import PackTarget, Recipe


class File(NamedTuple):
    """A file to pack: `path` as it stands in the bundle, `base` the folder and `name` the path in it.

    `identity` is what it was when it was found, where that is known.
    """

    path: str
    base: str
    name: str
    identity: Identity | None = None

    @property
    def full(self) -> str:
        """The path on disk."""
        return f"{self.base}{os.sep}{self.name}"


@dataclass
class Selection:
    """What was found: files in the order of the bundle, the paths of the tree by target, what the defaults left out.

    `secrets`: the names in which secrets were masked, and their kinds.
    """

    files: list[File] = field(default_factory=list)
    trees: list[tuple[str, list[str]]] = field(default_factory=list)
    by_default: int = 0
    secrets: list[tuple[str, str]] = field(default_factory=list)


def select_files(recipe: Recipe, *, root: Path, output: Path | None = None) -> Selection:
    """Return what to pack: regular files inside the targets, no links.

    Left out, unless an include glob or a path names them: our own reports and bundles in `root`,
    and `output`. Raises SousError when a folder cannot be read.
    """
    found = Selection()
    for target in recipe.targets:
        _select(found, target, recipe, root=root, output=output)
    if recipe.secrets != "allow":
        _mask_names(found)
    return found


def _mask_names(found: Selection) -> None:
    """Mask the secrets in names, everywhere in the same way."""
    in_trees = [
        f"{label}/{path}" if label else path for label, paths in found.trees for path in paths
    ]
    names = safe_names([*(file.path for file in found.files), *in_trees])
    found.secrets = names.secrets
    if not names.by_path:
        return
    found.files = [file._replace(path=names.of(file.path)) for file in found.files]
    trees: list[tuple[str, list[str]]] = []
    for label, paths in found.trees:
        if not label:
            trees.append((label, [names.of(path) for path in paths]))
            continue
        full = [names.of(f"{label}/{path}") for path in paths]
        depth = label.count("/") + 1
        shown = "/".join(full[0].split("/")[:depth]) if full else label
        trees.append((shown, ["/".join(path.split("/")[depth:]) for path in full]))
    found.trees = trees


def asked_for(recipe: Recipe, file: File) -> bool:
    """Tell whether a file was named as such, by a path or by an include glob without wildcards."""
    return (
        file.name in recipe.include
        or any(
            file.name in target.parts for target in recipe.targets if str(target.base) == file.base
        )
        or os.path.normpath(file.full) in recipe.listed
    )


def _select(
    found: Selection, target: PackTarget, recipe: Recipe, *, root: Path, output: Path | None
) -> None:
    base = target.base
    files = IgnoreFiles(gitignore=recipe.gitignore, dotignore=recipe.dot_ignore)
    defaults = Globs(DEFAULT_IGNORES if recipe.default_patterns else ())
    ignored = Globs(recipe.ignore)
    own = _own_files(base, root, output) - set(recipe.include) - set(target.parts)
    listed = _below(base, recipe.listed)
    every = list_files(base, files, target.parts)
    included = include_globs(recipe.include, every)
    chosen: list[str] = []
    others: list[str] = []  # not included, but not ignored either: for the full tree
    for path in every:
        if target.parts and not _is_part(path, target.parts):
            continue
        is_in = not (included or recipe.listed) or (
            included.match(path, taken=included.only_negated()) or _is_part(path, listed)
        )
        if not (is_in or recipe.full_directory_structure):
            continue
        by_default = defaults.match(path)
        if ignored.match(path, taken=by_default):
            found.by_default += by_default
            continue
        if path in own or path.endswith((".partial", TEMPORARY_SUFFIX)):
            continue
        (chosen if is_in else others).append(path)
    chosen.sort(key=path_key)
    name_of = _namer(target, recipe)
    text = str(base)
    # a folder in another
    known = {file.full for file in found.files} if len(recipe.targets) > 1 else set()
    chosen = [path for path in chosen if f"{text}{os.sep}{path}" not in known]
    found.files += [File(name_of(path), text, path, every[path]) for path in chosen]
    tree = [*chosen, *others]
    if recipe.empty_directories or recipe.full_directory_structure:
        tree += [
            folder
            for folder in list_folders(base, files, only_empty=not recipe.full_directory_structure)
            if not ignored.match(folder.rstrip("/"), taken=defaults.match(folder.rstrip("/")))
            and (
                not included
                or recipe.full_directory_structure
                or included.match(folder.rstrip("/"))
            )
        ]
    if len(tree) > len(chosen):
        tree.sort(key=path_key)
    if recipe.path_style == "cwd-relative":
        found.trees.append(("", [name_of(path) for path in tree]))
    elif tree:
        found.trees.append((target.label, tree))


def _namer(target: PackTarget, recipe: Recipe) -> _Namer:
    if recipe.path_style == "cwd-relative":
        prefix = os.path.relpath(target.base, recipe.cwd).replace(os.sep, "/")
        return _Namer("" if prefix == "." else f"{prefix}/")
    return _Namer(f"{target.label}/" if target.label else "")


class _Namer:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __call__(self, path: str) -> str:
        return f"{self._prefix}{path}"


def _below(base: Path, paths: Iterable[str]) -> tuple[str, ...]:
    inside = [Path(path) for path in paths if Path(path).is_relative_to(base)]
    return tuple(path.relative_to(base).as_posix() for path in inside)


def _is_part(path: str, parts: tuple[str, ...]) -> bool:
    return any(part in (".", path) or path.startswith(f"{part}/") for part in parts)


def _own_files(base: Path, root: Path, output: Path | None) -> set[str]:
    full = [root / name for name in OWN_FILES]
    full += [output] if output else []
    resolved = base.resolve()
    return {
        path.resolve().relative_to(resolved).as_posix()
        for path in full
        if path.resolve().is_relative_to(resolved)
    }
