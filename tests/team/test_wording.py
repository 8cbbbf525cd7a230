"""Lines and texts of messages: what is written is read, whoever wrote it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sous.team.wording import LONGEST, in_lines, read_lines

WORD = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=30)
TEXT = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" \n:"), max_size=60)


@given(st.lists(WORD, max_size=4), TEXT)
def test_what_is_written_is_read(words: list[str], text: str) -> None:
    values, texts = read_lines(
        "\n".join(in_lines([("word", one) for one in words], [("text", text)])), ("word",), ("text",)
    )
    assert values.get("word", []) == [" ".join(one.split()) for one in words]
    assert texts.get("text", "") == text.strip("\n")


def test_other_lines_are_left_out_and_long_values_cut() -> None:
    found = read_lines(f" lost\nodd: x\nword: {'y' * 900}\ntext: behind\n one\nword\n two", ("word",), ("text",))
    assert found == ({"word": ["y" * LONGEST]}, {"text": "one"})


def test_nothing_drives_a_terminal() -> None:
    values, texts = read_lines("word: \x1b[2J\ntext:\n \x1b]0;x\x07", ("word",), ("text",))
    assert "\x1b" not in values["word"][0] + texts["text"]
