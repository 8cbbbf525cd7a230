"""What is asked of an outline: what stands above a title, and between two lines."""

from __future__ import annotations

from sous.document.gather import read_outline
from sous.document.markdown import parse


def test_the_headings_above_are_known() -> None:
    outline = read_outline(parse("# A\n\n## B\n\n### C\n\n- d\n"))
    assert outline.above(outline.titles[-1]) == ["C", "B", "A"]
    assert outline.above(outline.headings[1]) == ["A"]


def test_values_between_lines_are_known() -> None:
    outline = read_outline(parse("**A:** 1\n\n---\n\n- B: 2\n"))
    assert [field.name for field in outline.fields_between(1, 9)] == ["b"]
    assert list(outline.rules_between(0, 9)) == [2]


def test_what_is_folded_away_stands_under_its_summary() -> None:
    outline = read_outline(parse("# A\n\n<details>\n<summary>Low</summary>\n\n- a\n\n</details>\n\n- b\n"))
    assert [outline.above(title) for title in outline.of_kind("item", wrapped=False)] == [["Low", "A"], ["A"]]


def test_a_file_with_a_line_is_found_between_lines() -> None:
    outline = read_outline(parse("# A\n\ntext\n\n`src/a.py:3`\n"))
    assert outline.first_site(0, 9) == 4
    assert outline.first_site(5, 9) is None
