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
    HARDLY = 1  # code about secrets: only a very long random value is one
    KEY = 2  # of some kind: only a long random value is one
    SECRET = 3
    PASSWORD = 4  # short ones that a person thought of count too


_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def meaning(name: str, *, in_settings: bool = False) -> Says:
    """Return what a name says, in any spelling: `DB_PASSWORD`, `clientSecret`, `api.key`.

    In settings a name with `MOCK` or `CLIENT` may be that of a secret all the same.
    """
    bare = _words_of(name)
    if not bare or _is_none(bare) or (not in_settings and _is_none_in_code(bare)):
        return Says.NOTHING
    says = _of_words(bare, in_settings=in_settings)
    return min(says, Says.SECRET) if bare[-1] in words("not_last_in_code") else says


def is_paging(name: str) -> bool:
    """Tell whether a name is that of a token that turns a page or makes a call happen once."""
    bare = _words_of(name)
    return bare[-1:] in (["token"], ["tokens"]) and _of_token(bare[:-1]) is Says.NOTHING


def _words_of(name: str) -> list[str]:
    return [word.lower() for word in _PIECES.findall(name) if not word.isdigit()]


def _is_none(bare: list[str]) -> bool:
    if bare[-1] in words("not_last"):
        return True
    runs = ("".join(bare[at : at + length]) for length in (1, 2, 3) for at in range(len(bare)))
    return not words("not_any").isdisjoint(runs)


def _is_none_in_code(bare: list[str]) -> bool:
    last = words("not_last_in_code") | words("not_whole_in_code")
    return bare[-1] in last or not words("not_any_in_code").isdisjoint(bare)


def _of_words(bare: list[str], *, in_settings: bool) -> Says:
    passwords, secrets = tuple(words("passwords")), tuple(words("secrets"))
    if any(word.endswith(passwords) or _is_short_for_password(word) for word in bare):
        return Says.PASSWORD
    if not in_settings and bare[-1] in ("token", "tokens"):
        says = _of_token(bare[:-1])
        if says is not None:
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
