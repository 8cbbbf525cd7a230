from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.blocks import read_blocks
from sous.claims.evidence import Evidence
from sous.claims.fenced import Fence
from sous.claims.mentions import Mentions


def fence(info: str, code: str) -> Fence:
    block = read_blocks(f"A text\n\n```{info}\n{code}\n```\n")[-1]
    return Fence(block, Mentions(Evidence(bundle_from(packed({"src/app.py": "x = 1\n"}).encode(), None))))


@pytest.mark.parametrize(
    ("info", "path", "ranges"),
    [
        ("12:20:src/app.py", "src/app.py", [(12, 20)]),
        ("python title=src/app.py:3", "src/app.py", [(3, 3)]),
        ('python filename="src/app.py"', "src/app.py", []),
        ("src/app.py", "src/app.py", []),
        ("python:src/app.py", "src/app.py", []),
        ("python {file=src/app.py}", "src/app.py", []),
        ("python", None, []),
        ("", None, []),
    ],
)
def test_the_place_behind_a_fence(info: str, path: str | None, ranges: list[tuple[int, int]]) -> None:
    place = fence(info, "x = 1").place_in_info()
    assert (place.path if place else None, place.ranges if place else []) == (path, ranges)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("x = 1\ny = 2", [(None, 4, "x = 1\ny = 2")]),
        ("# src/app.py:3\nx = 1", [("src/app.py:3", 4, "x = 1")]),
        ("\n// in src/app.py\nx = 1", [("src/app.py", 5, "x = 1")]),
        ("x = 1\n# src/app.py\ny = 2", [(None, 4, "x = 1\n# src/app.py\ny = 2")]),
        ("x = 1\n# src/app.py:3\ny = 2", [(None, 4, "x = 1"), ("src/app.py:3", 5, "y = 2")]),
        ("# a remark on src/app.py:3\nx = 1", [(None, 4, "# a remark on src/app.py:3\nx = 1")]),
        ("\n\n", []),
    ],
)
def test_comments_that_name_places_cut_code(code: str, parts: list[tuple[str | None, int, str]]) -> None:
    found = [
        (part.mention.text if part.mention else None, part.line, part.code.rstrip()) for part in fence("", code).parts()
    ]
    assert found == parts


@pytest.mark.parametrize(
    ("info", "is_code", "quote"),
    [("python", True, "-old\n+new\n same"), ("diff", True, "old\nsame"), ("bash", False, "-old\n+new\n same")],
)
def test_a_diff_quotes_what_it_takes_away(info: str, is_code: bool, quote: str) -> None:
    found = fence(info, "x")
    assert (found.is_code, found.quoted("-old\n+new\n same")) == (is_code, quote)
    assert found.quoted("\n---\n") == ""


@pytest.mark.parametrize(
    ("code", "is_quote"),
    [
        ("function map{Exchange}Error() {", False),
        ("const {EXCHANGE}_URL = 1", False),
        ("const url = `${BASE}_URL`", True),
        ("import {Error} from './x'", True),
        ("x = f'{NAME}_URL'", True),
        ("@media print {A{color:red}}", True),
    ],
)
def test_code_whose_names_have_placeholders_is_a_form(code: str, is_quote: bool) -> None:
    assert bool(fence("ts", code).quoted(code)) == is_quote
