from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from listed import CASES, OURS
from sous.errors import SousError
from sous.items.read import read_items
from sous.items.tick import carried_over, marked, set_states
from sous.output.provenance import is_unchanged, sign

if TYPE_CHECKING:
    from pathlib import Path

MARKED = {
    "our own": "## [x] Adding",
    "issue and number": "## [x] Issue 1: Parser",
    "ordered bold": "1.  [x] **Leak**",
    "bulleted bold": "- [x] **Leak**",
    "bold paragraphs": "[x] **Issue 1.1: One**",
    "table": "| [x] 1 | Empty",
    "check boxes": "- [x] One",
    "setext": "[x] Issue 1: One\n---",
    "title field alone": "[x] **Title:** One",
    "numbers under severities": "### [x] 1. **Leak**",
    "numbers in bold": "[x] **Issue 1**: One",
    "plain list with fields": "1. [x] One thing",
    "details": "<summary>[x] Issue 1: One</summary>",
    "crlf": "## [x] Issue 1: One\r\n",
}


@pytest.mark.parametrize("name", MARKED)
def test_a_tick_is_a_box_in_the_title_and_nothing_else(name: str) -> None:
    text, titles = CASES[name]
    items = read_items(text)

    ticked = marked(items, {1: "done"})
    again = read_items(ticked)

    assert MARKED[name] in ticked
    assert ticked.replace("[x] ", "", 1) == text.replace("- [ ] One", "- One")
    assert [item.title for item in again.items] == titles
    assert (again.items[0].state, again.items[1].state) == ("done", items.items[1].state)
    assert [item.identity for item in again.items] == [item.identity for item in items.items]
    assert marked(again, {1: "open"}) == text
    skipped = read_items(marked(again, {1: "skipped"}))
    assert skipped.items[0].state == "skipped"


@pytest.mark.parametrize("name", [name for name, (_, titles) in CASES.items() if titles and name != "commands"])
def test_any_item_can_be_ticked_alone(name: str) -> None:
    items = read_items(CASES[name][0])
    for item in items.items:
        for state in ("done", "skipped"):
            if item.state != "open":
                continue
            again = read_items(marked(items, {item.number: state}))
            assert [(one.title, one.identity, one.severity) for one in again.items] == [
                (one.title, one.identity, one.severity) for one in items.items
            ]
            assert [one.state for one in again.items] == [state if one is item else one.state for one in items.items]
            reopened = read_items(marked(again, {item.number: "open"}))
            assert [one.state for one in reopened.items] == [one.state for one in items.items]


LONG = {
    "blanks in a heading": "## Issue 1: a\n\n## x" + " " * 20_000 + "y\n",
    "blanks in a title": "## Issue 1: a" + " " * 20_000 + "b\n",
    "blanks behind a fence": "```a" + " " * 20_000 + "`\n",
    "many items": "".join(f"## Issue {number}: abc\n\n**Severity:** low\n\n" for number in range(2000)),
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.timeout(20)
def test_long_texts_take_no_time_of_their_own(name: str) -> None:
    read_items(LONG[name])


def test_a_tick_is_no_hand_edit() -> None:
    text = sign(OURS, {"task": "code-review"})
    ticked = marked(read_items(text), {1: "done", 2: "skipped"})

    assert "## [-] Nothing" in ticked
    assert is_unchanged(ticked)
    assert not is_unchanged(ticked.replace("Nothing", "Something"))


def test_ticks_stay_when_a_report_is_made_anew() -> None:
    old = marked(read_items(OURS), {1: "done", 2: "skipped"})
    new = sign(
        "## Something new\n\n- **Severity:** low\n- **Location:** `src/b.py:1`\n\n**Quote:**\n\n```\nx = 1\n```\n\n"
        + OURS.replace("## Adding gives the difference", "## A sum is a difference").replace(
            "app.py:1-2", "app.py:7-8"
        ),
        {"task": "code-review"},
    )
    made = carried_over(old, new)

    assert [(item.title, item.state) for item in read_items(made).items] == [
        ("Something new", "open"), ("A sum is a difference", "done"), ("Nothing checks the name", "skipped"),
    ]  # fmt: skip
    assert is_unchanged(made)
    assert carried_over(OURS, new) == new


def test_what_cannot_be_ticked_is_said() -> None:
    with pytest.raises(SousError, match="no place for a mark"):
        marked(read_items(CASES["commands"][0]), {1: "done"})
    with pytest.raises(SousError, match="remove that from the title"):
        marked(read_items("## Issue 1: One ✅ COMPLETED\n\nText\n"), {1: "open"})


def test_a_mark_that_would_not_be_understood_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "issues.md"
    path.write_text(OURS)
    monkeypatch.setattr("sous.items.tick.marked", lambda items, _states: f"{items.text}\nmore\n")

    with pytest.raises(SousError, match="has no place for a mark"):
        set_states(path, {1: "done"})
    assert path.read_text() == OURS


@pytest.mark.parametrize(
    "title", ["Wrong state: done", "Crash when closed: fixed-size buffers", "Done twice is counted once"]
)
def test_words_of_a_title_are_no_mark(title: str) -> None:
    assert [item.state for item in read_items(f"## Issue 1: {title}\n\nx\n").items] == ["open"]


@pytest.mark.parametrize("title", ["Parser: DONE", "Parser ✅", "Parser (fixed)", "Parser — done"])
def test_marks_of_other_hands_are_known(title: str) -> None:
    assert [item.state for item in read_items(f"## Issue 1: {title}\n\nx\n").items] == ["done"]
