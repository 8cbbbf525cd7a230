from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sous.document.edits import Edit, edited
from sous.document.fences import fence_for
from sous.document.markdown import closed, parse, unwrapped

PIECES = (
    "# Title", "Title\n===", "## 3. x ##", "- [ ] a", "  - [x] b", "1. [X] c", "* [-] d", "```", "```python",
    "````text", "~~~", "  ```sh", "  ```", "> ```", "> quoted", "- **Location:** `a.py:1`", "**Severity**: high",
    "| a | b |", "|---|---|",
    "| [x] | c |", "<!-- a\n- [ ] hidden -->", "<!-- open", "    indented", "\ttab", "", "text", "---", "## Issue 1: a",
    "```markdown", "é\u2028x\x0c", "<details><summary>Issue 2: b</summary>",
)  # fmt: skip
TEXTS = st.builds(
    lambda start, lines, end: start + end.join(lines),
    st.sampled_from(["", "\ufeff", "---\na: b\n---\n"]),
    st.lists(st.sampled_from(PIECES), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
NESTED_INFO = "- [x] Step 1: A\n\n  ```text\n  ```python\n  - [ ] none\n  ```\n\n- [x] Step 2: B\n- [ ] Step 3: C\n"


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
def test_blocks_slice_to_their_own_text(text: str) -> None:
    for document in (parse(text), unwrapped(text)):
        assert len(document.lines) == len(document.starts)
        for block in document.blocks:
            start, end = document.place(block)
            assert 0 <= start <= end <= len(text)
            assert start in document.starts
        for box in document.boxes:
            assert text[box.mark.start] == "["
            assert text[box.mark.end - 1] == "]"
            assert document.line_at(box.mark.start) == box.line - 1
        for comment in document.comments:
            assert text[comment.start : comment.end].startswith("<!--")


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
def test_an_edit_leaves_every_other_byte(text: str) -> None:
    marks = [box.mark for box in parse(text).boxes]
    ticked = edited(text, [Edit(*mark, "[x]") for mark in marks])
    rest, at = [], 0
    for start, end in marks:
        rest.append(text[at:start])
        at = end
    assert ticked == "[x]".join([*rest, text[at:]])
    assert all(box.done for box in parse(ticked).boxes)


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
@example(text="<!-- a\n- [ ] hidden -->\n- [ ] a\n```")
def test_the_fences_of_a_thinned_text_are_those_of_the_whole(text: str) -> None:
    document = parse(text)
    document.__dict__.pop("blocks", None)
    document.__dict__.pop("fences", None)
    thinned = document.fences
    whole = [block for block in document.blocks if block.kind == "code" and block.marks]
    assert [(one.line, one.end, one.info) for one in thinned] == [(one.line, one.end, one.info) for one in whole]


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
@example(text="> ```")
@example(text="- a\n\n  ```")
def test_a_closed_text_swallows_nothing(text: str) -> None:
    assert parse(f"{closed(text)}\n# Behind\n").headings[-1].text == "Behind"


def test_an_info_string_ends_no_block() -> None:
    assert [(box.text, box.done) for box in parse(NESTED_INFO).boxes] == [
        ("Step 1: A", True), ("Step 2: B", True), ("Step 3: C", False),
    ]  # fmt: skip


def test_a_fence_knows_its_content() -> None:
    document = parse("\ufeff# T\r\n\r\n````python x\r\na\r\n```\r\nb\r\n````\r\n")
    (fence,) = document.fences
    assert (fence.info, fence.marks, fence.is_closed) == ("python x", "````", True)
    start, end = document.content(fence)
    assert document.text[start:end] == "a\r\n```\r\nb\r\n"
    assert document.is_code(start)
    assert not document.is_code(1)


@pytest.mark.parametrize(
    ("text", "value"),
    [("- **Name:** v", "v"), ("**Name**: v", "v"), ("* __Name__ : v", "v"), ("- [ ] **Name:** v", "v"),
     ("Name: v", "v"),     ("\u2022 **Name\uff1a** v", "v"), ("**Name: v**", "v")],
)  # fmt: skip
def test_fields_are_read_in_their_forms(text: str, value: str) -> None:
    (field,) = parse(f"{text}\n").fields
    assert (field.said.name, field.said.value) == ("name", value)


@pytest.mark.parametrize(("text", "fence"), [("", "```"), ("a ``` b", "````"), ("`````x", "``````"), ("~~~~", "```")])
def test_a_fence_is_long_enough(text: str, fence: str) -> None:
    assert fence_for(text) == fence


@pytest.mark.parametrize(
    "made",
    [
        lambda n: "- [ ] a\n" * n + "```\nx\n```\n",
        lambda n: "".join("  " * (i % 800) + "- [ ] a\n" for i in range(n // 125)),
        lambda n: "```\n" * (n // 10),
        lambda n: "## Issue 1: x\n```\n" * (n // 10),
    ],
)
def test_time_grows_with_the_text_and_not_faster(made: object) -> None:
    assert callable(made)
    seconds = []
    for size in (25_000, 100_000):
        text = made(size)
        start = time.process_time()
        _ = parse(text).boxes
        _ = unwrapped(text).fenced
        seconds.append(time.process_time() - start)
    assert seconds[1] < 12 * max(seconds[0], 0.1)  # 16 where it is the square; a noisy machine takes some
