"""A report as passages that know their place."""

from __future__ import annotations

import pytest

from sous.claims.blocks import Passage, ReportText, read_blocks


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# A\n\nb\n\n```\nc\n```\n", [("heading", "A", 1), ("text", "b", 3), ("code", "c\n", 5)]),
        ("```markdown\n# A\n\nb\n```\n", [("heading", "A", 2), ("text", "b", 4)]),
        ("```\nx\n```\n", [("code", "x\n", 1)]),
        ("---\na: b\n---\nc\n", [("text", "c", 4)]),
        ("<p>a</p>\n", [("text", "a\n", 1)]),
    ],
)
def test_passages_come_in_their_order(text: str, kinds: list[tuple[str, str, int]]) -> None:
    assert [(passage.kind, passage.text, passage.line) for passage in read_blocks(text)] == kinds


def test_a_cell_knows_its_column_and_its_place() -> None:
    text = "| File | Line |\n|---|---|\n| `a.py` | 12 |\n"
    report = ReportText(text)
    cell = report.blocks[-1]
    assert (cell.column, cell.text) == ("Line", "12")
    at = cell.in_report(0)
    assert at is not None
    assert text[at : at + 2] == "12"


def test_items_in_items_are_told_apart() -> None:
    outer, inner, other = read_blocks("- a\n  - b\n- c\n")
    assert outer.items == inner.items[:1] != other.items


def test_a_report_of_one_text_knows_its_references() -> None:
    (passage,) = read_blocks("[it][x]\n\n[x]: src/a.py\n")
    assert [link.href for link in passage.links] == ["src/a.py"]


@pytest.mark.parametrize("at", range(12))
def test_an_offset_is_behind_all_atoms_that_it_is_in(at: int) -> None:
    atoms = ((6, 8), (1, 5), (2, 3), (9, 10))
    passage = Passage("text", "", 1, 2, atoms=atoms)
    assert passage.behind_atom(at) == max([end for first, end in atoms if first <= at < end], default=at + 1)
