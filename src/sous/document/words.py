"""The words by which titles, fields and headings are known: data, in words.toml."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@lru_cache(maxsize=1)
def _groups() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def words(group: str) -> list[str]:
    """Return the words of a group, in their order."""
    return [word for found in _groups().get(group, {}).values() for word in found]


def names(*groups: str) -> frozenset[str]:
    """Return the words of groups as names, to be looked up."""
    return frozenset(word for group in groups for word in words(group))


def any_of(group: str) -> str:
    """Return a pattern of any word of a group."""
    return "|".join(words(group)) or r"(?!)"


def any_whole(group: str) -> str:
    """Return a pattern of any word of a group: a whole one, in scripts with blanks."""
    spaced = [word for word in words(group) if _is_spaced(word)]
    others = [word for word in words(group) if not _is_spaced(word)]
    return "|".join([rf"\b(?:{'|'.join(spaced)})\b", *others])


def _is_spaced(word: str) -> bool:
    """Tell whether a word is of latin letters, which are cut at its ends."""
    return all(char < "\u0250" for char in word)
