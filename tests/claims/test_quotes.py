from __future__ import annotations

import pytest

from sous.bundle.readers import PackedFile
from sous.claims.quotes import find_quote, fold_quote, fragments, unnumbered
from sous.claims.source import Source

TEXT = "def run(a, b):\n    x = a  +  b\n\n    return f(x)\n"


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("x = a + b", [(1, 1)]),
        ("x=a+b\nreturn f( x )", [(1, 3)]),
        ("2: x = a + b\n3: return f(x)", [(1, 3)]),
        ("def run(a, b):\n    ...\n    return f(x)", [(0, 3)]),
        ("x = a + b  # added\nreturn f(x)", [(1, 3)]),
        ("x = aa + b", []),
        ("eturn f(x)", []),
        ("return f(x)\nx = a + b", []),
    ],
)
def test_a_quote_is_found_however_it_is_written(quote: str, lines: list[tuple[int, int]]) -> None:
    assert [(span.first, span.last) for span in find_quote(Source(PackedFile("a.py", TEXT), None), quote)] == lines


def test_a_quote_in_parts() -> None:
    assert fragments("a\n...\nb … c\n// rest of it\nd") == ["a", "b ", " c", "d"]
    assert unnumbered("1: a\n\n2: b") == "a\n\nb"
    assert unnumbered("1: a\nb") == "1: a\nb"
    assert fold_quote("12: x  =  f( a )") == "x=f(a)"
