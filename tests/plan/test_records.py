from __future__ import annotations

from sous.plan.page import Page
from sous.plan.records import records_in

EXPORT = "# Task ID: 1\n# Title: A\n# Status: done\n# Details:\nDo a.\n\n# Task ID: 2\n# Title: B\n# Status: pending\n"


def test_each_record_is_a_step_with_its_state() -> None:
    found = records_in(Page(EXPORT))
    assert [(one.number, one.title, one.done) for one in found] == [("1", "A", True), ("2", "B", False)]
    assert found[0].prompt == "# Status: done\n# Details:\nDo a."


def test_a_number_without_a_title_is_no_record() -> None:
    assert records_in(Page("# Task ID: 1\n\nText.\n")) == []


def test_records_in_code_are_text() -> None:
    assert records_in(Page(f"```\n{EXPORT}```\n")) == []
