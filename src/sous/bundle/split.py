"""Cut a bundle into numbered parts of a size, along folders, like `repomix --split-output`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sous.bundle.fill import filled
from sous.bundle.formats import writer_for
from sous.bundle.plan import tree_of, without_git
from sous.bundle.write import prepared, read_piece
from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.bundle.formats.document import BundleDocument
    from sous.bundle.plan import BundlePlan
    from sous.bundle.select import File


def part_path(path: Path, number: int) -> Path:
    """Return the name of a part: output.1.txt."""
    return path.with_name(f"{path.stem}.{number}{path.suffix}")


def split_plan(plan: BundlePlan) -> Iterator[BundlePlan]:
    """Yield a plan for each part: folders and files fill it while they fit, large ones are opened.

    Raises SousError, before the first part, for a file that does not fit into any.
    """
    plan = replace(plan, document=replace(plan.document, fence=prepared(plan)[0].fence))
    sizes = _sizes(plan)
    parts = _parts(plan, sizes)
    order = {file.path: number for number, file in enumerate(plan.files)}
    for number, part in enumerate(parts):
        part.sort(key=lambda file: order[file.path])
        names = plan.secret_names if number == 0 else []
        yield replace(
            plan, files=part, secret_names=names, document=_document(plan, part, first=number == 0)
        )


def _document(plan: BundlePlan, files: list[File], *, first: bool) -> BundleDocument:
    document = plan.document if first else without_git(plan.document)
    return replace(document, tree=tree_of(files)) if document.tree is not None else document


def _sizes(plan: BundlePlan) -> dict[str, int]:
    """Return the bytes that each file takes in the bundle."""
    writer = writer_for(prepared(plan)[0], style=plan.recipe.style, parsable=plan.recipe.parsable)
    sizes = {}
    for file in plan.files:
        piece = read_piece(file, plan)
        text = "" if piece.left_out else writer.file(file.path, piece.text)
        sizes[file.path] = len(text.encode("utf-8", "replace"))
    return sizes


def _size(plan: BundlePlan, files: list[File], sizes: dict[str, int], *, first: bool) -> int:
    document = _document(plan, files, first=first)
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    around = writer.head() + writer.tail()
    return (
        len(around.encode("utf-8", "replace"))
        + sum(sizes[file.path] for file in files)
        + len(files)
    )


def _parts(plan: BundlePlan, sizes: dict[str, int]) -> list[list[File]]:
    from sous.bundle.order import path_key

    most = plan.recipe.split or 0
    parts = filled(
        sorted(plan.files, key=lambda one: path_key(one.path)),
        path=lambda one: one.path,
        fits=lambda files, number: _size(plan, list(files), sizes, first=number == 0) <= most,
    )
    for number, part in enumerate(parts):
        size = _size(plan, part, sizes, first=number == 0)
        if size > most:
            raise SousError(
                f"{part[0].path} needs {size:,} bytes alone, --split-output allows {most:,}; "
                "nothing was written. "
                "Raise it, or leave the file out with --ignore"
            )
    return parts
