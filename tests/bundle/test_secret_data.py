"""secrets.toml itself."""

from __future__ import annotations

from sous.bundle.secret_data import secret_data, words


def test_all_parts_are_there() -> None:
    assert {"published", "rule", "token", "words"} <= secret_data().keys()


def test_words_are_in_lower_case() -> None:
    for name in secret_data()["words"]:
        assert words(name)
        assert all(word == word.lower() for word in words(name))
