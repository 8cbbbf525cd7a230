"""Where a command writes a page: never over a file that is not a page that sous wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def check_page(path: Path, made_by: str) -> None:
    """Raise SousError where the page would replace something that is none of ours."""
    from sous.claims.pages import why_page_kept
    from sous.errors import SousError
    from sous.files import shown_path
    from sous.pages.kit import generator_of

    if why := why_page_kept(path, generator_of(made_by)):
        raise SousError(f"{shown_path(path)} {why}; delete it, or name another file for --html")


def write_page(path: Path, page: str, *, quiet: bool = False) -> None:
    """Write a page that `check_page` let pass."""
    from sous.claims.pages import remember_page
    from sous.files import shown_path, write_file
    from sous.root import project_of
    from sous.terminal import say

    write_file(path, page.encode("utf-8", "replace"), root=project_of(path))
    remember_page(path)
    if not quiet:
        say(f"{shown_path(path)}: written")
