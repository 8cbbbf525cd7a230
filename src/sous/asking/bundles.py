"""The bundle that a report is made from, and what the user should know of it before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.read import Bundle, bundle_from, files_newer_than_bundle, read_bundle
from sous.bundle.remembered import is_as_packed, order_of
from sous.files import refuse_link_out, shown_path
from sous.names import BUNDLE
from sous.terminal import read_stdin, say
from sous.waiting import doing

if TYPE_CHECKING:
    from sous.request import Request
    from sous.settings import Settings


def is_to_pack(request: Request, root: Path) -> bool:
    """Tell whether a bundle has to be made that is not there."""
    return request.bundle is None and request.pack and not (root / BUNDLE).exists()


def bundle_for(request: Request, root: Path, settings: Settings) -> Bundle:
    """Return the bundle that is meant: stdin, a file, else that of the project, packed again."""
    if request.bundle == "-":
        bundle = bundle_from(read_stdin(), None)
        _say_if_unknown(bundle, "stdin")
        return bundle
    path = Path(request.bundle) if request.bundle else _obtained(root, settings, pack=request.pack)
    with doing(f"reading {shown_path(path)}"):
        bundle = read_bundle(path)
    _say_if_unknown(bundle, shown_path(path))
    order = order_of(path)
    if order and not order.is_whole(root):
        say(
            f"{shown_path(path)} contains only {order.what()}, as it was packed; "
            "`sous bundle --project` packs all"
        )
    is_fresh = order and request.pack and request.bundle is None
    if not is_fresh:
        _say_if_not_of_these_files(bundle, path)
    return bundle


def _obtained(root: Path, settings: Settings, *, pack: bool) -> Path:
    if not pack and (root / BUNDLE).is_file():
        refuse_link_out(root / BUNDLE, root=root)
        return root / BUNDLE
    from sous.bundle.obtain import obtain_bundle  # with all of the packer

    return obtain_bundle(root, settings, pack=pack)


def _say_if_unknown(bundle: Bundle, name: str) -> None:
    if bundle.reading is None:
        say(f"{name} has no known format; it is sent as plain text and not checked")


def _say_if_not_of_these_files(bundle: Bundle, path: Path) -> None:
    """Say where a bundle is not of the files beside it: it may have come with them, or be old."""
    folder, name = path.parent, shown_path(path)
    is_of_here = path.name == BUNDLE or any((folder / one).is_file() for one in bundle.files)
    line = ""
    if is_of_here and not is_as_packed(path):
        from sous.bundle.compare import differences  # with much of the packer

        line = differences(bundle, folder).line(name)
    if line:
        say(f"{line}: it is sent as it is")
        return
    stale = files_newer_than_bundle(bundle, folder)
    if stale:
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        delete = f", or delete {name}: the next report packs" if path.name == BUNDLE else ""
        say(
            f"{name} is older than {stale[0]}{more}; pack it again with the tool that made "
            f"it{delete}"
        )
