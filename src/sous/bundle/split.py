"""Cut a bundle into numbered parts of a size, along the folders, as repomix's `--split-output` does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sous.bundle.formats import writer_for
from sous.bundle.plan import tree_of, without_git
from sous.bundle.write import prepared, read_piece
from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.bundle.formats.document import Document
    from sous.bundle.plan import Plan
    from sous.bundle.select import File


def part_path(path: Path, number: int) -> Path:
    """Return the name of a part: output.1.txt."""
    return path.with_name(f"{path.stem}.{number}{path.suffix}")


def split_plan(plan: Plan) -> Iterator[Plan]:
    """Yield a plan for each part: top-level folders and files are filled in while they fit, a large one is opened.

    Raises SousError, before the first part, for a file that does not fit into any.
    """
    plan = replace(plan, document=replace(plan.document, fence=prepared(plan)[0].fence))
    sizes = _sizes(plan)
    parts = [part for part in _filled(plan, _groups(plan.files, 0), sizes, 0, []) if part]
    order = {file.path: number for number, file in enumerate(plan.files)}
    for number, part in enumerate(parts):
        part.sort(key=lambda file: order[file.path])
        names = plan.secret_names if number == 0 else []
        yield replace(plan, files=part, secret_names=names, document=_document(plan, part, first=number == 0))


def _document(plan: Plan, files: list[File], *, first: bool) -> Document:
    document = plan.document if first else without_git(plan.document)
    return replace(document, tree=tree_of(files)) if document.tree is not None else document


def _sizes(plan: Plan) -> dict[str, int]:
    """Return the bytes that each file takes in the bundle."""
    writer = writer_for(prepared(plan)[0], style=plan.recipe.style, parsable=plan.recipe.parsable)
    sizes = {}
    for file in plan.files:
        piece = read_piece(file, plan)
        text = "" if piece.left_out else writer.file(file.path, piece.text)
        sizes[file.path] = len(text.encode("utf-8", "replace"))
    return sizes


def _size(plan: Plan, files: list[File], sizes: dict[str, int], *, first: bool) -> int:
    document = _document(plan, files, first=first)
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    around = writer.head() + writer.tail()
    return len(around.encode("utf-8", "replace")) + sum(sizes[file.path] for file in files) + len(files)


def _groups(files: list[File], depth: int) -> list[list[File]]:
    """Return the files by the folder or name that they have at a depth, in the order of their paths."""
    from sous.bundle.order import path_key

    groups: dict[str, list[File]] = {}
    for file in sorted(files, key=lambda one: path_key(one.path)):
        groups.setdefault("/".join(file.path.split("/")[: depth + 1]), []).append(file)
    return list(groups.values())


def _filled(
    plan: Plan, groups: list[list[File]], sizes: dict[str, int], depth: int, parts: list[list[File]]
) -> list[list[File]]:
    most = plan.recipe.split or 0
    parts = parts or [[]]
    for group in groups:
        if _size(plan, [*parts[-1], *group], sizes, first=len(parts) == 1) <= most:
            parts[-1] += group
            continue
        if parts[-1] and _size(plan, group, sizes, first=False) <= most:
            parts.append(list(group))
            continue
        if len(group) == 1:
            size = _size(plan, group, sizes, first=len(parts) == 1 and not parts[-1])
            if parts[-1] or size > most:
                raise SousError(
                    f"{group[0].path} needs {size:,} bytes alone, --split-output allows {most:,}; nothing was written. "
                    "Raise it, or leave the file out with --ignore"
                )
        parts = _filled(plan, _groups(group, depth + 1), sizes, depth + 1, parts)
    return parts
