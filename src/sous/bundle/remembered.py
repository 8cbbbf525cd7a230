"""How each bundle was packed, kept between runs, so that it can be packed again in the same way."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sous.bundle.recipe import Order
from sous.errors import SousError
from sous.state import read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path


def _state_name(path: Path) -> str:
    return f"bundles/{hashlib.sha256(str(path.resolve()).encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


def _identity(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def remember(path: Path, order: Order) -> None:
    """Keep how the bundle in `path` was packed."""
    try:
        write_state(
            _state_name(path), {"path": str(path), "identity": _identity(path), "order": order.as_json()}, durable=False
        )
    except (SousError, OSError):
        return  # without the memory the bundle is only never renewed by itself


def order_of(path: Path) -> Order | None:
    """Return how `sous` packed the bundle in `path`; None for somebody else's, or one changed since."""
    known: dict[str, Any] = read_state(_state_name(path))
    try:
        return Order.from_json(known["order"]) if known.get("identity") == _identity(path) else None
    except (OSError, KeyError, TypeError, ValueError):
        return None
