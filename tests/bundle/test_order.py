from __future__ import annotations

import pytest

from sous.bundle.order import path_key


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
