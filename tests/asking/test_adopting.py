from __future__ import annotations

from pathlib import Path

import pytest

from sous.asking.adopting import Original, adopted, left_in_words, title_in
from sous.document.ranges import MarkedLines
from sous.errors import UnusableAnswer
from sous.items.read import read_items
from sous.plan.steps import read_steps
from sous.prompts.find import find_template

TEXT = "Intro\n* Get the parser going\n  ```\n  x = 1\n  ```\n### and then\n2) print it, please\nBye\n"


def original(what: str, text: str = TEXT) -> Original:
    lines = tuple(text.rstrip("\n").split("\n"))
    return Original(Path("notes.md"), lines, find_template(f"adopt-{what}-gen"), what)


def test_a_plan_is_copied_word_for_word() -> None:
    made = adopted(original("plan"), [MarkedLines(2, 6, 2), MarkedLines(7, 7, 7)], "m")
    assert [(step.title, step.prompt) for step in read_steps(made.text)] == [
        ("Get the parser going", "  ```\n  x = 1\n  ```\n### and then".strip()),
        ("print it, please", "2) print it, please"),
    ]
    assert "- **From:** lines 2-6" in made.text
    assert left_in_words(made) == "skipped: lines 1, 8"


def test_items_keep_their_text_where_it_is_read_as_theirs() -> None:
    made = adopted(original("items"), [MarkedLines(2, 5, 2), MarkedLines(7, 7, 7)], "m")
    assert [item.title for item in read_items(made.text).items] == ["Get the parser going", "print it, please"]


def test_an_indented_text_a_status_and_a_link_are_what_was_marked() -> None:
    text = "- [x] **Task 1: Store** (done)\n  - [x] a\n    - b\n  - [ ] c\n## Read [it](a.md) (complete)\nx y\n"
    marks = [MarkedLines(1, 4, 1), MarkedLines(5, 6, 5)]
    steps = read_steps(adopted(original("plan", text), marks, "m").text)
    assert [(step.title, step.done) for step in steps] == [("Store", True), ("Read [it](a.md)", True)]
    assert steps[0].prompt == "- [x] a\n  - b\n- [ ] c"
    items = read_items(adopted(original("items", text), marks, "m").text).items
    assert [item.title for item in items] == ["Store", "Read it"]


def test_titles_inside_of_an_item_are_put_into_a_block() -> None:
    text = "Slow\n## Issue 9: another\n- [ ] **Bug 8:** x\nWrong\nmore\n"
    made = adopted(original("items", text), [MarkedLines(1, 3, 1), MarkedLines(4, 5, 4)], "m")
    assert [item.title for item in read_items(made.text).items] == ["Slow", "Wrong"]
    assert "## Issue 9: another\n- [ ] **Bug 8:** x\n```" in made.text


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("## Step 3: Add it", "Add it"),
        ("  - [ ] **Add it**", "Add it"),
        ("3. Add it:", "Add it"),
        ("Add 3 of it", "Add 3 of it"),
        ("> Add it", "Add it"),
    ],
)
def test_the_title_of_a_line(line: str, title: str) -> None:
    assert title_in(line) == title


def test_what_cannot_stand_in_our_shape_is_refused() -> None:
    with pytest.raises(UnusableAnswer, match="do not fit our format"):
        adopted(original("plan", "Add it\n- - -\n"), [MarkedLines(1, 2, 1)], "m")
