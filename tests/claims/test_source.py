from __future__ import annotations

import pytest

from sous.bundle.readers import PackedFile
from sous.claims.quotes import find_quote, fold_quote, fragments, unnumbered
from sous.claims.source import Source


def source(text: str, path: str = "a.py") -> Source:
    return Source(PackedFile(path, text), None)


@pytest.mark.parametrize(
    "line",
    [
        "def run(self):", "    async def run():", "class run:", "export default function run() {", "const run = () => 1",
        "pub(crate) fn run() {", "func (s *Server) run() {", "public static void run(int x) {", "run: Handler = async (x) => {",
        "run := 1", "run = 1", "CREATE TABLE IF NOT EXISTS run (", "interface run {", "macro_rules! run {", "def self.run",
    ],
)  # fmt: skip
def test_definitions(line: str) -> None:
    assert [span.first for span in source(f"x\n{line}\n    y\n").definitions("run")] == [1]


@pytest.mark.parametrize("line", ["run()", "x = run()", "return run", "# def run", "def runner():", "self.run == 1"])
def test_what_only_uses_a_name_defines_nothing(line: str) -> None:
    assert source(f"x\n{line}\n").definitions("run") == []


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("def run():\n    a\n\n    b\n\nx = 1\n", 3),
        ("int run() {\n  a;\n}\nint b;\n", 2),
        ("def run\n  a\nend\nb\n", 2),
        ("def run(\n    a,\n):\n    b\nc\n", 3),
    ],
)
def test_a_definition_ends_with_its_body(text: str, last: int) -> None:
    assert [span.last for span in source(text).definitions("run")] == [last]


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
    assert [(span.first, span.last) for span in find_quote(source(TEXT), quote)] == lines


def test_a_quote_in_parts() -> None:
    assert fragments("a\n...\nb … c\n// rest of it\nd") == ["a", "b ", " c", "d"]
    assert unnumbered("1: a\n\n2: b") == "a\n\nb"
    assert unnumbered("1: a\nb") == "1: a\nb"
    assert fold_quote("12: x  =  f( a )") == "x=f(a)"
