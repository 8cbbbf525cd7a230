"""Files are filled into parts along their folders, each file once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.bundle.fill import filled

NAMES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join)


def parts_of(paths: list[str], most: int) -> list[list[str]]:
    return filled(paths, path=str, fits=lambda files, _number: len(files) <= most)


@pytest.mark.parametrize(
    ("paths", "most", "expected"),
    [
        ("", 2, []),
        ("a b c", 2, ["a b", "c"]),
        ("a/1 a/2 b/1 b/2", 3, ["a/1 a/2", "b/1 b/2"]),
        ("a/1 a/2 b/1 b/2", 4, ["a/1 a/2 b/1 b/2"]),
        ("a b/1 b/2 b/3", 2, ["a b/1", "b/2 b/3"]),
        ("a/x/1 a/x/2 a/y/1 a/y/2 b", 3, ["a/x/1 a/x/2", "a/y/1 a/y/2 b"]),
        ("a a a", 2, ["a a", "a"]),
        ("a a/1", 1, ["a", "a/1"]),
    ],
)
def test_folders_stay_together_while_they_fit(paths: str, most: int, expected: list[str]) -> None:
    assert [" ".join(part) for part in parts_of(paths.split(), most)] == expected


def test_a_file_that_fits_nowhere_is_alone() -> None:
    parts = filled([1, 2, 9, 1], path=str, fits=lambda sizes, _number: sum(sizes) <= 4)
    assert parts == [[1, 2], [9], [1]]


def test_paths_may_be_deep() -> None:
    paths = [f"{'d/' * 3_000}{name}" for name in "abc"]
    assert parts_of(paths, 2) == [paths[:2], paths[2:]]


@given(st.lists(NAMES, max_size=30), st.integers(1, 6))
def test_each_file_is_in_one_part_in_order(paths: list[str], most: int) -> None:
    paths.sort(key=lambda path: path.split("/"))
    parts = parts_of(paths, most)
    assert [path for part in parts for path in part] == paths
    assert all(0 < len(part) <= most for part in parts)
