from __future__ import annotations

import pytest

from sous.items.read import read_items

FINDING = "## A\n\n- **Severity:** low\n- **Location:** `a.py:1-1`\n\ntext\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (FINDING, 0),
        (f"# Review\n\n---\n\n{FINDING}", 0),
        (f"# Review\n\nSome words.\nMore.\n\n{FINDING}", 2),
        (f"{FINDING}\n## Summary\n\nAll is well.\n", 1),
        (f"{FINDING}\n<!-- sous check -->\n", 0),
    ],
)
def test_lines_in_no_item_are_counted(text: str, lines: int) -> None:
    assert read_items(text).left_over == lines
