"""The shape of an answer: whether there is text to read, and how many findings."""

from __future__ import annotations

import re

from sous.reports.findings import count_findings

__all__ = ["count_findings", "is_visible"]


def is_visible(text: str) -> bool:
    """Tell whether there is text besides comments, fences and characters without width."""
    return bool(
        re.sub(
            r"<!--.*?-->|[`~\s\u200b-\u200f\u2060\ufeff]", "", text, flags=re.DOTALL
        ).removeprefix("markdown")
    )
