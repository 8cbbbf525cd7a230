"""The files that a page of the documentation shows, to try them."""

from __future__ import annotations

import re

from scene import CHECKOUT


def documented(page: str, name: str) -> str:
    """Return the block behind `<!-- file: NAME -->` in a page of docs/."""
    text = (CHECKOUT / "docs" / page).read_text("utf-8")
    match = re.search(rf"^<!-- file: {re.escape(name)} -->\n(```+)\w+\n(.*?)^\1$", text, re.DOTALL | re.MULTILINE)
    assert match, f"docs/{page} shows no {name}"
    return match[2]
