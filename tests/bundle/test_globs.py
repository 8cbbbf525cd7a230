from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.bundle.globs import Globs, include_globs
from sous.errors import UsageProblem
from sous.setting_values import split_list


@pytest.mark.parametrize(
    ("glob", "taken", "left"),
    [
        ("*.py", ["a.py", ".py"], ["d/a.py", "a.pyc"]),
        ("**/*.py", ["a.py", "d/e/a.py"], ["a.pyc"]),
        ("**.py", ["a.py", "d/e/a.py"], []),
        ("d", ["d", "d/a", "d/e/f"], ["x/d/a", "da"]),
        ("d/", ["d/a"], ["d"]),
        ("/d", ["d", "d/a"], ["x/d"]),
        ("./d", ["d/a"], []),
        ("**/d", ["d", "x/d/a"], ["xd"]),
        ("build/**", ["build", "build/a"], ["builds"]),
        ("**/*.egg-info/**", ["a.egg-info/b", "x/a.egg-info", "x/a.egg-info/b/c"], ["a.egg-infos/b"]),
        ("src/**/x/**", ["src/x", "src/a/b/x/c"], ["x/c", "src/xy/c"]),
        ("**/node_modules/**", ["node_modules/a", "x/node_modules/b/c"], ["node_modules_x/a"]),
        ("q/*", ["q/a"], ["q/b/c"]),
        ("src/**/*.py", ["src/a.py", "src/d/e/a.py"], ["a.py"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("a[1-3]", ["a1"], ["a4", "a"]),
        ("a[!1]", ["a2"], ["a1", "a/"]),
        ("*.{js,ts}", ["a.js", "a.ts"], ["a.tsx"]),
        ("{a,b/{c,d}}", ["a", "b/c", "b/d/e"], ["b/x"]),
        (r"a\(b\)+c.$", ["a(b)+c.$"], ["abbc."]),
        ("a(b)+c.$", ["abc.$", "abbc.$"], ["a(b)+c.$", "ac.$"]),
        ("[", ["["], ["x"]),
        ("**/*.@(pem|key)", ["a.pem", "d/b.key"], ["a.py", "pem"]),
        ("+(a|b).js", ["a.js", "abba.js"], [".js", "c.js"]),
        ("?(a)b", ["b", "ab"], ["aab"]),
        ("*(a|bc)d", ["d", "abcad"], ["bd"]),
        ("**/!(*.test).js", ["a.js", "x/b.js"], ["a.test.js", "x/b.test.js", "a.ts"]),
        ("!(src|dist)/**/*.js", ["lib/a.js", "lib/x/a.js"], ["src/a.js", "dist/x/a.js"]),
        ("**/!(dist)", ["a", "src/a"], ["src/dist"]),
        ("@(a|b)/**", ["a", "b/c/d"], ["c/a"]),
        ("@(a/b|c)/d", ["a/b/d", "c/d/e"], ["b/d"]),
        ("**/a/**/@(b)", ["a/b", "x/a/y/b"], ["b"]),
        ("@(.*|a)", [".x", "a"], [".", "b"]),
        ("a|b", ["a", "b"], ["a|b"]),
        ("+(+(a)b)", ["ab", "aabab"], ["a", "b"]),
        ("@(ab", ["@(ab"], ["ab"]),
        ("a/@(b)/", ["a/b/c"], ["a/b"]),
        ("img/{1..3}.svg", ["img/1.svg", "img/3.svg"], ["img/4.svg"]),
        ("src/[id]/**", ["src/[id]/a", "src/i/a"], ["src/x/a"]),
        ("src/[...slug]/**", [], ["src/[...slug]/a"]),
        ("[[:digit:]][![:alpha:]]", ["1-", "11"], ["1a", "a1"]),
        ("[]a]b", ["]b", "ab"], ["b"]),
        (r"[\]-]", ["]", "-"], ["a"]),
        ("[0-9]+.svg", ["1.svg", "12.svg"], [".svg"]),
        (r"a\*b", ["a*b"], ["axb"]),
        ("a//b", ["a/b"], ["ab"]),
        (".", ["a", "d/b"], []),
    ],
)
def test_what_a_glob_takes(glob: str, taken: list[str], left: list[str]) -> None:
    globs = Globs([glob])
    assert [path for path in taken if not globs.match(path)] == []
    assert [path for path in left if globs.match(path)] == []


def test_the_last_glob_that_matches_decides() -> None:
    globs = Globs(["**/*.py", "!keep.py", "keep.py/**"])
    assert globs.match("a.py")
    assert not Globs(["**/*.py", "!keep.py"]).match("keep.py")


def test_what_no_glob_matches_is_as_the_caller_says() -> None:
    globs = Globs(["!a"])
    assert globs.only_negated()
    assert not Globs(["x", "!a"]).only_negated()
    assert (globs.match("b", taken=True), globs.match("b")) == (True, False)
    assert not globs.match("a", taken=True)


def test_no_globs_are_falsy() -> None:
    assert not Globs([])
    assert Globs(["a"])


@pytest.mark.parametrize(
    "glob", ["a[z-a]", "@([z-a])", "{a,b}" * 12, "{1..2000}", "{" * 200, "a" * 5000, "@(" * 40 + ")" * 40]
)
def test_a_glob_that_cannot_be_read_is_named(glob: str) -> None:
    with pytest.raises(UsageProblem, match="glob"):
        Globs([glob])


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        ("a,b", ["a", "b"]),
        (" a , b,d e", ["a", "b", "d e"]),
        ("*.{js,ts},x", ["*.{js,ts}", "x"]),
        ("a,,", ["a"]),
        ("", []),
    ],
)
def test_commas_outside_braces_split(value: str, pieces: list[str]) -> None:
    assert split_list(value) == pieces


@given(st.text(alphabet="ab*?[]!{},/.\\()^$|+@:-", max_size=12), st.text(alphabet="ab/.", max_size=8))
def test_any_text_is_a_glob_or_a_usage_problem(glob: str, path: str) -> None:
    try:
        Globs([glob]).match(path)
    except UsageProblem as exc:
        assert "glob" in str(exc)  # noqa: PT017


def matches_slowly(segments: list[str], parts: list[str]) -> bool:
    if not segments:
        return not parts
    if segments[0] == "**":
        return any(matches_slowly(segments[1:], parts[at:]) for at in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], segments[0]) and matches_slowly(segments[1:], parts[1:])


@given(
    st.lists(st.sampled_from(["**", "a", "b*", "*.b", "?", "*", "a*b*"]), min_size=1, max_size=6),
    st.lists(st.sampled_from(["a", "b", "ab", "a.b", "bb", "ab.b"]), min_size=1, max_size=6),
)
def test_globs_mean_what_a_slow_reading_of_them_means(segments: list[str], parts: list[str]) -> None:
    segments = [one for one, same in groupby(segments) for one in ([one] if one == "**" else same)]
    wanted = matches_slowly(segments, parts)
    if segments[-1] == "**" and segments[-2:-1] and segments[-2].endswith("*"):  # `q*/**` is what is in such folders
        wanted = any(matches_slowly(segments[:-1], parts[:at]) for at in range(len(parts)))
    elif segments[-1] == "a":  # a name is a folder with all that is in it, too
        wanted = matches_slowly([*segments, "**"], parts)
    assert Globs(["/".join(segments)]).match("/".join(parts)) == wanted


def test_a_glob_with_many_stars_takes_no_time() -> None:
    assert not Globs(["*a*a*a*a*a*a*a*a*a*a*b", "**/" * 30 + "x"]).match("a" * 200)
    assert Globs(["*a*b*c"]).match("xaybzbc")


@pytest.mark.parametrize(
    "glob", ["+(a|aa)" * 20 + "b", "!(!(!(+(+(+(a|aa)|a)|b)|c)|d)|e)*+(*(*(a)b)c)", "*@(a|b)" * 30]
)
def test_a_glob_with_many_groups_takes_no_time(glob: str) -> None:
    Globs([glob]).match("a" * 200)


def test_a_group_that_takes_all_but_something_takes_nothing_back() -> None:
    assert Globs(["!(b)"]).match("a")
    assert not Globs(["!(b)"]).only_negated()


@pytest.mark.parametrize(("glob", "path"), [("a/[id]/x.ts", "a/[id]/x.ts"), ("(g)/a", "(g)/a"), ("!(g)/a", "!(g)/a")])
def test_an_include_is_a_name_first(glob: str, path: str) -> None:
    assert include_globs([glob], [path]).match(path)


def test_an_include_that_is_no_name_has_groups() -> None:
    assert include_globs(["@(a|b).py"], ["a.py"]).match("a.py")
    assert include_globs(["!(a)"], ["b"]).match("b")


def test_a_glob_may_stand_twice() -> None:
    assert Globs(["a*b*c", "a*b*c"]).match("axbyc")
