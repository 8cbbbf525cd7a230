"""Cut a bundle into numbered parts of a size, along folders, like `repomix --split-output`."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.bundle.fill import filled
from sous.bundle.formats import writer_for
from sous.bundle.limits import read_limit
from sous.bundle.piece import read_piece
from sous.bundle.plan import tree_of, without_git
from sous.bundle.write import prepared
from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sous.bundle.formats.document import BundleDocument
    from sous.bundle.limits import PartLimit
    from sous.bundle.plan import BundlePlan
    from sous.bundle.select import File

_MANY = 9999  # parts: so many fit into the first line that is counted on


def part_path(path: Path, number: int) -> Path:
    """Return the name of a part: output.1.txt."""
    return path.with_name(f"{path.stem}.{number}{path.suffix}")


def split_plan(plan: BundlePlan) -> Iterator[BundlePlan]:
    """Yield a plan for each part: folders and files fill it while they fit, large ones are opened.

    Raises SousError, before the first part, for a file that does not fit into any.
    """
    plan = replace(plan, document=replace(plan.document, fence=prepared(plan)[0].fence))
    limit = read_limit(plan.recipe.split or 0)
    parts = _parts(plan, _sizes(plan, limit), limit)
    order = {file.path: number for number, file in enumerate(plan.files)}
    for number, part in enumerate(parts):
        part.sort(key=lambda file: order[file.path])
        names = plan.secret_names if number == 0 else []
        yield replace(
            plan,
            files=part,
            secret_names=names,
            document=_document(plan, part, number, len(parts)),
        )


def _document(plan: BundlePlan, files: list[File], number: int, count: int) -> BundleDocument:
    """Return what stands around the files of a part (from 0) of `count`."""
    document = without_git(plan.document) if number else plan.document
    document = replace(document, part=(number + 1, count) if count > 1 else None)
    return replace(document, tree=tree_of(files)) if document.tree is not None else document


def _sizes(plan: BundlePlan, limit: PartLimit) -> dict[str, int]:
    """Return what each file takes of the limit in the bundle."""
    writer = writer_for(prepared(plan)[0], style=plan.recipe.style, parsable=plan.recipe.parsable)
    sizes = {}
    for file in plan.files:
        piece = read_piece(file, plan)
        text = "" if piece.left_out else writer.file(file.path, piece.text)
        sizes[file.path] = limit.of(text) + 1
    return sizes


def _size(plan: BundlePlan, files: list[File], number: int, limit: PartLimit) -> int:
    """Return what stands around the files of a part, which is not the last of many."""
    document = _document(plan, files, number, _MANY)
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    return _of(limit, writer.head()) + _of(limit, writer.tail())


@lru_cache(maxsize=8)
def _of(limit: PartLimit, text: str) -> int:
    return limit.of(text)


def _parts(plan: BundlePlan, sizes: dict[str, int], limit: PartLimit) -> list[list[File]]:
    from sous.bundle.order import path_key

    def fits(files: Sequence[File], number: int) -> bool:
        room = limit.most - sum(sizes[file.path] for file in files)
        return room > 0 and _size(plan, list(files), number, limit) <= room

    parts = filled(
        sorted(plan.files, key=lambda one: path_key(one.path)),
        path=lambda one: one.path,
        fits=fits,
    )
    for number, part in enumerate(parts):
        size = sum(sizes[one.path] for one in part) + _size(plan, part, number, limit)
        if size > limit.most:
            raise SousError(
                f"{part[0].path} needs {size:,} {limit.unit} alone, --split-output allows "
                f"{limit.most:,}; nothing was written. "
                "Raise it, or leave the file out with --ignore"
            )
    return parts
