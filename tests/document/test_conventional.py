from __future__ import annotations

import pytest

from sous.document.conventional import comment_in
from sous.items.read import read_items


@pytest.mark.parametrize(
    ("line", "label", "severity", "wanted"),
    [
        ("**issue (blocking):** It leaks", "issue", "high", True),
        ("issue (non-blocking, docs): It leaks", "issue", "low", True),
        ("nitpick: It leaks", "nitpick", "info", True),
        ("**todo**: It leaks", "todo", "", True),
        ("**praise:** It leaks", "praise", "", False),
    ],
)
def test_label_marks_and_subject(line: str, label: str, severity: str, wanted: bool) -> None:
    found = comment_in(line)
    assert found is not None
    assert (found.label, found.severity, found.is_wanted, found.subject) == (label, severity, wanted, "It leaks")


@pytest.mark.parametrize("line", ["**Bug:** a defect in a program", "the issue: it leaks", "issue", "issue:"])
def test_what_is_no_comment(line: str) -> None:
    assert comment_in(line) is None


def test_praise_ends_a_comment_and_is_none() -> None:
    items = read_items("**issue:** It leaks\n\nIn `a.py`.\n\n**praise:** Nice!\n\n**chore:** Remove it\n").items
    assert [(item.title, item.body.strip()) for item in items] == [("It leaks", "In `a.py`."), ("Remove it", "")]
