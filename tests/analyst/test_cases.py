"""What a test has to try: lines that decide, as they stand in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.analyst.cases import cases_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.survey import Survey


def cases(survey: Survey) -> list[str]:
    return cases_of(survey, survey.functions[0])


def test_branches_and_errors_of_python_are_those_of_its_parser(survey: Callable[..., Survey]) -> None:
    code = (
        'def f(x):\n    """Say it\n    if x < 3:\n    """\n    if x < 0:\n        raise ValueError(x)\n'
        "    try:\n        return g(x)\n    except OSError:\n        return 1\n"
    )
    assert cases(survey({"a.py": code})) == [
        "- `a.py:5`: `if x < 0:` (try -1, 0, 1)",
        "- `a.py:6`: `raise ValueError(x)`",
        "- `a.py:9`: `except OSError:`",
    ]


@pytest.mark.parametrize(
    ("path", "code", "wanted"),
    [
        ("a.js", "function f(x) {\n  // if (y)\n  if (x) {\n    throw new Error('a');\n  }\n  return iffy ? 1 : 2;\n}\n", [3, 4, 6]),
        ("a.go", "package a\n\nfunc F(x int) error {\n\tif x > 9 {\n\t\treturn nil, err\n\t}\n\tswitch x {\n\tcase 1:\n\t}\n\treturn nil\n}\n", [4, 5, 8]),
        ("a.rs", "pub fn f(x: u8) -> u8 {\n    match x {\n        0 => 1,\n        _ => return Err(1),\n    }\n}\n", [3, 4]),
    ],
)  # fmt: skip
def test_branches_and_errors_of_other_languages_are_those_of_the_tree(
    path: str, code: str, wanted: list[int], survey: Callable[..., Survey]
) -> None:
    assert [int(one.split("`")[1].rpartition(":")[2]) for one in cases(survey({path: code}))] == wanted


def test_many_branches_are_counted_and_odd_lines_are_not_quoted(survey: Callable[..., Survey]) -> None:
    many = (
        "def f(x):\n" + "".join(f"    if x == {at}:\n        return {at}\n" for at in range(3_000)) + "    return 0\n"
    )
    assert cases(survey({"a.py": many}))[-1] == "- and 2992 more lines that decide"
    odd = "def f(x):\n    if x == '`':\n        return 1\n    if x == '\u202e':\n        return 2\n    return 3\n"
    assert cases(survey({"a.py": odd})) == []


@pytest.mark.parametrize("path", ["$id/a.py", "it's/a.py", "a&b.py", "a@b.py", "a b.py", "-a.py", "a...b.py"])
def test_a_path_with_other_signs_is_named_with_each_line(path: str, survey: Callable[..., Survey]) -> None:
    code = "def f(x):\n    if x:\n        return 1\n    return 2\n"
    assert cases(survey({path: code})) == [f"- `{path}:2`: `if x:`"]
