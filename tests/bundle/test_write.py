from __future__ import annotations

import pytest

from sous.bundle.content import Content
from sous.bundle.write import number_lines, tree_lines, xml_file


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


def test_the_tree_names_each_folder_once() -> None:
    assert list(tree_lines(["a/b/c", "a/b/d", "a/e", "f"])) == ["a/", "  b/", "    c", "    d", "  e", "f"]


def test_a_file_is_an_element_with_a_blank_line_behind() -> None:
    assert xml_file(Content("a.py", "x"), line_numbers=True) == '<file path="a.py">\n1: x\n</file>\n\n'
    assert xml_file(Content("a.py", "x\n"), line_numbers=False) == '<file path="a.py">\nx\n</file>\n\n'
    assert xml_file(Content("a.py", ""), line_numbers=False) == '<file path="a.py">\n\n</file>\n\n'
