from __future__ import annotations

import pytest

from sous.bundle.process import number_lines
from sous.bundle.signatures import has_parser, signatures

PYTHON = '''\
import os
NAMES = [
    1,
    2,
    3,
    4,
]
@dec
def f(a,
      b):
    """Do it.

    More.
    """
    return a
class B:
    def g(self): return 1
    async def h(self):
        return 1
'''


def shown(text: str, path: str) -> str:
    short, numbers, _ = signatures(text, path)
    return number_lines(short.rstrip("\n"), numbers)


def test_python_keeps_headers_and_the_first_line_of_what_documents_them() -> None:
    assert shown(PYTHON, "x.py").splitlines() == [
        " 1: import os",
        " 2: NAMES = [",
        "⋮----",
        " 8: @dec",
        " 9: def f(a,",
        "10:       b):",
        '11:     """Do it.',
        "⋮----",
        "16: class B:",
        "17:     def g(self): return 1",
        "18:     async def h(self):",
        "⋮----",
    ]


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("x.js", "class A {\n  b(c) {\n    d();\n  }\n}\nconst f = (x) => {\n  y;\n};", [1, 2, None, 4, 5, 6, None, 8]),
        ("x.ts", "export interface A { b: string }\nfunction f(x: A): void {\n  y;\n}", [1, 2, None, 4]),
        ("x.tsx", "const F = () => {\n  return <a/>;\n}", [1, None, 3]),
        ("x.go", "package a\n\nfunc F(x int) int {\n\treturn x\n}", [1, 2, 3, None, 5]),
        ("x.rs", "impl A {\n  fn f(&self) -> u8 {\n    1\n  }\n}", [1, 2, None, 4, 5]),
        (
            "x.java",
            "class A {\n  A() {\n    x();\n  }\n  int f() {\n    return 1;\n  }\n}",
            [1, 2, None, 4, 5, None, 7, 8],
        ),
        ("x.c", "int f(int a)\n{\n  return a;\n}\nstruct s { int x; };", [1, 2, None, 4, 5]),
        ("x.cpp", "class A { int f(); };\nint A::f() {\n  return 1;\n}", [1, 2, None, 4]),
        ("x.cs", "class A {\n  int F() {\n    return 1;\n  }\n}", [1, 2, None, 4, 5]),
        ("x.rb", "class A\n  def f(x)\n    y\n    z\n  end\nend", [1, 2, None, 5, 6]),
        ("x.cu", "__global__ void add(int *a) {\n  int i = threadIdx.x;\n  a[i]++;\n}", [1, None, 4]),
        ("x.css", "@media print {\n  a.b:hover {\n    color: red;\n  }\n}\n:root { --x: 1; }", [1, 2, None, 4, 5, 6]),
        (
            "x.vue",
            '<script lang="ts">\nfunction f(a: A) {\n  return a\n}\n</script>\n<p>\n <b/>\n</p>\n<style>\nb {\n x:y\n}\n</style>',
            [1, 2, None, 4, 5, 6, 7, 8, 9, 10, None, 12, 13],
        ),
        (
            "x.svelte",
            "<script>\n  const f = () => {\n    g()\n  }\n</script>\n{#if a}\n<p/>\n{/if}",
            [1, 2, None, 4, 5, 6, 7, 8],
        ),
        (
            "x.vue",
            '<style lang="scss">\na { b {\n  c: d\n} }\n</style>\n<script>function f() {\n  x\n}</script>',
            [1, 2, 3, 4, 5, 6, None, 8],
        ),
        ("x.php", "<?php\nfunction f($a) {\n  return 1;\n}", [1, 2, None, 4]),
        ("x.sh", "f() {\n  echo 1\n}\nf", [1, None, 3, 4]),
        (
            "x.kt",
            "class A {\n  constructor(b: B) {\n    c()\n  }\n  fun f(): Int {\n    return 1\n  }\n}",
            [1, 2, None, 4, 5, None, 7, 8],
        ),
        ("x.kt", "val a: Int\n  get() {\n    return 1\n  }\nfun b() = 1", [1, 2, None, 4, 5]),
        (
            "x.swift",
            "struct A {\n  init(b: B) {\n    c()\n  }\n  func f() -> Int {\n    return 1\n  }\n}",
            [1, 2, None, 4, 5, None, 7, 8],
        ),
        (
            "x.swift",
            "var a: Int {\n  return 1\n}\nvar b: Int {\n  get {\n    return 1\n  }\n}",
            [1, None, 3, 4, 5, None, 7, 8],
        ),
        ("x.scala", "class A {\n  def f: Int = {\n    1\n  }\n}", [1, 2, None, 4, 5]),
        ("x.scala", "object A:\n  def f: Int =\n    val a = 1\n    a\n  val b = 1", [1, 2, None, 5]),
        ("x.lua", "local function f(a)\n  return a\nend\nlocal g = function()\n  f()\nend", [1, None, 3, 4, None, 6]),
        ("x.ex", "defmodule A do\n  def f(x) do\n    x\n  end\n  defp g(x), do: x\nend", [1, 2, None, 4, 5, 6]),
        ("x.hs", "f :: Int -> Int\nf n =\n  g n\n  where\n    g = id\n\nh = 1", [1, 2, None, 6, 7]),
        (
            "x.sol",
            "contract A {\n  constructor() {\n    b();\n  }\n  function f() public {\n    b();\n  }\n}",
            [1, 2, None, 4, 5, None, 7, 8],
        ),
        ("x.zig", 'pub fn f(x: u8) u8 {\n  return x;\n}\ntest "a" {\n  f(1);\n}', [1, None, 3, 4, None, 6]),
        (
            "x.dart",
            "class A {\n  A(this.b) {\n    c();\n  }\n  int get d {\n    return 1;\n  }\n}",
            [1, 2, None, 4, 5, None, 7, 8],
        ),
        ("x.cs", "class A {\n  [B]\n  int F() =>\n    1;\n  int G;\n}", [1, 2, 3, None, 5, 6]),
        ("x.ts", "const f = (\n  a: A,\n) => b(\n  a,\n);\nc;", [1, 2, 3, None, 5, 6]),
        ("x.rb", "def f(x)\n  if x\n    y\n  end\nend", [1, None, 5]),
        ("x.cpp", "A::A()\n    : b(1)\n{\n  c();\n}", [1, 2, 3, None, 5]),
    ],
)
def test_other_languages_lose_what_is_inside_functions(name: str, text: str, kept: list[int | None]) -> None:
    assert has_parser(name)
    assert signatures(text, name)[1] == kept


@pytest.mark.parametrize(
    ("name", "text"),
    [("x.md", "# x\n"), ("x.erl", "f() -> 1.\n"), ("x.py", "\0"), ("x.go", "")],
)
def test_what_cannot_be_parsed_stays_whole(name: str, text: str) -> None:
    assert signatures(text, name)[:2] == (text, None)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("x.md", "# x\n", "no parser"),
        ("x.py", "\0", "not parsed"),
        ("x.py", "x = 1\n", "no functions to cut"),
        ("x.go", "package a\n", "no functions to cut"),
        ("x.py", "def f():\n    return 1\n    2\n", ""),
    ],
)
def test_what_stays_whole_says_why(name: str, text: str, why: str) -> None:
    assert signatures(text, name).whole == why


def test_a_header_that_holds_classes_is_cpp() -> None:
    text = "class A {\npublic:\n  int f() {\n    return 1;\n  }\n};\n"
    assert signatures(text, "a.h").numbers == [1, 2, 3, None, 5, 6, 7]
    assert signatures("int f(void) {\n  return 1;\n}\n", "a.h").numbers == [1, None, 3, 4]


def test_python_of_another_version_loses_what_is_inside_functions() -> None:
    text = "def f():\n    print 'x'\n    return 1\n"
    assert signatures(text, "a.py").numbers == [1, None, 4]
