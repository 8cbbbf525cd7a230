"""How sure a reading is, and what it left."""

from __future__ import annotations

from pathlib import Path

import pytest

from sous.errors import SousError
from sous.items.read import read_items
from sous.items.sure import doubt, explained, left_over, refuse_doubt

PATH = Path("report.md")
BULLETS = "# Notes\n\nSome words.\nMore.\n\n## Issues\n\n- Cache never expires\n- Path is unchecked\n\nBye.\n"
OWN = "## It leaks\n\n- **Severity:** low\n- **Location:** `a.py:1`\n\nIt leaks.\n"


def test_plain_bullets_are_unsure() -> None:
    found = read_items(BULLETS)

    assert "read as 2 items, but that is unsure" in doubt(found, PATH)
    with pytest.raises(SousError, match="--yes continues"):
        refuse_doubt(found, PATH)


@pytest.mark.parametrize("text", [OWN, "# R\n\n### BUG-001: a\n\nx\n\n### BUG-002: b\n\ny\n"])
def test_items_that_say_what_they_are_are_sure(text: str) -> None:
    assert not doubt(read_items(text), PATH)


def test_lines_that_belong_to_no_item_are_named() -> None:
    assert left_over(read_items(BULLETS), PATH) == "3 lines of report.md belong to no item: lines 3-4, 11"


def test_each_title_is_explained() -> None:
    assert next(iter(explained(read_items(BULLETS)))) == "1  line 8  item (nearest)  Cache never expires"
