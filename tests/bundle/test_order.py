from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.bundle.order import in_order, path_key


@pytest.mark.parametrize(
    "paths",
    [
        ["d/x", "a"],
        ["a/b/c", "a/d", "b"],
        ["_a", "-a", ".a", "@a", "1", "10", "9", "a", "A", "b", "B"],
        ["a", "A", "ab", "Ab", "b"],
        ["a", "\u00e1", "b", "z"],
        ["ea", "\u00e9a", "eb"],
        ["_", "$", "\u2297", "1", "a", "\u00e9", "z", "\u03b1"],
        ["src/a b", "src/a-b", "src/ab"],
    ],
)
def test_folders_come_first_and_names_are_collated(paths: list[str]) -> None:
    """The order is that of the root collation: punctuation, digits, letters; accents, then case, only settle ties."""
    mixed = paths[::-1]
    assert sorted(mixed, key=path_key) == paths
    assert in_order(mixed) == paths


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "B", "b", "_x", "a1", "é"]), min_size=1, max_size=4).map("/".join), unique=True
    )
)
def test_by_folder_the_order_is_the_same(paths: list[str]) -> None:
    assert in_order(paths) == sorted(paths, key=path_key)
