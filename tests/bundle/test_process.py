from __future__ import annotations

import pytest

from sous.bundle.process import number_lines, truncate_base64, without_empty_lines


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("", "1: "),
        ("a\n", "1: a"),
        ("a", "1: a"),
        ("a\n\nb\n", "1: a\n2: \n3: b"),
        ("a\r\nb\r\n", "1: a\r\n2: b\r"),
        ("\n\n", "1: \n2: "),
        ("x\n" * 10, "\n".join([*(f" {n}: x" for n in range(1, 10)), "10: x"])),
        ("a\u2028b\x0cc\n", "1: a\u2028b\x0cc"),
    ],
)
def test_lines_are_numbered_as_in_the_file(text: str, numbered: str) -> None:
    assert number_lines(text) == numbered


def test_lines_that_stay_keep_their_numbers() -> None:
    text, numbers = without_empty_lines("a\n\n  \nb\n", "x.py", None)
    assert (text, numbers) == ("a\nb\n", [1, 4])
    assert number_lines(text, numbers) == "1: a\n4: b"
    assert without_empty_lines("a\n\nb\n", "x.md", None) == ("a\n\nb\n", None)


def test_base64_is_cut_and_lines_stay() -> None:
    run = "iVBORw0KGgo9aB+" * 20
    assert truncate_base64(f"a\n'data:image/png;base64,{run}'\nb") == f"a\n'data:image/png;base64,{run[:32]}...'\nb"
    assert truncate_base64(f"x = {run}\n") == f"x = {run[:32]}...\n"
    for plain in ("a" * 300, "ab/" * 200, "data:image/png;base64,short=="):
        assert truncate_base64(plain) == plain
