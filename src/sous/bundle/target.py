"""Where a bundle may be written: over another bundle, never over a file that is something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.bundle.sniff import bundle_kind
from sous.errors import SousError
from sous.files import refuse_dangerous, shown_path
from sous.terminal import shown_name

if TYPE_CHECKING:
    from pathlib import Path


def check_bundle_target(path: Path, *, root: Path, force: bool, named: bool) -> None:
    """Raise SousError if a bundle written to `path` would overwrite what is not a bundle."""
    refuse_dangerous(path, root=root, named=named)
    if force or not path.exists() or path.stat().st_size == 0:
        return
    if why := why_kept(path):
        raise SousError(
            f"{shown_path(path)} {why}; use --force to replace it, or -o FILE to write elsewhere"
        )


def why_kept(path: Path) -> str:
    """Return why a file may hold something of the user's own; "" for a bundle.

    A bundle is what we packed and nobody changed since, what git has as it is, or what any known
    packer wrote, from its first byte to its last.
    """
    from sous.bundle.remembered import is_as_packed, is_by_packer, is_recorded
    from sous.bundle.whole import fault_of
    from sous.git import is_tracked_and_clean

    kind = bundle_kind(path)
    if kind is None and not is_by_packer(path):
        return "exists and is not a bundle"
    if is_as_packed(path):
        return ""
    fault = (
        "was changed since sous packed it"
        if kind == "sous" and is_recorded(path)
        else fault_of(path)
    )
    return shown_name(fault) if fault and not is_tracked_and_clean(path) else ""
