"""What a report says of code is claimed, or asked for, by the headings and labels above it."""

from __future__ import annotations

import pytest

from sous.claims.blocks import read_blocks
from sous.claims.context import ReportContext


def is_firm(report: str) -> dict[str, bool]:
    """Return for each word in capitals whether it is claimed to be there."""
    context = ReportContext()
    found = {}
    for block in read_blocks(report):
        firmness = context.enter(block)
        for word in block.text.split():
            if word.isupper():
                found[word] = firmness.at(block.text.index(word))
        context.leave(block, [])
    return found


@pytest.mark.parametrize(
    ("report", "firm"),
    [
        ("ONE **Fix:** TWO", {"ONE": True, "TWO": True}),
        ("ONE\n**Fix:** TWO\n**Problem:** THREE", {"ONE": True, "TWO": False, "THREE": True}),
        ("**Fix:** ONE\n\nTWO", {"ONE": False, "TWO": False}),
        ("**Fix:** ONE\n\n**Something else** TWO", {"ONE": False, "TWO": True}),
        ("- **Fix:** ONE\n- TWO", {"ONE": False, "TWO": True}),
        ("## Fixes\n\n**Problem:** ONE\n\n## Findings\n\nTWO", {"ONE": False, "TWO": True}),
        ("## Fixes\n\n### Details\n\nONE", {"ONE": False}),
    ],
)
def test_what_is_claimed(report: str, firm: dict[str, bool]) -> None:
    assert is_firm(report) == firm


def test_the_paths_that_a_text_may_be_about() -> None:
    context = ReportContext()
    named = {"HEAD": ["head.py"], "ITEM": ["item.py", "other.py"]}
    near = {}
    for block in read_blocks("# HEAD\n\n- ITEM\n\n  UNDER\n\nLAST\n\n# NEXT\n\nNONE\n"):
        context.enter(block)
        near[block.text] = context.near(block)
        context.leave(block, named.get(block.text, []))
    assert near["UNDER"] == ("item.py", "other.py", "head.py")
    assert near["LAST"] == ("other.py", "item.py", "head.py")
    assert near["NONE"] == ()
