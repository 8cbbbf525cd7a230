from __future__ import annotations

import pytest

from sous.plan.boxes import read_boxes, with_mark


def read(text: str) -> list[tuple[str, bool, int]]:
    return [(box.text, box.done, box.depth) for box in read_boxes(text)]


@pytest.mark.parametrize(
    "line",
    ["- [ ] a", "* [ ] a", "+ [ ] a", "1. [ ] a", "2) [ ] a", "-   [ ] a", "  \u25b6 [ ] a", "- [] a", "-\t[ ] a"],
)
def test_a_box_is_read_in_all_its_forms(line: str) -> None:
    assert [box.text for box in read_boxes(line)] == ["a"]
    assert [box.done for box in read_boxes(line.replace("[ ]", "[x]").replace("[]", "[X]"))] == [True]


def test_depth_comes_from_nesting_and_not_from_columns() -> None:
    two = "- [ ] a\n  - [x] b\n    - [ ] c\n- [ ] d\n"
    four = "- [ ] a\n    - [x] b\n        - [ ] c\n- [ ] d\n"
    wanted = [("a", False, 0), ("b", True, 1), ("c", False, 2), ("d", False, 0)]
    assert read(two) == read(four) == wanted


def test_a_heading_begins_anew() -> None:
    assert read("- [ ] a\n  - [ ] b\n\n## More\n\n  - [ ] c\n")[-1] == ("c", False, 0)


def test_a_table_holds_boxes() -> None:
    assert read("| id | ok | what |\n|---|---|---|\n| **S3** | [x] | Parser |\n") == [("S3 Parser", True, 0)]


@pytest.mark.parametrize(
    "text",
    ["- `[ ]` open\n", "```\n- [ ] in a block\n```\n", "- [a link](x)\n", "words [ ] words\n", "- [\u2705] odd\n"],
)
def test_what_is_no_box_is_none(text: str) -> None:
    assert read(text) == []


def test_the_line_of_a_box_is_known() -> None:
    assert [box.line for box in read_boxes("# T\r\n\r\n- [ ] a\r\ntext\r\n- [x] b\r\n")] == [3, 5]


@pytest.mark.parametrize(
    "text",
    [
        "<!-- - [ ] a -->\n",
        "<!--\n- [ ] a\n-->\n",
        "- b\n\n  <!--\n  - [ ] a\n  -->\n",
        "<!--\n\n- [ ] a\n",
        "<!--\r- [ ] a\r-->\r",
    ],
)
def test_a_box_in_a_comment_is_none(text: str) -> None:
    assert read(text) == []
    assert read(f"- [x] c\n\n{text}") == [("c", True, 0)]


def test_a_box_behind_a_comment_is_one() -> None:
    assert read("<!-- a -->\n- [ ] b\n`<!--`\n- [ ] c\n") == [("b", False, 0), ("c", False, 0)]


@pytest.mark.parametrize(
    ("mark", "state"),
    [
        (" ", "open"), ("", "open"), ("x", "done"), ("X", "done"), ("\u2713", "done"), ("\u2714\ufe0f", "done"),
        ("~", "in progress"), ("/", "in progress"), ("-", "dropped"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line", ["- [{}] a", "1. [{}] a", "\t* [{}] a", "| [{}] | a |"])
def test_a_mark_says_the_state_of_a_box(mark: str, state: str, line: str) -> None:
    (box,) = read_boxes(line.format(mark))
    assert (box.text, box.state, box.done) == ("a", state, state == "done")


@pytest.mark.parametrize("line", ["- [a] b", "- [1] b", "- [--] b", "- [x](y)", "- [~](y)", "- [?] b", "- [^1] b"])
def test_another_mark_is_text(line: str) -> None:
    assert read_boxes(line) == []


def test_a_link_in_a_row_is_part_of_the_text_of_its_box() -> None:
    assert read("| S1 | [ ] | Do it ([#1](x)) |\n") == [("S1 Do it ([#1](x))", False, 0)]


@pytest.mark.parametrize("mark", ["~", "/", "-", "\u2713", "X", " "])
def test_another_mark_takes_the_place_of_any(mark: str) -> None:
    assert with_mark(f"- [{mark}] a [x] b", "[x]") == "- [x] a [x] b"
