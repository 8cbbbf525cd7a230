"""The table of languages: no ending stands twice, and what is asked of it."""

from __future__ import annotations

from collections import Counter

import pytest

from sous.project.languages import comments_at, fence_at, grammar_at, is_comment, kind_at, language_at, languages


def test_no_ending_and_no_name_of_a_file_stands_twice() -> None:
    endings = Counter(ending for one in languages().values() for ending in one.endings)
    names = Counter(name for one in languages().values() for name in one.files)
    assert [name for name, count in (*endings.items(), *names.items()) if count > 1] == []


@pytest.mark.parametrize("name", sorted(languages()))
def test_what_is_said_of_endings_is_said_of_its_own(name: str) -> None:
    one = languages()[name]
    assert {*one.sure, *one.doubtful, *one.fences, *one.grammars} <= {*one.endings}
    assert one.kind in ("code", "document", "data", "other")


@pytest.mark.parametrize(
    ("path", "name", "fence", "kind"),
    [
        ("src/a.py", "Python", "python", "code"),
        ("A.PY", "Python", "python", "code"),
        ("a.tsx", "TypeScript", "typescript", "code"),
        ("a.zsh", "Shell", "zsh", "code"),
        ("sub/Dockerfile", "Dockerfile", "dockerfile", "other"),
        ("Rakefile", "Ruby", "ruby", "code"),
        (".env", "Settings", "", "other"),
        ("a.svg", "SVG", "xml", "data"),
        ("a.zig", "Zig", "zig", "code"),
        ("README", "Text", "", "document"),
    ],
)
def test_a_file_is_known_by_its_ending_or_its_name(path: str, name: str, fence: str, kind: str) -> None:
    found = language_at(path)
    assert found is not None
    assert (found.name, fence_at(path), kind_at(path)) == (name, fence, kind)


@pytest.mark.parametrize("path", ["", "a", "a.", "a.unknown", "py", "src.py/a", "\udcff"])
def test_another_file_is_of_no_language(path: str) -> None:
    assert language_at(path) is None
    assert (fence_at(path), kind_at(path), grammar_at(path)) == ("", "other", None)


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("a.c", "#include <x.h>", False),
        ("a.c", " * of a block", True),
        ("a.c", "*pointer = 1;", False),
        ("a.py", "*rest, last = x", False),
        ("a.py", "# says", True),
        ("a.sql", "-- says", True),
        ("a.js", "--count;", False),
        ("a.unknown", "-- says", True),
    ],
)
def test_a_comment_is_one_in_its_own_language(path: str, line: str, *, expected: bool) -> None:
    assert is_comment(line, comments_at(path)) is expected
