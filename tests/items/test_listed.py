from __future__ import annotations

import json

from sous.items.listed import data_of, row_of
from sous.items.read import read_items

REPORT = """# Code review

## 1. Crash on empty input

- **Severity:** high
- **Location:** `app.py:3`

It fails.
"""


def test_an_item_for_machines_is_json_with_all_that_is_known_of_it() -> None:
    item = read_items(REPORT).items[0]
    data = json.loads(json.dumps(data_of(item)))
    assert (data["number"], data["title"], data["severity"]) == (1, "Crash on empty input", "high")
    assert "It fails." in data["body"]
    assert data["line"] == item.line


def test_the_row_of_a_list_has_no_text_and_says_the_same() -> None:
    item = read_items(REPORT).items[0]
    data, row = data_of(item), row_of(item)
    assert list(row) == ["number", "id", "title", "severity", "state", "location"]
    assert row == {key: data[key] for key in row}
