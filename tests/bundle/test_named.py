"""What the name of a file alone says of it."""

from __future__ import annotations

import pytest

from sous.bundle.named import is_binary_name, is_notebook


@pytest.mark.parametrize(
    ("path", "expected"), [("a/b.ipynb", True), ("A.IPYNB", True), ("ipynb", False), ("x.py", False)]
)
def test_a_notebook_is_known_by_its_name(path: str, expected: bool) -> None:
    assert is_notebook(path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a/b.png", True), ("B.PNG", True), (".png", False), ("a/.png", False), ("png", False), ("a.png/b", False)],
)
def test_a_binary_file_is_known_by_the_extension_of_its_name(path: str, expected: bool) -> None:
    assert is_binary_name(path) is expected
