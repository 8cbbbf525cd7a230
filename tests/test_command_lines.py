from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.command_lines import split_for_windows, started_by


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("pytest -q", "pytest"),
        ("python3.12 -m pytest", "python3.12"),
        ("cd app && pytest", ""),
        ("./test.sh", ""),
        ("PYTHONPATH=. pytest", ""),
        ("(cd app; pytest)", ""),
        ("'my tests' -q", ""),
        ("pytest # don't", ""),
        ("", ""),
    ],
)
def test_a_program_is_named_only_where_the_line_tells_it(line: str, program: str) -> None:
    assert started_by(line) == program


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a b  c", ["a", "b", "c"]),
        ('pack -o "C:\\out dir\\x.txt"', ["pack", "-o", "C:\\out dir\\x.txt"]),
        ('pack --out="{output} x" y', ["pack", "--out={output} x", "y"]),
        ("C:\\bin\\pack.exe \\\\host\\share", ["C:\\bin\\pack.exe", "\\\\host\\share"]),
        ('say \\"hi\\" ""', ["say", '"hi"', ""]),
        ("say 'two words' it's", ["say", "two words", "it's"]),
        ("\"it's 'a' b\"", ["it's 'a' b"]),
        ("", []),
    ],
)
def test_a_line_is_cut_as_windows_does(line: str, words: list[str]) -> None:
    assert split_for_windows(line) == words


@given(st.lists(st.text(st.sampled_from('a "\\-='), max_size=6), max_size=4))
def test_what_windows_joins_is_cut_again(argv: list[str]) -> None:
    assert split_for_windows(subprocess.list2cmdline(argv)) == argv


def test_quotes_that_do_not_end_are_an_error_on_windows_too() -> None:
    with pytest.raises(ValueError, match="closing"):
        split_for_windows('a "b')
