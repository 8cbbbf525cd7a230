"""The first line of a file that `sous` installed: shows that it is ours, and if it was changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MARK = "# Installed by sous; sha256 of what follows: "


def marked(body: str) -> str:
    """Return `body` (YAML, TOML) under our mark."""
    return f"{_MARK}{_digest(body)}\n{body}"


def is_ours(path: Path) -> bool:
    """Tell whether we wrote a file and nobody changed it since; a link is never ours."""
    try:
        first, _, body = path.read_text("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return False
    return not path.is_symlink() and first == _MARK + _digest(body)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
