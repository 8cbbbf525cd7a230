from __future__ import annotations

from sous.plan.kin import Kin, families
from sous.plan.page import Page


def kin_of(text: str, kind: str) -> Kin:
    return next(one for one in families(Page(text)) if one.kind == kind)


def titles(kin: Kin) -> list[str]:
    return [one.label.text for one in kin.members]


def test_a_section_ends_at_the_next_heading_that_is_no_deeper() -> None:
    kin = kin_of("## 1. A\n\n### Why\n\nx\n\n## 2. B\n\ny\n\n# C\n\nz\n", "heading")
    assert titles(kin) == ["A", "B"]
    assert kin.ends == [6, 10]


def test_an_item_ends_where_text_is_not_indented() -> None:
    kin = kin_of("1. **A**\n\n   more\n2. **B**\n   more\n\nText.\n", "item")
    assert kin.ends == [3, 6]


def test_nested_boxes_are_steps_where_their_numbers_go_on_those_of_the_outer() -> None:
    text = "- [ ] 1. A\n  - [ ] 1.1 B\n    - note\n  - [ ] 1.2 C\n- [ ] 2. D\n  - [ ] with tests\n"
    kin = kin_of(text, "box")
    assert titles(kin) == ["B", "C", "D"]
    assert kin.ends == [3, 4, 7]


def test_a_table_is_a_family_where_its_first_column_counts() -> None:
    rows = "| # | Task | Who |\n|---|---|---|\n| 1 | Add a | Jo |\n| 2 | Add b | |\n"
    kin = kin_of(rows, "row")
    assert titles(kin) == ["Add a", "Add b"]
    assert kin.cells == [["Task: Add a", "Who: Jo"], ["Task: Add b"]]
    assert [one.kind for one in families(Page(rows.replace("| 1 |", "| a b |")))] == []


def test_a_member_is_found_by_a_line_inside_of_it() -> None:
    kin = kin_of("## 1. A\n\nx\n\n## 2. B\n\ny\n", "heading")
    assert [kin.parent_of(line) for line in (0, 2, 5, 9)] == [-1, 0, 1, -1]


def test_a_list_goes_on_under_the_next_heading_of_a_plan() -> None:
    text = "# A\n\n## {}\n\n### High\n\n1. B\n2. C\n\n### Low\n\n3. D\n4. E\n"
    found = [titles(one) for one in families(Page(text.format("Task list"))) if one.kind == "item"]
    assert found == [["B", "C", "D", "E"]]
    found = [titles(one) for one in families(Page(text.format("Notes"))) if one.kind == "item"]
    assert found == [["B", "C"], ["D", "E"]]


def test_of_siblings_that_are_said_again_the_longer_ones_are_read() -> None:
    text = "# A\n\n## M1. B\n\n## M2. C\n\n# D\n\n## M1. B: x\n\nHow.\n\n## M2. C\n\nHow.\n"
    counted = [one for one in families(Page(text)) if one.level == 2]
    assert [member.line for one in counted for member in one.members] == [8, 12]


def test_headings_that_say_a_number_again_below_what_is_no_work_are_left_out() -> None:
    text = "# Plan\n\n### Phase 1: A\n\nx\n\n### Phase 2: B\n\ny\n\n## \U0001f3af {}\n\n### Phase {}\n\nz\n"
    assert titles(kin_of(text.format("Success criteria", 1), "heading")) == ["A", "B"]
    assert titles(kin_of(text.format("Future", 3), "heading")) == ["A", "B", ""]


def test_siblings_that_begin_again_with_other_titles_are_one_family() -> None:
    text = "## Day 1: B\n\n## Day 2: C\n\n# D\n\n## Day 1: E\n\n## Day 2: F\n"
    assert titles(kin_of(text, "heading")) == ["B", "C", "E", "F"]


def test_boxes_with_codes_are_siblings_wherever_they_stand() -> None:
    text = "## Phase 1\n\n- [ ] T001 A\n\n## Parallelization\n\n- [ ] T002 B\n- [ ] no code\n"
    assert titles(kin_of(text, "box")) == ["A", "B"]
