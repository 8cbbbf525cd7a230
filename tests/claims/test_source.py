from __future__ import annotations

import pytest

from sous.bundle.readers import PackedFile
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
