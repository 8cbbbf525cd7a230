"""The boxes of a todo list."""

from __future__ import annotations

from sous.document.boxes import with_mark
from sous.document.markdown import Box, parse

__all__ = ["Box", "read_boxes", "with_mark"]


def read_boxes(text: str) -> list[Box]:
    """Return the boxes of a todo list in order; depth comes from nesting, not columns."""
    return parse(text).boxes
