"""select -> read -> write: pack a folder into one file, and know later how it was done."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sous.bundle.content import read_contents
from sous.bundle.earlier import is_earlier_result
from sous.bundle.ignore import IgnoreFiles
from sous.bundle.order import sort_by_changes
from sous.bundle.select import Filters, Scope, scope_of, select_files
from sous.bundle.write import xml_file, xml_head, xml_tail
from sous.errors import SousError
from sous.files import replacing
from sous.root import find_root
from sous.settings import Settings, load_settings
from sous.state import read_state, write_state
from sous.terminal import human_size, say
from sous.tokens import count_tokens


class Writable(Protocol):
    """What a bundle can be written to."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


@dataclass(frozen=True)
class Recipe:
    """How a bundle is made: what to pack, what not, how to write it; `by_changes`: files that changed often go last."""

    scope: Scope
    filters: Filters = field(default_factory=Filters)
    style: str = "xml"
    line_numbers: bool = True
    by_changes: bool = True


@dataclass
class Packed:
    """What went into a bundle: counts of files, o200k tokens and bytes; why others are only listed, and what is not."""

    files: int = 0
    tokens: int = 0
    size: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    earlier: int = 0

    def summary(self) -> str:
        """Return one line for people."""
        out = "; ".join(f"{count} {why}" for why, count in sorted(self.left_out.items()))
        rest = f" (listed only: {out})" if out else ""
        rest += f"; left out {self.earlier} result{'s' * (self.earlier != 1)} of earlier runs" if self.earlier else ""
        return f"{self.files:,} file{'s' * (self.files != 1)}, {self.tokens:,} tokens, {human_size(self.size)}{rest}"


def recipe_for(
    root: Path,
    settings: Settings,
    *,
    scope: Scope | None = None,
    defaults: bool = True,
    files: IgnoreFiles = IgnoreFiles(),
    by_changes: bool = True,
) -> Recipe:
    """Return how `settings` say to pack; without a scope, the whole root."""
    filters = Filters(tuple(settings.include), tuple(settings.ignore), defaults, files)
    return Recipe(scope or Scope(root), filters, settings.style, settings.line_numbers, by_changes)


def pack(stream: Writable, recipe: Recipe, *, root: Path, output: Path | None = None, counting: bool = True) -> Packed:
    """Write a bundle, one file in memory at a time. The same tree and recipe give the same bytes on any machine.

    Without `counting`, tokens stay 0. Raises SousError when there is nothing to pack; nothing has been written then.
    """
    selected = select_files(recipe.scope, recipe.filters, root=root, output=output)
    asked_for = {*recipe.filters.include, *recipe.scope.parts}
    paths = [path for path in selected if path in asked_for or not is_earlier_result(recipe.scope.base / path)]
    if not paths:
        raise SousError(f"no files to pack in {recipe.scope.base}; check the folder and the include and ignore globs")
    packed = Packed(earlier=len(selected) - len(paths))

    def put(text: str) -> None:
        data = text.encode("utf-8", "replace")
        stream.write(data)
        packed.size += len(data)
        packed.tokens += count_tokens(text) if counting else 0

    put(xml_head(paths, line_numbers=recipe.line_numbers, notes=_notes(recipe)))
    in_order = sort_by_changes(paths, recipe.scope.base) if recipe.by_changes else paths
    for content in read_contents(recipe.scope.base, in_order):
        if content.left_out:
            packed.left_out[content.left_out.partition(":")[0]] += 1
            if content.left_out.startswith("unreadable"):
                say(f"left out {content.path}, {content.left_out}")
        else:
            put(xml_file(content, line_numbers=recipe.line_numbers))
            packed.files += 1
    put(xml_tail())
    return packed


def pack_to_file(path: Path, recipe: Recipe, *, root: Path) -> Packed:
    """Pack into `path`, which is replaced whole, and remember how. Raises SousError."""
    with replacing(path) as stream:
        packed = pack(stream, recipe, root=root, output=path)
    _remember(path, recipe)
    return packed


def pack_to_text(path: str) -> str:
    """Return the bundle that `sous bundle PATH -o -` prints (no path: the current folder). Raises SousError."""
    cwd = Path.cwd()
    root = find_root(cwd)
    recipe = recipe_for(root, load_settings(root), scope=scope_of([path] if path else [], cwd))
    stream = io.BytesIO()
    pack(stream, recipe, root=root, counting=False)
    return stream.getvalue().decode()


def renew(path: Path, *, root: Path, ignore: tuple[str, ...] = ()) -> bool:
    """Pack again what `sous` packed into `path`, in the same way; tell whether the bundle changed.

    What the settings have come to `ignore` since then is left out too. A bundle of somebody else, or one changed by
    hand, is left alone.
    """
    recipe = recipe_of(path)
    if recipe is None:
        return False
    if not recipe.scope.base.is_dir():
        raise SousError(f"{path} was packed from {recipe.scope.base}, which has gone; pack anew: sous bundle --project")
    filters = replace(recipe.filters, ignore=tuple(dict.fromkeys((*recipe.filters.ignore, *ignore))))
    recipe = replace(recipe, filters=filters)
    digest = _Digest()
    pack(digest, recipe, root=root, output=path, counting=False)
    if digest.hash.digest() == hashlib.sha256(path.read_bytes()).digest():
        return False
    pack_to_file(path, recipe, root=root)
    return True


class _Digest:
    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        self.hash.update(data)


def _notes(recipe: Recipe) -> list[str]:
    filters = recipe.filters
    notes = [f"Files that {', '.join(filters.files.names)} name are left out"]
    if filters.defaults:
        notes.append("Files that match the default ignore patterns are left out")
    if filters.include:
        notes.append(f"Only files that match these patterns are in: {', '.join(filters.include)}")
    if filters.ignore:
        notes.append(f"Files that match these patterns are left out: {', '.join(filters.ignore)}")
    if recipe.scope.parts:
        notes.append(f"Only these paths are in: {', '.join(recipe.scope.parts)}")
    if recipe.line_numbers:
        notes.append("Line numbers have been added to the beginning of each line")
    notes.append("Binary files are in the tree, but their content is not here")
    if recipe.by_changes:
        notes.append("Files are sorted by how often they changed in git; those that changed most often are at the end")
    return notes


def _state_name(path: Path) -> str:
    return f"bundles/{hashlib.sha256(str(path.resolve()).encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


def _identity(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _remember(path: Path, recipe: Recipe) -> None:
    try:
        identity = _identity(path)
        recipe_data = asdict(recipe) | {"scope": {"base": str(recipe.scope.base), "parts": recipe.scope.parts}}
        write_state(_state_name(path), {"path": str(path), "identity": identity, "recipe": recipe_data})
    except (SousError, OSError):
        return  # without the memory the bundle is only never renewed by itself


def recipe_of(path: Path) -> Recipe | None:
    """Return how `sous` packed the bundle in `path`; None for somebody else's, or one changed since."""
    known: dict[str, Any] = read_state(_state_name(path))
    try:
        if known.get("identity") != _identity(path):
            return None
        recipe = known["recipe"]
        filters = recipe["filters"]
        return Recipe(
            Scope(Path(recipe["scope"]["base"]), tuple(recipe["scope"]["parts"])),
            Filters(
                tuple(filters["include"]),
                tuple(filters["ignore"]),
                bool(filters["defaults"]),
                IgnoreFiles(bool(filters["files"]["gitignore"]), bool(filters["files"]["dotignore"])),
            ),
            str(recipe["style"]),
            bool(recipe["line_numbers"]),
            bool(recipe["by_changes"]),
        )
    except (OSError, KeyError, TypeError):
        return None
