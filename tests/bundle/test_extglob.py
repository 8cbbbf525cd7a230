from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.bundle.extglob import Extglob
from sous.bundle.places import Places


def takes(glob: str, path: str) -> bool:
    return Extglob(glob, glob).matches(Places(path))


@pytest.mark.parametrize(
    ("glob", "regex"),
    [
        ("@(a|b)*", "(a|b)[^/]*"),
        ("+(a|ab)b", "(a|ab)+b"),
        ("a*(b)/?(a)", "ab*/a?"),
        ("a/**/@(b)", "a/(.*/)?b"),
        ("**/@(a)", "(.*/)?a"),
        ("@(a)/**", "a(/.*)?"),
        ("[ab]+@(/)a", "[ab]+/a"),
    ],
)
@given(path=st.text(alphabet="ab/", min_size=1, max_size=8))
def test_a_glob_means_what_its_regex_means(glob: str, regex: str, path: str) -> None:
    assert takes(glob, path) == bool(re.fullmatch(regex, path))


@pytest.mark.parametrize(
    ("glob", "path", "is_taken"),
    [
        ("!(a)b", "cb", True),
        ("!(a)b", "ab", False),
        ("!(a)b", "acb", False),  # as picomatch, and no other shell
        ("!(a/b)", "a/c", True),
        ("!(a/b)", "a/b", False),
        ("!(*.d).ts", "a.d.ts", False),
        ("!(*.d).ts", "a.ts", True),
        ("*.*(a)", "b.", True),
        ("@(*)", "", False),
    ],
)
def test_all_but_something(glob: str, path: str, *, is_taken: bool) -> None:
    assert takes(glob, path) == is_taken
