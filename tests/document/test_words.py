"""Words as data."""

from __future__ import annotations

import re

import pytest

from sous.document.words import any_of, any_whole, names, words


@pytest.mark.parametrize("group", ["titles", "about", "else", "issue", "step", "is_high"])
def test_a_group_is_a_pattern_of_its_words(group: str) -> None:
    assert all(re.compile(word) for word in words(group))
    assert re.search(any_of(group), words(group)[0].replace("\\w+", "x").replace("?", ""), re.IGNORECASE)


def test_names_of_groups_come_together() -> None:
    assert {"title", "labels"} <= names("titles", "labels")


def test_latin_words_are_whole_and_others_are_not() -> None:
    about = re.compile(any_whole("about"), re.IGNORECASE)
    assert about.search("Known issues")
    assert not about.search("tissues")
    assert about.search("已知问题列表")


def test_a_group_that_is_not_there_matches_nothing() -> None:
    assert not re.search(any_of("nothing"), "")
