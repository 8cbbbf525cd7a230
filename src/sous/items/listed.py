"""An item for programs: all of it, and the row of a list that its reader asks more about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sous.items.read import Item

_ROW = ("number", "id", "title", "severity", "state", "location")


def data_of(item: Item) -> dict[str, Any]:
    """Return an item for machines."""
    return {
        "number": item.number,
        "id": item.id,
        "title": item.title,
        "severity": item.severity,
        "state": item.state,
        "labels": list(item.labels),
        "location": item.location,
        "body": item.body,
        "line": item.line,
        "confidence": round(item.confidence, 2),
    }


def row_of(item: Item) -> dict[str, Any]:
    """Return what a list says of an item, without its text."""
    data = data_of(item)
    return {key: data[key] for key in _ROW}
