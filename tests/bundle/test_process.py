from __future__ import annotations

import base64
import hashlib

import pytest

from sous.bundle.process import is_numbered, number_lines, truncate_base64, without_base64, without_empty_lines


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
    assert is_numbered(numbered)
    assert is_numbered(f"{numbered}\n")


@pytest.mark.parametrize("text", ["", "a", "1:", "1: a\n3: b", "2: a", "1: a\nb", "1: x\n" * 10, " 1: a"])
def test_other_lines_are_not_numbered_as_we_do(text: str) -> None:
    assert not is_numbered(text)


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "last"])
def test_a_large_text_is_numbered_as_a_small_one(end: str) -> None:
    text = ("word " * 300 + "\n\n") * 3000 + end
    lines = text.removesuffix("\n").split("\n")
    numbered = "\n".join(f"{number:>4}: {line}" for number, line in enumerate(lines, 1))
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


BASE64 = base64.b64encode(bytes((n * 89 + n // 7) % 256 for n in range(1000))).decode()


def wrapped(width: int, between: str) -> str:
    return between.join(BASE64[at : at + width] for at in range(0, len(BASE64), width))


@pytest.mark.parametrize("width", [64, 76])
@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        ("-----BEGIN X-----\n", "\n", "\n-----END X-----\n"),
        ("data: |\r\n  ", "\r\n  ", "\r\nnext: 1\r\n"),
        ('"image/png": "', "\\n", '\\n",\n"next": 1\n'),
        ('"image/png": "', "\\r\\n", '\\r\\n"\n'),
        ('"image/png": [\n  "', '\\n",\n  "', '\\n"\n ],\nlast\n'),
        ("x = (\n    '", "'\n    '", "'\n)\n"),
        ("> ", "\n> ", "\n> words\n"),
        ("# ", "\n# ", ""),
        ("// ", "\n// ", "\n"),
        ("x = b'", "'\n    b'", "'\n"),
        ('x = "', '" +\n  "', '";\n'),
        ('x = "', '"\n  + "', '";\n'),
        ('x="', " \\\n", '"\n'),
        ("src='data:image/png;base64,", "\n", "'>\n"),
    ],
)
def test_wrapped_base64_is_one_run_and_other_lines_keep_their_numbers(
    width: int, before: str, between: str, after: str
) -> None:
    text, numbers = without_base64(before + wrapped(width, between) + after)
    assert text == f"{before}{BASE64[:32]}...{after}"
    lines = (before + wrapped(width, between) + after).split("\n")
    for number, line in zip(numbers or range(1, 99), text.split("\n"), strict=False):
        assert number
        assert lines[number - 1].startswith(line.partition(BASE64[:32])[0])
    assert not numbers or len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["a" * 64] * 8),
        "\n".join([hashlib.sha256(bytes([n])).hexdigest() for n in range(9)]) + "\n",
        "\n".join(BASE64[at : at + 60 + at // 60] for at in range(0, 600, 60)),
        "\n".join([BASE64[:64], "word", BASE64[64:128], "word"]),
        wrapped(40, "\n"),
        BASE64[:64] + "\n" + BASE64[64:128] + "\n",
    ],
)
def test_lines_that_are_no_wrapped_base64_stay(text: str) -> None:
    assert without_base64(text) == (text, None)


def test_numbers_that_are_there_are_kept_where_base64_is_cut() -> None:
    text, numbers = without_base64(f"a\n{wrapped(76, chr(10))}\nb\n", [3, *range(10, 28), 40])
    assert (text, numbers) == (f"a\n{BASE64[:32]}...\nb\n", [3, 10, 40])


def test_long_base64_takes_no_long_time() -> None:
    run = BASE64.rstrip("=") * 2000
    assert len(without_base64(f"{run}\n{run}!\n")[0]) < 100
