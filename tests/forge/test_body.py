from __future__ import annotations

import pytest

from sous.forge.body import (
    code_in,
    content_mark,
    cut_to,
    duplicate_body,
    harmless_title,
    is_as_written,
    kept_instead,
    mark_in,
    marked_body,
    plain_body,
)
from sous.items.read import read_items

IDENTITY = "a" * 64
SEVERITY = "- **Severity:** high"
SECOND = f"\n## 2. Two\n\n{SEVERITY}\n"
BODY = marked_body(IDENTITY, "A title", content="content", text="text")


def test_our_mark_is_read_again() -> None:
    mark = mark_in(BODY)
    assert mark
    assert (mark.identity, mark.content) == (IDENTITY, content_mark("A title", "content"))
    assert is_as_written("A title", BODY, mark)


@pytest.mark.parametrize(
    ("title", "body"),
    [("Another title", BODY), ("A title", BODY.replace("text", "a text")), ("A title", f"{BODY}\nmore")],
)
def test_what_somebody_changed_is_not_as_written(title: str, body: str) -> None:
    mark = mark_in(body)
    assert mark
    assert not is_as_written(title, body, mark)


def test_line_ends_and_blanks_at_ends_are_no_change() -> None:
    body = BODY.replace("text", "text  ").replace("\n", "\r\n")
    mark = mark_in(body)
    assert mark
    assert is_as_written(" A title ", body, mark)


@pytest.mark.parametrize("form", ["```\n{}\n```\n", "    {}\n\nx", "`{}` x"])
def test_a_mark_in_code_is_none(form: str) -> None:
    marker = BODY.rpartition("\n")[2]
    assert mark_in(f"text\n\n{form.format(marker)}") is None


def test_the_last_mark_counts() -> None:
    other = marked_body("b" * 64, "A title", content="x", text=BODY)
    mark = mark_in(other)
    assert mark
    assert mark.identity == "b" * 64


def test_a_duplicate_says_of_which() -> None:
    mark = mark_in(BODY)
    assert mark
    body = duplicate_body("A title", BODY, mark, 7)
    assert kept_instead(body) == 7
    assert kept_instead(BODY) is None
    again = mark_in(body)
    assert again
    assert is_as_written("A title", body.rpartition("\n")[0], again)


@pytest.mark.parametrize(
    ("report", "body"),
    [
        (f"# Issues\n\n## 1. One\n\n{SEVERITY}\n\nIt is so.\n{SECOND}", f"{SEVERITY}\n\nIt is so."),
        (f"# Issues\n\n## 1. One\n\n{SEVERITY}\n{SECOND}".replace("\n", "\r\n"), SEVERITY),
        ("# Issues\n\n- [ ] **One**: it is so\n  and goes on\n    deeper\n- [ ] **Two**: x\n",
         "it is so\nand goes on\n  deeper"),
    ],
)  # fmt: skip
def test_the_body_of_an_item(report: str, body: str) -> None:
    item = read_items(report).items[0]
    assert plain_body(item, item.body) == body


def test_code_in_a_text() -> None:
    text = "a `b` c\n\n```\nd\n```\n[x](y)\n"
    assert [text[start:end] for start, end in code_in(text)] == ["`b`", "d\n```\n"]


@pytest.mark.parametrize(
    ("title", "most", "expected"),
    [("a  b\nc", 20, "a b c"), ("word " * 10, 12, "word word\u2026"), ("x" * 20, 10, f"{'x' * 9}\u2026")],
)
def test_a_title_is_one_line(title: str, most: int, expected: str) -> None:
    assert harmless_title(title, most) == expected


def test_a_long_text_is_cut_before_a_paragraph_and_closed() -> None:
    text = f"{'a' * 60}\n\n```\n{'b' * 20}\n\n{'c' * 200}\n```\n"
    assert cut_to(text, 120, "more") == f"{'a' * 60}\n\n```\n{'b' * 20}\n```\n\nmore"
    assert cut_to("short\n", 120, "more") == "short"
