from __future__ import annotations

import pytest

from sous.document.gather import read_outline
from sous.document.markdown import unwrapped
from sous.items.read import read_items
from sous.items.tables import columns_of, tables_of

ROWS = [
    ("| # | Grad | Wo | Was | Wie |", "| 1 | High | `a.py:1` | It never ends | Stop it all |", 3),
    ("| Area | Missing | Priority |", "| Load | No load tests | Low |", 1),
    ("| Severity | Count |", "| High | 3 |", None),
]


@pytest.mark.parametrize(("head", "row", "claim"), ROWS)
def test_the_claim_is_found_by_what_cells_are(head: str, row: str, claim: int | None) -> None:
    rule = "|---" * (head.count("|") - 1) + "|"
    outline = read_outline(unwrapped(f"{head}\n{rule}\n{row}\n"))

    (table,) = tables_of(outline.of_kind("row", wrapped=False))

    assert columns_of(table).claim == claim


@pytest.mark.parametrize("cell", ["_", "__", "`_`", "*", " "])
def test_a_cell_that_is_only_a_mark_is_no_error(cell: str) -> None:
    text = f"# Bugs\n\n| Issue | Severity | Note |\n|---|---|---|\n| Cache never expires | high | {cell} |\n"
    assert [item.title for item in read_items(text).items] == ["Cache never expires"]
