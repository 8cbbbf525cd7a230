from __future__ import annotations

import pytest

from sous.bundle.braces import expand_braces


@pytest.mark.parametrize(
    ("glob", "globs"),
    [
        ("a", ["a"]),
        ("{a,b}c", ["ac", "bc"]),
        ("{a,b/{c,d}}", ["a", "b/c", "b/d"]),
        ("{x,}y", ["xy", "y"]),
        ("{a,a}", ["a"]),
        ("{1..3}", ["1", "2", "3"]),
        ("{3..1}", ["3", "2", "1"]),
        ("{08..10}", ["08", "09", "10"]),
        ("{1..10..4}", ["1", "5", "9"]),
        ("{-1..1}", ["-1", "0", "1"]),
        ("{a..c}", ["a", "b", "c"]),
        ("{a..3}", ["{a..3}"]),
        ("{a}", ["{a}"]),
        ("{}", ["{}"]),
        ("{{a,b}}", ["{a}", "{b}"]),
        ("{a,b", ["{a,b"]),
        ("a}", ["a}"]),
        ("{a,{b,c}", ["{a,b", "{a,c"]),
        ("${a,b}", ["${a,b}"]),
        (r"\{a,b}", [r"\{a,b}"]),
        (r"{a\,b,c}", [r"a\,b", "c"]),
        ("[{a,b}]", ["[{a,b}]"]),
        ("{a,*(b|c,d)}", ["a", "*(b|c,d)"]),
        ("*(a|{b,c})", ["*(a|b)", "*(a|c)"]),
    ],
)
def test_what_braces_stand_for(glob: str, globs: list[str]) -> None:
    assert list(expand_braces(glob)) == globs
