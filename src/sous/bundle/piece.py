"""One file as it goes into a bundle: read, without its secrets, processed, numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.content import read_content
from sous.bundle.named import is_notebook
from sous.bundle.process import number_lines, without_base64, without_empty_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.bundle.cache import KnownFile
    from sous.bundle.listing import Identity
    from sous.bundle.plan import BundlePlan
    from sous.bundle.recipe import Recipe
    from sous.bundle.secrets import Secret, SecretScan
    from sous.bundle.select import File


class FileEntry(NamedTuple):
    """A file as it goes into the bundle, or why it does not (`left_out`)."""

    text: str = ""
    left_out: str = ""
    identity: Identity | None = None
    secrets: Sequence[Secret] = ()
    note: str = ""
    whole: str = ""
    notebook: str = ""  # its text, where it could go in as cells


def read_piece(file: File, plan: BundlePlan, known: KnownFile | None = None) -> FileEntry:
    """Return a file as it goes into the bundle.

    Where it is `known` to hold no secret, none is looked for.
    """
    recipe = plan.recipe
    if file.path in plan.listed_only:
        return FileEntry(left_out="by name")
    content = read_content(file, recipe.max_file_size)
    if content.left_out:
        return FileEntry(left_out=content.left_out, identity=content.identity)
    text, identity, note = content.text, content.identity, content.note
    del content  # its text may be of many megabytes
    secrets: list[Secret] = []
    if recipe.secrets != "allow" and (known is None or known.secrets):
        scan = _scanner(recipe.secrets_engine)
        text, secrets = scan(text, file.name, recipe.allow_secrets)
    notebook = text if recipe.notebooks != "cells" and is_notebook(file.name) else ""
    text, whole = processed(text, file, plan)
    return FileEntry(text, "", identity, secrets, note, whole, notebook)


def numbered_cells(text: str, recipe: Recipe) -> str:
    """Return a notebook as it would be as cells, empty for one that cannot be taken apart."""
    from sous.bundle.notebooks import as_cells

    cells = as_cells(text)
    if cells.whole:
        return ""
    return number_lines(cells.text, cells.numbers) if recipe.line_numbers else cells.text


def _scanner(engine: str) -> SecretScan:
    """Return what masks secrets. Raises SousError where the engine is missing."""
    if engine == "builtin":
        from sous.bundle.secrets import mask_secrets

        return mask_secrets
    from sous.bundle.kingfisher import kingfisher_scanner

    return kingfisher_scanner()


def processed(text: str, file: File, plan: BundlePlan) -> tuple[str, str]:
    """Return the text of a file after all that the recipe does to it, numbered if it says so.

    And why it stays whole, if it was to lose its comments or be reduced to signatures.
    """
    recipe = plan.recipe
    numbers, whole = None, ""
    if recipe.remove_comments:
        from sous.bundle.comments import without_comments

        text, whole = without_comments(text, file.name)
    reduced = file.path in plan.reduced
    if recipe.notebooks == "cells" and is_notebook(file.name):
        from sous.bundle.notebooks import as_cells

        text, numbers, uncut = as_cells(text, reduced=reduced)
        whole = uncut or whole
    elif reduced:
        from sous.bundle.signatures import signatures

        text, numbers, uncut = signatures(text, file.name)
        whole = uncut or whole
    if recipe.truncate_base64:
        text, numbers = without_base64(text, numbers)
    if recipe.remove_empty_lines:
        text, numbers = without_empty_lines(text, file.name, numbers)
    return (number_lines(text, numbers) if recipe.line_numbers else text), whole
