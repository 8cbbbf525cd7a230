"""Where a bundle may be written: over another bundle, never over a file that is something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.bundle.sniff import bundle_kind
from sous.errors import SousError
from sous.files import refuse_dangerous, shown_path

if TYPE_CHECKING:
    from pathlib import Path


def check_bundle_target(path: Path, *, root: Path, force: bool, named: bool) -> None:
    """Raise SousError when a bundle written to `path` would overwrite something that is no bundle."""
    refuse_dangerous(path, root=root, named=named)
    if force or not path.exists() or path.stat().st_size == 0 or bundle_kind(path):
        return
    raise SousError(
        f"{shown_path(path)} exists and is no bundle; use --force to replace it, or -o FILE to write elsewhere"
    )
