"""What a name says of the value that is given to it: a password, a secret, a key, nothing."""

from __future__ import annotations

import itertools
import re
from enum import IntEnum
from functools import lru_cache

from sous.bundle.secret_data import words


class Says(IntEnum):
    """How sure a name says that its value is secret."""

    NOTHING = 0
    KEY = 1  # of some kind: only a long random value is one
    SECRET = 2
    PASSWORD = 3  # short ones that a person thought of count too


_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def meaning(name: str) -> Says:
    """Return what a name says, in any spelling: `DB_PASSWORD`, `clientSecret`, `api.key`."""
    parts = [word.lower() for word in _PIECES.findall(name)]
    bare = [word for word in parts if not word.isdigit()]
    pairs = (first + second for first, second in itertools.pairwise(bare))
    if not bare or bare[-1] in words("not_last"):
        return Says.NOTHING
    if not words("not_any").isdisjoint((*bare, *pairs)):
        return Says.NOTHING
    passwords, secrets = tuple(words("passwords")), tuple(words("secrets"))
    if any(word.endswith(passwords) or _is_short_for_password(word) for word in bare):
        return Says.PASSWORD
    if bare[-1] in ("token", "tokens") and (says := _of_token(bare[:-1])) is not None:
        return says
    if any(word.endswith(secrets) for word in bare):
        return Says.SECRET
    return _of_key(bare)


def _is_short_for_password(word: str) -> bool:
    return word == "pw" or (word.endswith("pass") and word not in words("not_pass"))


def _of_token(before: list[str]) -> Says | None:
    """Return what the words before `token` say of it, if they say that it is no secret."""
    if before[-2:] == ["client", "request"] or (before and before[-1] in words("no_token_of")):
        return Says.NOTHING
    return Says.KEY if before and before[-1] in words("hardly_token_of") else None


def _of_key(words_of_name: list[str]) -> Says:
    """Return what a name says that is neither a password nor a secret by a word of its own."""
    for before, word in itertools.pairwise(words_of_name):
        if word in ("key", "keys"):
            return Says.SECRET if before in words("key_of") else Says.KEY
    return Says.KEY if words_of_name[-1] == "auth" else Says.NOTHING
