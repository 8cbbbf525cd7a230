"""`--since REF`: the files that changed, those that use them, and the difference itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.bundle import history
from sous.bundle.content import read_content
from sous.bundle.references import references, users
from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.bundle.recipe import Recipe
    from sous.bundle.select import File


class NothingChanged(SousError):
    """No file that can be packed changed since a commit."""


MOST_READ = 1_000_000  # bytes of a file in which references are looked for


def narrowed(files: list[File], recipe: Recipe) -> tuple[list[File], str]:
    """Return the files of `Recipe.since`, in their order, and the diff.

    Raises NothingChanged.
    """
    ref = recipe.since or ""
    changed = {
        f"{target.base}\0{name}"
        for target in recipe.targets
        for name in history.changed_since(target.base, ref)
    }
    wanted = {file.path for file in files if f"{file.base}\0{file.name}" in changed}
    if not wanted:
        raise NothingChanged(f"nothing to pack changed since {ref}; name an older commit")
    uses = references(texts(files), [file.path for file in files])
    used_by = users(uses)
    near = wanted | {user for path in wanted for user in used_by.get(path, ())}
    diff = history.diff_since(recipe.targets[0].base, ref)
    return [file for file in files if file.path in near], diff


def texts(files: list[File]) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files that have one."""
    for file in files:
        content = read_content(file, MOST_READ)
        if not content.left_out:
            yield file.path, content.text
