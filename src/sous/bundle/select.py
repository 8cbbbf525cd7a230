"""Which files belong in a bundle: those git knows or would add, minus what the user leaves out."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.globs import Globs, include_globs
from sous.bundle.ignore import IgnoreFiles, users_excludes
from sous.bundle.listing import list_files, list_folders
from sous.bundle.lists import DEFAULT_IGNORES
from sous.bundle.order import in_order
from sous.errors import SousError
from sous.folder import own_names
from sous.folders import TEMPORARY_SUFFIX
from sous.names import FOLDER, MEMORIES, OWN_FILES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sous.bundle.listing import Identity
    from sous.bundle.recipe import PackTarget, Recipe


class File(NamedTuple):
    """A file to pack: `path` in the bundle, `base` the folder and `name` the path below it.

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
    """What was found: files in bundle order, tree paths by target, what the defaults left out.

    `secrets`: the names in which secrets were masked, and their kinds. `listed`: all paths that no
    ignore file names, by target. `unreadable`: folders that cannot be read, and why. `plain_names`:
    a hash of all names, if none holds a secret.
    """

    files: list[File] = field(default_factory=list)
    trees: list[tuple[str, list[str]]] = field(default_factory=list)
    by_default: int = 0
    secrets: list[tuple[str, str]] = field(default_factory=list)
    listed: list[Collection[str]] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    plain_names: str = ""


def select_files(
    recipe: Recipe, *, root: Path, output: Path | None = None, plain_names: str = ""
) -> Selection:
    """Return what to pack: regular files inside the targets, no links.

    `plain_names`: those of a run before, whose names are not looked through for secrets again.

    Left out, unless an include glob or a path names them: our own reports and bundles in `root`,
    and `output`. Raises SousError when a folder cannot be read.
    """
    found = Selection()
    for target in recipe.targets:
        _select(found, target, recipe, root=root, output=output)
    if recipe.secrets != "allow":
        _mask_names(found, plain_names)
    return found


def below_label(label: str, path: str) -> str:
    """Return the path in the bundle of one in a tree, which may have no label."""
    return f"{label}/{path}" if label else path


def _mask_names(found: Selection, plain_names: str) -> None:
    """Mask the secrets in names, everywhere in the same way."""
    in_trees = [below_label(label, path) for label, paths in found.trees for path in paths]
    every = [*(file.path for file in found.files), *in_trees]
    digest = blake2b("\0".join(every).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    if digest == plain_names:
        found.plain_names = digest
        return
    from sous.bundle.naming import safe_names  # its rules take a tenth of a run to load

    names = safe_names(every)
    found.secrets = names.secrets
    if not names.by_path:
        found.plain_names = digest
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
    excludes = users_excludes(target.base) if recipe.git_excludes else None
    files = IgnoreFiles(recipe.gitignore, recipe.dot_ignore, excludes)
    unreadable: dict[str, str] = {}
    every = list_files(target.base, files, target.parts, unreadable=unreadable)
    found.unreadable |= {below_label(target.label, path): why for path, why in unreadable.items()}
    found.listed.append(tuple(every))  # the paths alone are kept
    filters = _Filters(target, recipe, every)
    own = _own_files(target.base, root, output) - set(recipe.include) - set(target.parts)
    chosen, others = _parted(found, recipe, every, filters, own)
    chosen = _not_yet_found(found, target, in_order(chosen))
    name_of = _namer(target, recipe)
    text = str(target.base)
    found.files += [File(name_of(path), text, path, every[path]) for path in chosen]
    more = [*others, *_folders(target, recipe, files, filters)]
    tree = in_order([*chosen, *more]) if more else chosen
    if recipe.path_style == "cwd-relative":
        found.trees.append(("", [name_of(path) for path in tree]))
    elif tree:
        found.trees.append((target.label, tree))


def _parted(
    found: Selection,
    recipe: Recipe,
    every: Iterable[str],
    filters: _Filters,
    own: Collection[str],
) -> tuple[list[str], list[str]]:
    """Return what is packed, and what is not included, but not ignored either: for the full tree.

    What the default patterns leave out is counted.
    """
    chosen: list[str] = []
    others: list[str] = []
    for path in every:
        is_in = filters.includes(path)
        if not filters.is_of_target(path) or not (is_in or recipe.full_directory_structure):
            continue
        if filters.ignores(path):
            found.by_default += filters.defaults.match(path)
        elif path not in own and not path.endswith((".partial", TEMPORARY_SUFFIX)):
            (chosen if is_in else others).append(path)
    return chosen, others


class _Filters:
    """What a recipe says of the paths below one target."""

    def __init__(self, target: PackTarget, recipe: Recipe, every: Iterable[str]) -> None:
        self.defaults = Globs(DEFAULT_IGNORES if recipe.default_patterns else ())
        self.included = include_globs(recipe.include, every)
        self._ignored = Globs(recipe.ignore)
        self._takes_rest = self.included.only_negated()
        self._takes_all = not (self.included or recipe.listed)
        self._listed = _below(target.base, recipe.listed)
        self._parts = target.parts

    def is_of_target(self, path: str) -> bool:
        return not self._parts or _is_part(path, self._parts)

    def includes(self, path: str) -> bool:
        return (
            self._takes_all
            or self.included.match(path, taken=self._takes_rest)
            or _is_part(path, self._listed)
        )

    def ignores(self, path: str) -> bool:
        return self._ignored.match(path, taken=self.defaults.match(path))


def _not_yet_found(found: Selection, target: PackTarget, paths: list[str]) -> list[str]:
    """Leave out what another target has, whose folder is in this one or around it."""
    if not found.files:
        return paths
    known = {file.full for file in found.files}
    return [path for path in paths if f"{target.base}{os.sep}{path}" not in known]


def _folders(
    target: PackTarget, recipe: Recipe, files: IgnoreFiles, filters: _Filters
) -> Iterator[str]:
    """Yield the folders that the tree shows beside those of the files."""
    shows_all = recipe.full_directory_structure
    if not (recipe.empty_directories or shows_all):
        return
    for folder in list_folders(target.base, files, only_empty=not shows_all):
        name = folder.rstrip("/")
        is_shown = shows_all or not filters.included or filters.included.match(name)
        if is_shown and not filters.ignores(name):
            yield folder


def _namer(target: PackTarget, recipe: Recipe) -> _Namer:
    if recipe.path_style == "cwd-relative":
        prefix = os.path.relpath(target.base, recipe.cwd).replace(os.sep, "/")
        return _Namer("" if prefix == "." else f"{prefix}/")
    return _Namer(f"{target.label}/" if target.label else "")


class _Namer:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __call__(self, path: str) -> str:
        return f"{self._prefix}{path}" if self._prefix else path  # the same text in memory


def _below(base: Path, paths: Iterable[str]) -> tuple[str, ...]:
    inside = [Path(path) for path in paths if Path(path).is_relative_to(base)]
    return tuple(path.relative_to(base).as_posix() for path in inside)


def _is_part(path: str, parts: tuple[str, ...]) -> bool:
    return any(part in (".", path) or path.startswith(f"{part}/") for part in parts)


def _own_files(base: Path, root: Path, output: Path | None) -> set[str]:
    full = [root / name for name in OWN_FILES]
    with contextlib.suppress(SousError):  # a link is none of ours
        full += [root / FOLDER / MEMORIES / name for name in own_names(root, MEMORIES)]
    full += [output] if output else []
    resolved = base.resolve()
    return {
        path.resolve().relative_to(resolved).as_posix()
        for path in full
        if path.resolve().is_relative_to(resolved)
    }
