from __future__ import annotations

import pytest

from sous.bundle.wildmatch import IgnoreRules, read_rule


@pytest.mark.parametrize(
    ("rules", "ignored", "kept"),
    [
        ("a", ["a", "a/", "x/a"], ["ab"]),
        ("/a", ["a"], ["x/a"]),
        ("a/", ["a/", "x/a/"], ["a"]),
        ("a/b", ["a/b"], ["x/a/b"]),
        ("*.txt", ["a.txt", "x/.txt"], ["a.txt.b"]),
        ("a*", ["a", "ab", "x/ab"], ["ba"]),
        ("a?b", ["axb"], ["a/b", "ab"]),
        ("**/a", ["a", "x/y/a"], ["ab"]),
        ("**/a/b", ["a/b", "x/a/b"], ["xa/b"]),
        ("a/**", ["a/b", "a/b/c"], ["a"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["ab"]),
        ("a/*", ["a/b"], ["a/b/c"]),
        ("a**b", ["axb", "ab"], ["a/b"]),
        ("a**/b", ["ab", "a/x/b"], ["x/a/b"]),
        ("x/a*/**b", ["x/a/b", "x/ab/cb"], ["x/a/c/b"]),
        ("[[:digit:]]x", ["1x"], ["ax"]),
        ("[![:alpha:]-]", ["1"], ["a", "-"]),
        ("[a-c]", ["b"], ["d", "-"]),
        (r"[a-\]]", [], ["-", "]", "b"]),
        (r"[\]-a]", ["]", "^", "a"], ["b"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[[:d]", ["[", ":", "d"], ["x"]),
        (r"\*a", ["*a"], ["xa"]),
        (r"\#a", ["#a"], ["a"]),
        ("?", ["a"], ["é"]),
        ("??", ["é"], ["a"]),
        ("*é", ["aé"], ["é/a"]),
        ("*\n!*/\n!*.txt", ["a", "x/b"], ["a.txt", "x/"]),
        ("a\n!a\n/a", ["a"], ["x/a"]),
        ("x/a*\n!*b", ["x/ac"], ["x/ab"]),
        ("?b\n!x/a*", ["ab"], ["x/ab"]),
        ("x/[a]\n!x/?\nx/a*", ["x/a"], ["x/b"]),
        ("a ", ["a"], ["a "]),
        ("a\\ ", ["a "], ["a"]),
        ("a\\\\ ", ["a\\"], ["a\\ "]),
        ("a\r", ["a"], ["a\r"]),
        ("a\t", ["a\t"], ["a"]),
        *((bad, [], ["a", bad]) for bad in ("[z-a]", "[a", "[[:nope:]]", "a\\", "[a-\\", "[", "!", "[!", "")),
    ],
)
def test_what_a_file_of_rules_ignores(rules: str, ignored: list[str], kept: list[str]) -> None:
    found = IgnoreRules(rules.encode().decode("latin-1").split("\n"))
    assert [path for path in ignored if not found.verdict(path)] == []
    assert [path for path in kept if found.verdict(path)] == []


def test_what_no_rule_matches_is_left_to_others() -> None:
    rules = IgnoreRules(["a", "!b"])
    assert (rules.verdict("a"), rules.verdict("b"), rules.verdict("c")) == (True, False, None)
    assert not IgnoreRules(["# a", ""])


def test_a_comment_is_no_rule() -> None:
    assert read_rule("#a") is None


def test_many_stars_take_no_time() -> None:
    assert not IgnoreRules(["*a" * 50 + "b", "**/*a/" * 50]).verdict("a" * 200)
