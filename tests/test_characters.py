from __future__ import annotations

import pytest

from sous.characters import as_characters, without_controls


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff# A\n", "# A\n"),
        ("\u200b\ufeff# A\u200b\n", "# A\u200b\n"),
        ("a\x00b\x07\x1b[31mred\x1b[0m\x9b", "abred"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("a\r\nb\rc\u2028d\x0ce\tf", "a\nb\nc\nd\ne\tf"),
        ("\ud83d\ude00 \ud83d x", "\U0001f600 \ufffd x"),
        ("Grüße, 你好, \u05e9\u05dc\u200f!", "Grüße, 你好, \u05e9\u05dc\u200f!"),
    ],
)
def test_controls_go_and_text_stays(text: str, expected: str) -> None:
    assert without_controls(text) == expected


def test_whole_characters_are_left_alone() -> None:
    text = "\U0001f600" * 3
    assert as_characters(text) is text
