"""Words with which models greet, offer more, or refuse, in many languages (`offers.toml`)."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Sequence


_WITHOUT_BLANKS = "\u0600"  # Arabic, Hindi, Chinese and others begin here


class Offers(NamedTuple):
    """How what is around an answer begins, ends, sums up; how it refuses, and asks for code."""

    begins: tuple[str, ...]
    ends: tuple[str, ...]
    closes: tuple[str, ...]
    refuses: tuple[str, ...]
    asks: tuple[str, ...]


@lru_cache(maxsize=1)
def offers() -> Offers:
    """Return the words of `offers.toml`."""
    data = tomllib.loads(Path(__file__).with_name("offers.toml").read_text("utf-8"))
    return Offers(*(tuple(data[name]) for name in Offers._fields))


def begins_with(text: str, words: Sequence[str]) -> bool:
    """Tell whether a text begins with one of the words, behind marks and a greeting."""
    bare = text.lstrip(" *_>\n#\U0001f600-\U0001f64f").lower().replace("\u2019", "'")
    return bare.startswith(tuple(words))


def refuses(text: str, *, asks: bool) -> bool:
    """Tell whether prose says that the task was not done; `asks`: or asks for something."""
    if begins_with(text, offers().refuses):
        return True
    return asks and bool(_asks().search(text.lower()))


@lru_cache(maxsize=1)
def _asks() -> re.Pattern[str]:
    """Return what finds a word that asks; those of scripts without blanks stand anywhere."""
    words = [re.escape(word) for word in offers().asks]
    spaced = "|".join(word for word in words if word < _WITHOUT_BLANKS)
    others = "|".join(word for word in words if word >= _WITHOUT_BLANKS)
    return re.compile(rf"\b(?:{spaced})\b|{others}")
